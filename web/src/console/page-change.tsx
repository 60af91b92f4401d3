import { useEffect, useRef } from 'react';
import { ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { texts } from '../texts';
import classes from './page-change.module.css';

/** What a browser does by itself where pages are documents: it says that one is loaded, and begins at its top. */
export function PageChange({ contentId }: { contentId: string }) {
  const { state } = useNavigation();
  useFocusOnContent(contentId);
  return (
    <>
      <ScrollRestoration />
      {state === 'loading' && (
        <div role="progressbar" aria-label={texts.common.loading} className={classes.line} />
      )}
    </>
  );
}

/** Takes the focus to a page that somebody goes to: what had it was on the page before, or in the menu. */
function useFocusOnContent(contentId: string): void {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    const content = document.getElementById(contentId);
    const focused = document.activeElement;
    // Whoever changes tabs stays on them; a page or a dialog may have put the focus somewhere itself.
    if (content?.contains(focused) || focused?.closest('[role="dialog"]')) return;
    content?.focus({ preventScroll: true });
  }, [contentId, pathname]);
}
