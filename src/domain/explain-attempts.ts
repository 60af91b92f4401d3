import type { ExplainFacts } from './explain-facts';
import { logStep } from './explain-sources';
import { good, unsure, type ExplainReason, type Words } from './explain-words';

/** A tap or failure longer ago than this says nothing about the instant. Ms. */
const RECENT_MS = 24 * 3_600_000;

/** What was tried last. */
export function attemptReasons(facts: ExplainFacts, words: Words): ExplainReason[] {
  const { attempts, at } = facts;
  const recent = attempts.filter((attempt) => Math.abs(at - attempt.at) <= RECENT_MS);
  const tap = recent.find(({ action }) => action === 'unlock');
  const failed = recent.find(({ action, problem }) => action !== 'unlock' && problem !== null);
  const log = logStep(facts);
  return [
    ...(failed
      ? [
          unsure(
            'grant_attempt_failed',
            `${words.instant(failed.at)}: the access could not be put in place. ${failed.problem?.detail ?? ''}`.trim(),
            log,
          ),
        ]
      : []),
    ...(tap
      ? [
          tap.status === 'opened'
            ? good('last_unlock', `The member opened the door ${words.instant(tap.at)}.`)
            : unsure(
                'last_unlock',
                `${words.instant(tap.at)}: the last tap on Unlock ${tap.status === 'refused' ? 'was refused' : 'had no answer'}. ${tap.reason ?? ''}`.trim(),
                log,
              ),
        ]
      : []),
  ];
}
