import { attemptReasons } from './explain-attempts';
import { doorReasons } from './explain-door';
import type { ExplainFacts } from './explain-facts';
import { coveringRows, kisiReasons, provisioningReasons } from './explain-kisi';
import { coveringGrants, demoteUnassigned, hiddenCovering, sourceReasons } from './explain-sources';
import { EXPLAIN_CODES, Words, type ExplainReason } from './explain-words';

/** `unknown`: it depends, or nobody can say. */
export const VERDICTS = ['yes', 'no', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Whether the member can open the door at the instant, and why. */
export interface Explanation {
  /** Access, at a door that opens. */
  open: Verdict;
  /** Whether Kisi lets the member through, whatever the state of the door. */
  access: Verdict;
  /** One or two sentences for people. */
  summary: string;
  /**
   * What is not as it must be first, the cause before what follows from it; then what nobody knows,
   * then what is as it must be.
   */
  reasons: ExplainReason[];
}

/** Settings of a door that one opens otherwise than by a tap in My Keys do not bar. */
const HARD: readonly string[] = ['gone', 'not_configured', 'offline', 'locked_down'];

/** Can this member open this door at that time, and why? Works from facts alone. */
export function explain(facts: ExplainFacts): Explanation {
  const words = new Words(facts.timeZone);
  const covering = coveringGrants(facts);
  const reasons = inOrder([
    ...demoteUnassigned(doorReasons(facts, words), covering.length > 0),
    ...sourceReasons(facts, words),
    ...provisioningReasons(facts),
    ...kisiReasons(facts, words),
    ...attemptReasons(facts, words),
  ]);
  const access = accessOf(facts);
  const open = openOf(facts, access);
  return { open, access, summary: summaryOf(facts, words, { open, access, reasons }), reasons };
}

function accessOf(facts: ExplainFacts): Verdict {
  const { basis, kisi, at, now } = facts;
  const covering = [...coveringGrants(facts), ...hiddenCovering(facts)];
  const inPlace = covering.some(({ provisioning }) => provisioning === 'in_place');
  if (basis === 'recorded') return inPlace ? 'yes' : 'no';
  if (kisi.nothingLeft) return 'no';
  if (kisi.silence !== null) return 'unknown';
  const isLetIn = kisi.user?.state === 'there' && kisi.user.accessEnabled;
  if (isLetIn && coveringRows(facts).length > 0) return 'yes';
  if (isLetIn && kisi.widerRoles.length > 0) return 'unknown';
  // What waits for its turn, or is on its way, is not at Kisi yet.
  const isOnItsWay = covering.some(
    ({ provisioning, problem }) => ['queued', 'pending'].includes(provisioning) && problem === null,
  );
  return at > now && isOnItsWay ? 'unknown' : 'no';
}

function openOf({ kisi, basis, at, now }: ExplainFacts, access: Verdict): Verdict {
  if (access !== 'yes' || basis === 'recorded') return access;
  const barring = kisi.obstacles.filter(({ barsAll }) => barsAll);
  const isHard = barring.some(({ code }) => HARD.includes(code));
  // What passes within minutes says nothing about later.
  if (isHard) return at > now ? 'unknown' : 'no';
  const isUnconfirmed = kisi.user?.state === 'there' && kisi.user.confirmed === false;
  return barring.length > 0 || isUnconfirmed ? 'unknown' : 'yes';
}

function inOrder(reasons: readonly ExplainReason[]): ExplainReason[] {
  const rank = ({ ok }: ExplainReason): number => (ok === false ? 0 : ok === null ? 1 : 2);
  return [...reasons].sort(
    (a, b) => rank(a) - rank(b) || EXPLAIN_CODES.indexOf(a.code) - EXPLAIN_CODES.indexOf(b.code),
  );
}

function summaryOf(
  { member, door, at, basis }: ExplainFacts,
  words: Words,
  { open, access, reasons }: Pick<Explanation, 'open' | 'access' | 'reasons'>,
): string {
  const who = member.name ?? member.id;
  const when = `at ${words.instant(at)} (${words.timeZone})`;
  const [first] = reasons;
  const because = first === undefined || first.ok === true ? '' : ` ${first.text}`;
  if (basis === 'recorded') {
    const said = access === 'yes' ? 'had access to' : 'had no access to';
    return `As recorded, ${who} ${said} ${door.name} ${when}.${access === 'yes' ? '' : because}`;
  }
  switch (open) {
    case 'yes':
      return `${who} can open ${door.name} ${when}.${first?.ok === false ? because : ''}`;
    case 'no':
      return access === 'yes'
        ? `${who} has access to ${door.name} ${when}, but it does not open.${because}`
        : `${who} cannot open ${door.name} ${when}.${because}`;
    case 'unknown':
      return access === 'yes'
        ? `${who} has access to ${door.name} ${when}, but whether it opens depends.${because}`
        : `It is not known whether ${who} can open ${door.name} ${when}.${because}`;
  }
}
