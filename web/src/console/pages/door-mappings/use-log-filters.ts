import { useSearchParams } from 'react-router';
import { readLogFilters, writeLogFilters, type LogFilters } from './log-filters';

/** The filters in the address, and how to change some or all. */
export function useLogFilters(): {
  filters: LogFilters;
  change: (some: Partial<LogFilters>) => void;
  clear: () => void;
} {
  const [params, setParams] = useSearchParams();
  return {
    filters: readLogFilters(params),
    change(some) {
      setParams((before) => writeLogFilters({ ...readLogFilters(before), ...some }), {
        replace: true,
        preventScrollReset: true,
        // A field that is typed into must hold what was typed before the next key.
        flushSync: true,
      });
    },
    clear() {
      setParams({}, { replace: true, preventScrollReset: true });
    },
  };
}
