import {
  ApplicationFailure,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  KisiActivities,
  RecordsActivities,
  ReviewGrantsResult,
  TerminatedGrants,
} from '../src/contracts/activities';
import { kisiTaskQueue, PRIORITY, TASK_QUEUES } from '../src/contracts/names';
import type { SourceActivities } from '../src/contracts/source-activities';
import { HEARTBEAT } from './activity-options';

const records = proxyActivities<
  RecordsActivities & Pick<SourceActivities, 'pokeUnappliedSources' | 'tellUntoldChanges'>
>({
  taskQueue: TASK_QUEUES.records,
  startToCloseTimeout: '2m',
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** How far the review of grants has come; carried over continue-as-new. */
interface Review {
  expired: number;
  started: number;
  asked: number;
  terminated: TerminatedGrants[];
  after: string | null;
}

type Reviewed = Omit<Review, 'after'>;

const NOTHING_REVIEWED: Review = {
  expired: 0,
  started: 0,
  asked: 0,
  terminated: [],
  after: null,
};

/** A grant that was asked or started writes its wish within a moment; many take their turn. */
const SETTLING_MS = 5_000;
const SETTLING_MS_EACH = 20;
const SETTLING_MS_AT_MOST = 10 * 60_000;

/**
 * The hourly run: expires what is overdue, starts what is missing, asks what was lost, then compares
 * each organization's rows at Kisi with the wishes. An organization that cannot be read is left to
 * the next run and keeps no other from being compared; the run then fails, so that operators see it.
 */
export async function reconcile(review?: Review): Promise<void> {
  const runId = workflowInfo().firstExecutionRunId;
  const reviewed = await reviewAll(review ?? NOTHING_REVIEWED);
  const waiting = await stopAllTerminated(runId, reviewed);
  reviewed.asked += (await records.askUnknownGrants()).asked;
  // Before rows are compared, so that what a source still had to say is in the wishes.
  await records.tellUntoldChanges();
  const { poked } = await records.pokeUnappliedSources();
  await settle(reviewed.asked + reviewed.started + poked);
  await records.removeOldWishes();

  const { organizationIds } = await records.listOrganizations();
  const { expired, started } = reviewed;
  const results = await Promise.allSettled(
    organizationIds.map((organizationId) => {
      const held = waiting.find((one) => one.organizationId === organizationId);
      const hold = held ? { waiting: held.waiting, closing: held.closing } : {};
      return kisiOf(organizationId).reconcileOrganization.executeWithOptions(
        { summary: 'compare rows', priority: { priorityKey: PRIORITY.reconcile } },
        [{ organizationId, runId, expired, started, ...hold }],
      );
    }),
  );
  const lines = results.map((result, index) => {
    const what = result.status === 'fulfilled' ? JSON.stringify(result.value) : 'failed';
    return `- organization ${String(organizationIds[index])}: ${what}`;
  });
  setCurrentDetails(`Reviewed grants: ${JSON.stringify(reviewed)}\n\n${lines.join('\n')}`);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw ApplicationFailure.nonRetryable(lines.join('\n'), 'reconcile_incomplete');
}

async function reviewAll(from: Review): Promise<Reviewed> {
  const { expired, started, asked, terminated } = from;
  const reviewed: Reviewed = { expired, started, asked, terminated };
  let { after } = from;
  do {
    const page: ReviewGrantsResult = await records.reviewGrants({ after });
    reviewed.expired += page.expired;
    reviewed.started += page.started;
    reviewed.asked += page.asked;
    reviewed.terminated = addUp([...reviewed.terminated, ...page.terminated]);
    after = page.after;
    if (after !== null && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reconcile>({ ...reviewed, after });
    }
  } while (after !== null);
  return reviewed;
}

/** One tally per organization. */
function addUp(tallies: readonly TerminatedGrants[]): TerminatedGrants[] {
  const sums = new Map<number, TerminatedGrants>();
  for (const { organizationId, waiting, closing, open } of tallies) {
    const sum = sums.get(organizationId) ?? { organizationId, waiting: 0, closing: 0, open: 0 };
    sum.waiting += waiting;
    sum.closing += closing;
    sum.open += open;
    sums.set(organizationId, sum);
  }
  return [...sums.values()];
}

/**
 * Stops the terminated grants, once all are counted, so that a person is asked before many doors
 * close. Answers those that wait for that word.
 */
async function stopAllTerminated(runId: string, reviewed: Reviewed): Promise<TerminatedGrants[]> {
  const terminated = reviewed.terminated.filter(({ waiting }) => waiting > 0);
  if (terminated.length === 0) return [];
  const { heldBack } = await records.judgeTerminated({ runId, terminated });
  let after: string | null = null;
  do {
    const page: { started: number; after: string | null } = await records.stopTerminated({
      after,
      heldBack,
    });
    reviewed.started += page.started;
    after = page.after;
  } while (after !== null);
  return terminated.filter(({ organizationId }) => heldBack.includes(organizationId));
}

/** Rows are compared with wishes, so that those who were asked must have written theirs. */
async function settle(grants: number): Promise<void> {
  if (grants === 0) return;
  const ms = Math.min(SETTLING_MS + SETTLING_MS_EACH * grants, SETTLING_MS_AT_MOST);
  await sleep(ms, { summary: `${String(grants)} grants write their wishes` });
}

/** Long lists take their time under the limit of 5 requests a second; the next run comes anyway. */
function kisiOf(organizationId: number): ReturnType<typeof proxyActivities<KisiActivities>> {
  return proxyActivities<KisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '20m',
    heartbeatTimeout: HEARTBEAT,
    scheduleToStartTimeout: '50m',
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumAttempts: 5 },
  });
}
