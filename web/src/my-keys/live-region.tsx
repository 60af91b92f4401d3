import { VisuallyHidden } from '@mantine/core';
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';

const Say = createContext<(text: string) => void>(() => undefined);

/** Tells a screen reader what has changed, without moving the focus. */
export const useSay = (): ((text: string) => void) => useContext(Say);

/** The one place from which the page speaks; it is there from the start, else nothing is read out. */
export function LiveRegion({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: '', count: 0 });
  const say = useCallback((text: string) => {
    setSaid(({ count }) => ({ text, count: count + 1 }));
  }, []);
  return (
    <Say value={say}>
      {children}
      <VisuallyHidden role="status" aria-live="polite">
        {/* A new element each time: the same words twice are read twice. */}
        <span key={said.count}>{said.text}</span>
      </VisuallyHidden>
    </Say>
  );
}
