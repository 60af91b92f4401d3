import { continueAsNew } from '@temporalio/workflow';
import {
  membershipChangedSignal,
  type SourceInput,
  type SourceState,
} from '../src/contracts/source-messages';
import { SourceRun } from './source-run';

/** `membership:<id>`: the same for a membership (`membershipChanged`); see `bookingAccess`. */
export async function membershipAccess(input?: SourceInput): Promise<SourceState> {
  const source = new SourceRun('membership', input, (carried) =>
    continueAsNew<typeof membershipAccess>(carried),
  );
  source.listen(membershipChangedSignal);
  return source.run();
}
