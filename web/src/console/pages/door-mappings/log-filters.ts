import type { WallTime } from '../../../shared/zoned-time';
import { texts } from '../../../texts';
import { choiceAmong } from '../../choice-of';
import type { LogEntry } from './log-entry';

const { actions, statuses } = texts.doorMappings.log;

/** What narrows an access log. It stands in the address, so that it can be linked to. */
export interface LogFilters {
  /** One member's rows alone; then nobody is searched for. */
  readonly memberId: string | null;
  readonly search: string;
  readonly action: LogEntry['action'] | null;
  readonly status: LogEntry['status'] | null;
  /** On the wall clock of the log's zone. */
  readonly from: WallTime;
  readonly to: WallTime;
}

/** What the address says; what it cannot mean is left out. */
export function readLogFilters(params: URLSearchParams): LogFilters {
  const memberId = params.get('memberId');
  return {
    memberId,
    search: memberId === null ? (params.get('search') ?? '') : '',
    action: choiceAmong(params.get('action') ?? undefined, actions) ?? null,
    status: choiceAmong(params.get('status') ?? undefined, statuses) ?? null,
    from: readTime(params, 'from'),
    to: readTime(params, 'to'),
  };
}

/** The filters as they stand in the address, without those that are not set. */
export function writeLogFilters({
  memberId,
  search,
  action,
  status,
  from,
  to,
}: LogFilters): URLSearchParams {
  const values = {
    memberId,
    search: memberId === null ? search : null,
    action,
    status,
    ...timeValues('from', from),
    ...timeValues('to', to),
  };
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== '') params.set(name, value);
  }
  return params;
}

function readTime(params: URLSearchParams, name: 'from' | 'to'): WallTime {
  const fold = params.get(`${name}Fold`) === 'second' ? 'second' : 'first';
  return { wall: params.get(name) ?? '', fold };
}

function timeValues(name: 'from' | 'to', { wall, fold }: WallTime): Record<string, string | null> {
  return { [name]: wall, [`${name}Fold`]: wall !== '' && fold === 'second' ? fold : null };
}
