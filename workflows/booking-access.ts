import { continueAsNew } from '@temporalio/workflow';
import {
  bookingChangedSignal,
  type SourceInput,
  type SourceState,
} from '../src/contracts/source-messages';
import { SourceRun } from './source-run';

/**
 * `booking:<id>`: takes what the API or a booking system says of one booking (`bookingChanged`) and
 * keeps the grants that it means. Short: it ends when there is nothing left to tell.
 */
export async function bookingAccess(input?: SourceInput): Promise<SourceState> {
  const source = new SourceRun('booking', input, (carried) =>
    continueAsNew<typeof bookingAccess>(carried),
  );
  source.listen(bookingChangedSignal);
  return source.run();
}
