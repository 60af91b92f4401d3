import { useEffect, useState } from 'react';
import { serverNow } from './server-clock';

/** The time, ms UTC, which moves on by itself; by the API's clock unless another one is read. */
export function useNow(everyMs: number, read: () => number = serverNow): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(read());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs, read]);
  return now;
}

/** Whether something has been going on for longer than a person expects. */
export function useIsSlow(isGoingOn: boolean, afterMs: number): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setTimeout(() => {
      setIsSlow(true);
    }, afterMs);
    return () => {
      clearTimeout(timer);
      setIsSlow(false);
    };
  }, [isGoingOn, afterMs]);
  return isSlow;
}
