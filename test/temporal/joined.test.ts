import { joined } from '../../src/temporal/joined';

/** A call whose runs end when the test says so. */
function calls(): {
  call: (key: string) => Promise<void>;
  begun: string[];
  end: (failure?: Error) => Promise<void>;
} {
  const begun: string[] = [];
  const ends: ((failure?: Error) => void)[] = [];
  return {
    begun,
    call: (key) =>
      new Promise((resolve, reject) => {
        begun.push(key);
        ends.push((failure) => {
          if (failure) reject(failure);
          else resolve();
        });
      }),
    async end(failure) {
      ends.shift()?.(failure);
      await new Promise(setImmediate);
    },
  };
}

it('has one call under way and one waiting, which all later ones share', async () => {
  const { call, begun, end } = calls();
  const poke = joined(call);
  const first = poke('a');
  const later = [poke('a'), poke('a'), poke('a')];
  expect(begun).toEqual(['a']);
  await end();
  await first;
  expect(begun).toEqual(['a', 'a']);
  await end();
  await Promise.all(later);
  expect(begun).toEqual(['a', 'a']);
});

it('keeps keys apart, and calls anew once all is done', async () => {
  const { call, begun, end } = calls();
  const poke = joined(call);
  const both = [poke('a'), poke('b')];
  expect(begun).toEqual(['a', 'b']);
  await end();
  await end();
  await Promise.all(both);
  const again = poke('a');
  expect(begun).toEqual(['a', 'b', 'a']);
  await end();
  await again;
});

it('does not hold the failure of one call against the one that waits', async () => {
  const { call, begun, end } = calls();
  const poke = joined(call);
  const first = expect(poke('a')).rejects.toThrow('away');
  const second = poke('a');
  await end(new Error('away'));
  await first;
  expect(begun).toEqual(['a', 'a']);
  await end();
  await second;
});
