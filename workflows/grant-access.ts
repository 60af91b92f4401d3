import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  changeWindowSignal,
  changeWindowUpdate,
  followSourceSignal,
  grantStateQuery,
  passReportedSignal,
  restoreSignal,
  restoreUpdate,
  retryNowSignal,
  retryNowUpdate,
  revokeSignal,
  revokeUpdate,
  type ChangeWindowMessage,
  type FollowSourceMessage,
  type GrantAccessInput,
  type GrantFault,
  type MessageMeta,
} from '../src/contracts/grant-messages';
import type { Grant } from '../src/domain/grant';
import { GrantDesk } from './grant-desk';
import { records } from './activity-options';
import { showGrant } from './grant-inspection';
import { showInstant } from '../src/domain/instant';
import { asObject } from './sound-messages';

/** An Update answers after this at the latest, settled or not; the API then says 202. */
const ANSWER_WITHIN_MS = 5_000;
/** Where something is wrong that a person must mend, the grant asks its pass again this often. */
const SLOW_RETRY_MS = 15 * 60_000;

/**
 * One grant's life: asks the member's pass to hold it, sleeps until its dates, follows changes, and
 * lets go at the end.
 *
 * Handlers only change the desired state and bump the revision; the loop below does all that takes
 * time. So nothing interleaves, and whatever arrives while the loop works is seen by its next turn.
 * Cancelling the workflow sets the stop `admin`; it then closes once the access is gone.
 */
export async function grantAccess(input: GrantAccessInput): Promise<void> {
  const desk = new GrantDesk(input);
  listen(desk);
  await CancellationScope.nonCancellable(() => live(desk));
}

/** Registers every handler before the first await, so that no message can be missed. */
function listen(desk: GrantDesk): void {
  const answer = async (): Promise<Grant> => {
    const mine = desk.grant.revision;
    const options = { summary: 'answer the update at the latest' };
    await condition(() => desk.isAnswered(mine), ANSWER_WITHIN_MS, options);
    return desk.grant;
  };

  setHandler(changeWindowSignal, (message) => {
    desk.changeWindow(asObject(message));
  });
  setHandler(revokeSignal, (message) => {
    desk.revoke(asObject(message));
  });
  setHandler(restoreSignal, (message) => {
    desk.restore(asObject(message));
  });
  setHandler(retryNowSignal, (message) => {
    desk.retry(asObject(message));
  });
  setHandler(followSourceSignal, (message) => {
    desk.followSource(asObject<Partial<FollowSourceMessage>>(message));
  });
  setHandler(passReportedSignal, (report) => {
    desk.hear(report);
  });

  const mustBeRestorable: (message?: MessageMeta) => void = () => {
    refuse(desk.faultOfRestore());
  };
  // Validators are synchronous and read only: Temporal ignores the promise of an async one.
  setHandler(
    changeWindowUpdate,
    (message?: ChangeWindowMessage) => {
      desk.changeWindow(asObject(message));
      return answer();
    },
    {
      validator: (message?: ChangeWindowMessage) => {
        refuse(desk.faultOfChange(asObject(message)));
      },
    },
  );
  setHandler(revokeUpdate, (message) => {
    desk.revoke(asObject(message));
    return answer();
  });
  setHandler(
    restoreUpdate,
    (message?: MessageMeta) => {
      desk.restore(asObject(message));
      return answer();
    },
    {
      validator: mustBeRestorable,
    },
  );
  setHandler(retryNowUpdate, (message) => {
    desk.retry(asObject(message));
    return answer();
  });
  setHandler(grantStateQuery, () => desk.state());

  CancellationScope.current().cancelRequested.catch(() => {
    desk.cancel();
  });
}

function refuse(fault: GrantFault | null): void {
  if (fault !== null) throw ApplicationFailure.nonRetryable(fault.detail, fault.type);
}

/** The story of a grant. */
async function live(desk: GrantDesk): Promise<void> {
  for (;;) {
    desk.noticeTheClock();
    showGrant(desk);
    const seen = desk.version;

    // Somebody who sends one message after the other leaves no quiet moment; all that is not asked or
    // recorded yet is carried over.
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) await renew(desk);
    if (desk.mustAsk()) {
      const asking = desk.ask();
      const options = { summary: asking.summary };
      desk.asked(asking, await records.holdGrant.executeWithOptions(options, [asking.input]));
      continue;
    }
    const entries = desk.unrecorded();
    if (entries.length > 0) {
      const options = { summary: `record ${desk.grant.provisioning}` };
      await records.recordGrant.executeWithOptions(options, [{ entries }]);
      desk.recorded(entries);
      continue;
    }
    if (desk.isDone() || desk.mustRenew() || workflowInfo().continueAsNewSuggested) {
      // News end the wait as well: an Update that is being answered may wait for this very loop.
      await condition(() => allHandlersFinished() || desk.version !== seen);
      // A message that came during that wait is worked off before anything is closed.
      if (desk.version !== seen) continue;
      if (desk.isDone()) return;
      await renew(desk);
    }
    await sleepUntilNews(desk, seen);
  }
}

async function renew(desk: GrantDesk): Promise<never> {
  return continueAsNew<typeof grantAccess>({ grant: desk.grant, carried: desk.state() });
}

async function sleepUntilNews(desk: GrantDesk, seen: number): Promise<void> {
  const news = (): boolean => desk.version !== seen;
  const wakeAt = desk.wakeAt(SLOW_RETRY_MS);
  // An open-ended grant costs no timer.
  if (wakeAt === null) {
    await condition(news);
    return;
  }
  const summary = `wake ${showInstant(wakeAt)}`;
  const told = await condition(news, Math.max(1, wakeAt - Date.now()), { summary });
  if (!told) desk.noticeWake();
}
