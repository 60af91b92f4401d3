import { createSimulator } from '../../simulator';
import { doubledDeletes, judgeEnds, toFigures } from '../../bench/rows/compare/outcome';

const shutAt = (endsAt: number, shut: number) => ({ endsAt, isOpen: (at: number) => at < shut });

describe('the ends of bookings', () => {
  it('are late by the time until the door shut, to the millisecond', () => {
    const endings = [shutAt(1_000, 1_000), shutAt(1_000, 4_601), shutAt(2_000, 2_001)];

    expect(judgeEnds(endings, 10_000)).toEqual({ lateMs: [0, 3_601, 1], lost: 0 });
  });

  it('are lost where the door is open still', () => {
    expect(judgeEnds([shutAt(1_000, 1_500), shutAt(1_000, Infinity)], 10_000)).toEqual({
      lateMs: [500],
      lost: 1,
    });
  });

  it('cannot be judged where the door was shut before', () => {
    expect(() => judgeEnds([shutAt(1_000, 500)], 10_000)).toThrow('shut before its end');
  });
});

describe('doubled revokes', () => {
  it('are those of a row that was asked for before, without the ones that were refused for their rate', async () => {
    const simulator = createSimulator();
    const url = await simulator.listen();
    try {
      const remove = (row: number): Promise<Response> =>
        fetch(`${url}/role_assignments/${String(row)}`, { method: 'DELETE' });
      simulator.addFault({ kind: 'answerBefore', status: 429, count: 1 });
      for (const row of [1, 1, 2]) await remove(row);
      expect(doubledDeletes(simulator, 0)).toBe(0);

      await remove(1);
      expect(doubledDeletes(simulator, 0)).toBe(1);
    } finally {
      await simulator.close();
    }
  });
});

describe('the figures of one approach', () => {
  it('name it, show no early revokes where there are none, and count a lost door as no time', () => {
    const figures = toFigures({
      approach: 'sweep',
      lateMs: [0, 2_000],
      crash: { lateMs: [], lost: 3, doubled: 1 },
      overlap: { oneRow: false, twoRows: true },
    });

    expect(figures.map(({ name, value }) => [name, value])).toEqual([
      ['sweep: door open after the end, p50', 1],
      ['sweep: door open after the end, p95', 1.9],
      ['sweep: door open after the end, max', 2],
      ['sweep: ends lost after SIGKILL', 3],
      ['sweep: ends sent twice after SIGKILL', 1],
      ['sweep: door open after the end with SIGKILL, max', 0],
      ['sweep: open for the 2nd booking after the 1st ended early', 0],
      ['sweep: the same where Kisi takes two rows', 1],
    ]);
  });

  it('show how long early revokes took, the one in the middle and the last', () => {
    const figures = toFigures({
      approach: 'Latchkey',
      lateMs: [0],
      crash: { lateMs: [0], lost: 0, doubled: 0 },
      early: { lateMs: [4_000, 1_000, 36_000], lost: 0, doubled: 1 },
      overlap: { oneRow: true, twoRows: true },
    });

    const early = figures.filter(({ name }) => name.includes('early revoke'));
    expect(early.map(({ value }) => value)).toEqual([0, 1, 4, 36]);
  });
});
