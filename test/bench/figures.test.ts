import { billableActions, showActions, sumOf } from '../../bench/billable-actions';
import { inTurns } from '../../bench/in-turns';
import { toMarkdown, type Report } from '../../bench/report';
import { percentiles } from '../../bench/statistics';

describe('billable actions', () => {
  const actions = billableActions([
    { workflowExecutionStartedEventAttributes: {} },
    { workflowExecutionSignaledEventAttributes: {} },
    { workflowTaskScheduledEventAttributes: {} },
    { activityTaskScheduledEventAttributes: {} },
    { activityTaskStartedEventAttributes: { attempt: 3 } },
    { activityTaskCompletedEventAttributes: {} },
    { timerStartedEventAttributes: {} },
    { timerFiredEventAttributes: {} },
    { upsertWorkflowSearchAttributesEventAttributes: {} },
    { workflowExecutionUpdateAcceptedEventAttributes: {} },
    { workflowExecutionUpdateCompletedEventAttributes: {} },
    { workflowExecutionCompletedEventAttributes: {} },
  ]);

  it('count what Temporal Cloud bills, each attempt of an activity too, and nothing else', () => {
    expect(actions).toEqual({ start: 1, activity: 3, timer: 1, signal: 1, update: 1, upsert: 1 });
    expect(sumOf(actions)).toBe(8);
  });

  it('are shown without the kinds that there are none of', () => {
    expect(showActions({ ...actions, timer: 0, update: 0 })).toBe(
      '1 start, 3 activity, 1 signal, 1 upsert',
    );
  });
});

describe('percentiles', () => {
  it('are taken from the samples in any order, and the target goes with the p95', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(percentiles('answer', samples, 'ms', '< 1 s')).toEqual([
      { name: 'answer, p50', value: 50.5, unit: 'ms' },
      { name: 'answer, p95', value: 95.05, unit: 'ms', target: '< 1 s' },
    ]);
  });
});

describe('work in turns', () => {
  it('is done for every item, so many at once and no more', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await inTurns([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      done.push(item);
    });

    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });
});

describe('the table', () => {
  const report: Report = {
    startedAt: '2026-11-24T10:00:00.000Z',
    quick: false,
    machine: { cores: 2, cpu: 'a processor', memoryGb: 8, node: 'v20', platform: 'linux x64' },
    rows: [
      {
        name: 'burst',
        title: 'Grants at once',
        figures: [
          { name: 'total time', value: 61.234, unit: 's' },
          { name: 'ratio', value: 1.1, unit: 'ratio', target: '≤ 1.2' },
        ],
        notes: ['how it was measured.'],
        mongo: 'mongod on PATH',
        temporal: null,
        load: { before: 0.5, after: 1.25 },
        seconds: 70,
      },
    ],
  };

  it('has a line for each figure, with servers and load on the first', () => {
    const lines = toMarkdown(report)
      .split('\n')
      .map((line) => line.replace(/ +/g, ' '));

    expect(lines).toEqual(
      expect.arrayContaining([
        '| **Grants at once** (`burst`) | total time | 61.23 s | | mongod on PATH | takes no part | 0.5 → 1.3, 70 s |',
        '| | ratio | 1.10 | ≤ 1.2 | | | |',
        '- `burst`: how it was measured.',
      ]),
    );
    expect(lines[0]).toContain('2 cores (a processor)');
  });

  it('says so when the sizes were quick ones', () => {
    expect(toMarkdown(report)).not.toContain('Quick sizes');
    expect(toMarkdown({ ...report, quick: true })).toContain('Quick sizes');
  });
});
