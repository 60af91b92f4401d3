import { firstThatWorks, no, NoServerError, yes, type Way } from '../../scripts/servers/ways';

function need(env: NodeJS.ProcessEnv = {}, lines: string[] = []) {
  return { what: 'Thing', help: 'Do this.', env, log: (line: string) => void lines.push(line) };
}

function way(name: string, answers: ReturnType<typeof yes<string>>[] | string, rememberNo = false) {
  let asked = 0;
  const made: Way<string> & { asked: () => number } = {
    name,
    rememberNo,
    asked: () => asked,
    attempt: () => {
      asked += 1;
      return Promise.resolve(typeof answers === 'string' ? no(answers) : (answers[0] ?? no('-')));
    },
  };
  return made;
}

describe('firstThatWorks', () => {
  it('takes the first yes, asks nobody after it, and tells why not the earlier ones', async () => {
    const later = way('c', [yes('third')]);
    const lines: string[] = [];
    const ways = [way('a', 'not set'), way('b', [yes('second')]), later];
    expect(await firstThatWorks(need({}, lines), ways)).toBe('second');
    expect(later.asked()).toBe(0);
    expect(lines).toEqual(['Thing: b (a: not set)']);
  });

  it('lists every no and the help when nobody says yes', async () => {
    const search = firstThatWorks(need(), [way('a', 'not set'), way('b', 'not there')]);
    await expect(search).rejects.toThrow(NoServerError);
    await expect(search).rejects.toThrow(/1\. a: not set\n {2}2\. b: not there\nDo this\./);
  });

  it('remembers a costly no for this run and its child processes, and asks again for a cheap one', async () => {
    const cheap = way('cheap', 'not set');
    const costly = way('costly', 'no internet', true);
    const ways = [cheap, costly, way('last', [yes('found')])];
    const env: NodeJS.ProcessEnv = {};
    await firstThatWorks(need(env), ways);
    const lines: string[] = [];
    await firstThatWorks(need({ ...env }, lines), ways);
    expect([cheap.asked(), costly.asked()]).toEqual([2, 1]);
    expect(lines).toEqual(['Thing: last (cheap: not set; costly: no internet)']);
  });

  it('ends the search when a way fails in another manner than by saying no', async () => {
    const broken: Way<string> = { name: 'a', attempt: () => Promise.reject(new Error('broken')) };
    const later = way('b', [yes('second')]);
    await expect(firstThatWorks(need(), [broken, later])).rejects.toThrow('broken');
    expect(later.asked()).toBe(0);
  });
});
