import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/client';
import { texts } from '../texts';
import { isUnauthenticated, unlock, type Heard, type Tap } from './member-api';
import { findPlace } from './where';

const t = texts.myKeys.tap;

/** What the page knows of the last tap on one door. */
export type TapState =
  | { readonly is: 'idle' | 'locating' | 'opening' | 'opened' | 'noAnswer' | 'notSent' }
  /** The tap that was repeated had opened the door a while ago, at `at` (ISO). */
  | { readonly is: 'openedBefore'; readonly at: string }
  | { readonly is: 'refused'; readonly text: string; readonly remedy: string }
  /** Kisi did not answer the API, which has its own words for that. */
  | { readonly is: 'unheard'; readonly text: string; readonly remedy: string }
  | { readonly is: 'needsLocation'; readonly because: 'denied' | 'unknown' };

/** Locks close again after about this, ms. */
const OPEN_MS = 6_000;

/** Taps on one door. A tap that nobody answered is repeated under its key, so that it opens once. */
export function useUnlock(lockId: number, onSessionOver: () => void) {
  const queries = useQueryClient();
  const [state, setState] = useState<TapState>({ is: 'idle' });
  const unanswered = useRef<Tap | null>(null);
  const isBusy = useRef(false);
  const asksForLocation = useRef(false);

  useEffect(() => {
    if (state.is !== 'opened') return;
    const timer = setTimeout(() => {
      setState({ is: 'idle' });
    }, OPEN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [state]);

  const newTap = useCallback(async (): Promise<Tap | TapState> => {
    const key = crypto.randomUUID();
    if (!asksForLocation.current) return { lockId, key, location: null };
    setState({ is: 'locating' });
    const place = await findPlace();
    if (place.is !== 'known') return { is: 'needsLocation', because: place.is };
    const { latitude, longitude } = place;
    return { lockId, key, location: { latitude, longitude } };
  }, [lockId]);

  const send = useCallback(async (): Promise<TapState> => {
    if (!navigator.onLine) return { is: unanswered.current ? 'noAnswer' : 'notSent' };
    const tap = unanswered.current ?? (await newTap());
    if ('is' in tap) return tap;
    unanswered.current = tap;
    setState({ is: 'opening' });
    try {
      const heard = await unlock(tap);
      unanswered.current = null;
      asksForLocation.current ||= heard.reason?.code === 'too_far';
      return stateOf(heard);
    } catch (error) {
      const said = refusalIn(error);
      if (said !== null) unanswered.current = null;
      if (isUnauthenticated(error)) onSessionOver();
      return said ?? { is: 'noAnswer' };
    }
  }, [newTap, onSessionOver]);

  const tap = useCallback(() => {
    if (isBusy.current) return;
    isBusy.current = true;
    void send()
      .then(setState)
      .finally(() => {
        isBusy.current = false;
        void queries.invalidateQueries({ queryKey: ['my-keys'] });
      });
  }, [send, queries]);

  return { state, tap };
}

function stateOf({ outcome, reason, at, heardAt }: Heard): TapState {
  if (outcome === 'opened') {
    return heardAt - Date.parse(at) > OPEN_MS ? { is: 'openedBefore', at } : { is: 'opened' };
  }
  const words = reason
    ? { text: reason.detail, remedy: reason.remedy }
    : { text: t.noAnswer.text, remedy: '' };
  return { is: outcome === 'refused' ? 'refused' : 'unheard', ...words };
}

/** What the API said no to; `null`: it did not answer, or cannot say what became of the tap. */
function refusalIn(error: unknown): TapState | null {
  if (!(error instanceof ApiProblem) || error.status === null || error.status >= 500) return null;
  const code = error.problem?.code ?? '';
  const words = code in t.problems ? t.problems[code as keyof typeof t.problems] : t.otherProblem;
  return { is: 'refused', ...words };
}
