import { linesInLogs } from '../../src/domain/opening-lines';

const lock = { id: 'dm_lock', resourceType: 'lock' } as const;
const other = { id: 'dm_other', resourceType: 'lock' } as const;
const group = { id: 'dm_group', resourceType: 'group' } as const;
const wing = { id: 'dm_wing', resourceType: 'group' } as const;
type Mapping = typeof lock | typeof other | typeof group | typeof wing;

/** Each mapping that has a line, with the logs in which that line stands too. */
function logs(
  lines: readonly Mapping[],
  own: readonly Mapping[],
  tapped?: Mapping,
): Record<string, string[]> {
  const written = linesInLogs(
    lines.map((mapping) => ({ mapping })),
    own.map(({ id }) => id),
    tapped,
  );
  return Object.fromEntries(written.map(({ mapping, alsoIn }) => [mapping.id, alsoIn]));
}

it('has the lock tell of what came through a group', () => {
  expect(logs([group], [lock])).toEqual({ dm_group: ['dm_lock'] });
  expect(logs([group], [lock, other])).toEqual({ dm_group: ['dm_lock', 'dm_other'] });
  expect(logs([group], [])).toEqual({ dm_group: [] });
});

it('has the lock tell of it once, whatever leads there', () => {
  expect(logs([lock, group], [lock])).toEqual({ dm_lock: [], dm_group: [] });
  expect(logs([group, wing], [lock])).toEqual({ dm_group: ['dm_lock'], dm_wing: [] });
  expect(logs([lock, group], [lock, other])).toEqual({ dm_lock: [], dm_group: ['dm_other'] });
});

it('has each mapping of one lock tell of what came through another of them', () => {
  expect(logs([lock], [lock, other])).toEqual({ dm_lock: ['dm_other'] });
  expect(logs([lock, other], [lock, other])).toEqual({ dm_lock: [], dm_other: [] });
});

it('takes the row of a tap for the one that the lock tells of', () => {
  expect(logs([lock, group, wing], [lock], wing)).toEqual({ dm_group: [], dm_wing: ['dm_lock'] });
  expect(logs([lock, group], [lock], lock)).toEqual({ dm_lock: [], dm_group: [] });
  expect(logs([lock, other, group], [lock, other], other)).toEqual({
    dm_other: ['dm_lock'],
    dm_group: [],
  });
  // The tap's row is there, although its grant is over.
  expect(logs([lock], [lock], group)).toEqual({});
});
