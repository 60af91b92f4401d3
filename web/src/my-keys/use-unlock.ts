import { useQueryClient } from '@tanstack/react-query';
import { nanoid } from 'nanoid';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/client';
import { texts } from '../texts';
import { unlock, type Heard, type Tap } from './member-api';
import { dropTap, keepTap, unansweredTap } from './unanswered-taps';
import { KEYS } from './use-my-keys';
import { findPlace } from './where';

const t = texts.myKeys.tap;

/** What the page knows of the last tap on one door. */
export type TapState =
  | { readonly is: 'idle' | 'locating' | 'opening' | 'noAnswer' | 'notSent' }
  /** `ageMs`: how long ago at most. */
  | { readonly is: 'opened'; readonly ageMs: number }
  /** The tap that was repeated had opened the door a while ago, at `at` (ISO). */
  | { readonly is: 'openedBefore'; readonly at: string }
  | { readonly is: 'refused'; readonly text: string; readonly remedy: string }
  /** Kisi did not answer the API, which has its own words for that. */
  | { readonly is: 'unheard'; readonly text: string; readonly remedy: string }
  | { readonly is: 'needsLocation'; readonly because: 'denied' | 'unknown' };

/** Locks close again after about this, ms. */
const OPEN_MS = 6_000;
/** What has opened is seen, however late it was heard of. */
const LEAST_SHOWN_MS = 2_000;

/** Taps on one door. A tap that nobody answered is repeated under its key, so that it opens once. */
export function useUnlock(memberId: string, lockId: number) {
  const queries = useQueryClient();
  const [state, setState] = useState<TapState>({ is: 'idle' });
  const isBusy = useRef(false);
  const asksForLocation = useRef(false);

  useEffect(() => {
    if (state.is !== 'opened') return;
    const timer = setTimeout(
      () => {
        setState({ is: 'idle' });
      },
      Math.max(OPEN_MS - state.ageMs, LEAST_SHOWN_MS),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [state]);

  const newTap = useCallback(async (): Promise<Tap | TapState> => {
    const tap = { memberId, lockId, key: nanoid(), location: null };
    if (!asksForLocation.current) return { ...tap, begunAt: Date.now() };
    setState({ is: 'locating' });
    const place = await findPlace();
    if (place.is !== 'known') return { is: 'needsLocation', because: place.is };
    const { latitude, longitude } = place;
    return { ...tap, location: { latitude, longitude }, begunAt: Date.now() };
  }, [memberId, lockId]);

  const send = useCallback(async (): Promise<TapState> => {
    const before = unansweredTap({ memberId, lockId });
    if (!navigator.onLine) return { is: before ? 'noAnswer' : 'notSent' };
    const tap = before ?? (await newTap());
    if ('is' in tap) return tap;
    keepTap(tap);
    setState({ is: 'opening' });
    try {
      const heard = await unlock(tap);
      dropTap(tap);
      asksForLocation.current ||= heard.reason?.code === 'too_far';
      return stateOf(heard);
    } catch (error) {
      const said = refusalIn(error);
      if (said !== null && isAboutTheTap(error)) dropTap(tap);
      return said ?? { is: 'noAnswer' };
    }
  }, [memberId, lockId, newTap]);

  const tap = useCallback(() => {
    if (isBusy.current) return;
    isBusy.current = true;
    void send()
      .then(setState)
      .finally(() => {
        isBusy.current = false;
        // Says, too, whether the session is over: that of the tap may have been renewed meanwhile.
        void queries.invalidateQueries({ queryKey: KEYS });
      });
  }, [send, queries]);

  return { state, tap };
}

function stateOf({ outcome, reason, at, ageMs }: Heard): TapState {
  if (outcome === 'opened') {
    return ageMs > OPEN_MS ? { is: 'openedBefore', at } : { is: 'opened', ageMs };
  }
  const words = reason
    ? { text: reason.detail, remedy: reason.remedy }
    : { text: t.noAnswer.text, remedy: '' };
  return { is: outcome === 'refused' ? 'refused' : 'unheard', ...words };
}

/**
 * What the API said no to; `null`: it did not answer, or cannot say what became of the tap. A refusal
 * without a code is not the API's own.
 */
function refusalIn(error: unknown): TapState | null {
  if (!(error instanceof ApiProblem) || error.problem === null) return null;
  if (error.status === null || error.status >= 500) return null;
  const { code } = error.problem;
  const words = code in t.problems ? t.problems[code as keyof typeof t.problems] : t.otherProblem;
  return { is: 'refused', ...words };
}

/** Where the session or the limit is refused, nobody has looked at the tap itself. */
function isAboutTheTap(error: unknown): boolean {
  return error instanceof ApiProblem && error.status !== 401 && error.status !== 429;
}
