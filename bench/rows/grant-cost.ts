import { setTimeout as sleep } from 'node:timers/promises';
import { mean } from 'simple-statistics';
import { workflowIds } from '../../src/contracts/names';
import { billableActions, showActions, sumOf, type Actions } from '../billable-actions';
import { wholeSecond, type House, type Pair } from '../house';
import { callsBetween } from '../kisi-calls';
import type { Benchmark } from '../row';

/** Long enough for the access to be in place before it ends. */
const WINDOW_MS = 15_000;
const LOOK_MS = 500;
/** A row is cleaned a minute after its end. */
const WITHIN_MS = 240_000;

/** What one grant costs from its start to the end of both of its workflows. */
export const grantCost: Benchmark<House> = {
  name: 'grant-cost',
  title: 'A plain grant, whole life',
  usesTemporal: true,
  async run(house) {
    const pairs = Array.from({ length: house.quick ? 1 : 5 }, house.freshPair);
    const since = Date.now();
    const endsAt = wholeSecond(since + WINDOW_MS);
    const grants = await Promise.all(pairs.map((pair) => house.grant(pair, endsAt)));
    for (const pair of pairs) await house.until(pair, true);
    house.log('Waiting until the grants have ended and their rows are cleaned …');
    const ofGrants = await Promise.all(grants.map((id) => historyOf(house, workflowIds.grant(id))));
    const ofPasses = await Promise.all(
      pairs.map((pair) => historyOf(house, passIdOf(house, pair))),
    );
    const calls = callsBetween(house.simulator, since).length / pairs.length;
    const events = (histories: History[]): number => mean(histories.map((one) => one.events));
    const actions = (histories: History[]): number =>
      mean(histories.map((one) => sumOf(one.actions)));
    return {
      figures: [
        { name: 'calls to Kisi', value: calls, unit: 'count', target: '≤ 3' },
        {
          name: 'Temporal events, both workflows',
          value: events(ofGrants) + events(ofPasses),
          unit: 'count',
          target: '≤ 90',
        },
        { name: 'of these grantAccess', value: events(ofGrants), unit: 'count' },
        { name: 'of these memberPass', value: events(ofPasses), unit: 'count' },
        {
          name: 'billable actions, both workflows',
          value: actions(ofGrants) + actions(ofPasses),
          unit: 'count',
          target: '≤ 20',
        },
        { name: 'of these grantAccess', value: actions(ofGrants), unit: 'count' },
        { name: 'of these memberPass', value: actions(ofPasses), unit: 'count' },
      ],
      notes: [
        `mean of ${String(pairs.length)}; linked member, standing lock group; granted, in place, ended by itself, row cleaned.`,
        'actions as Temporal Cloud bills them: starts, activities with each attempt, timers, signals, updates, upserts of search attributes.',
        `the first grant: ${show('grantAccess', ofGrants[0])}; ${show('memberPass', ofPasses[0])}.`,
      ],
    };
  },
};

interface History {
  events: number;
  actions: Actions;
  /** Turns of the workflow's code: each costs three events and a round trip. */
  tasks: number;
}

function show(workflow: string, history: History | undefined): string {
  if (!history) return workflow;
  return `${workflow} ${showActions(history.actions)} in ${String(history.tasks)} workflow tasks`;
}

function passIdOf({ organizationId }: House, { memberId, lockId }: Pair): string {
  return workflowIds.pass({ memberId, organizationId, target: { kind: 'lock', id: lockId } });
}

/** The histories of all runs of a workflow, once it has closed. */
async function historyOf({ temporal }: House, workflowId: string): Promise<History> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const { status } = await temporal.workflow.getHandle(workflowId).describe();
    if (status.name !== 'RUNNING') break;
    if (Date.now() > deadline) throw new Error(`The workflow ${workflowId} does not end.`);
    await sleep(LOOK_MS);
  }
  const events = [];
  for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    events.push(...(history.events ?? []));
  }
  return {
    events: events.length,
    actions: billableActions(events),
    tasks: events.filter((one) => one.workflowTaskCompletedEventAttributes).length,
  };
}
