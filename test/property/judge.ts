import type { AccessLogEntry } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import { AccessBreach, expectAccess, type JudgedStack } from '../support/oracle';
import { grantsAt, requiredAccess } from '../support/required-access';
import type { Stack } from '../support/stack';

/** The named exceptions of the promise. */
export type Excuse =
  /** A replace where Kisi takes neither a second row nor a new window: counted, see `closeGap`. */
  | 'replaceGap'
  /** Where one row is all, the next window waits for the roll, which trouble may delay. */
  | 'lateRoll'
  /** Somebody changed our row at the dashboard and the pass has not looked since. */
  | 'drift';

/** How often each verdict was given, and how often an exception was the reason of a wrong door. */
export type Tally = Record<'open' | 'closed' | 'either' | 'steady' | Excuse, number>;

export function newTally(): Tally {
  return { open: 0, closed: 0, either: 0, steady: 0, replaceGap: 0, lateRoll: 0, drift: 0 };
}

/** Who is judged at which doors. */
export interface Judged {
  members: readonly Member[];
  lockIds: readonly number[];
  /** Whether the door mapping opens this lock. */
  leadsTo: (doorMappingId: string, lockId: number) => boolean;
  /** Judged from here on (ms UTC). */
  from: number;
  tally: Tally;
  /** How far the log's clock, which is Temporal's, may be from Kisi's (ms). */
  skewMs: () => number;
}

interface Span {
  why: 'replaceGap' | 'drift';
  memberId: string;
  from: number;
  /** `null`: it still lasts. */
  until: number | null;
}

const SLACK_MS = 2;
/** A roll comes a second after the end that it waits for; the rest is the machine's own time. */
const ROLL_WITHIN_MS = 10_000;
/** After trouble a prober or a second look, whichever comes later, has set things right. */
const TROUBLE_LASTS_MS = 65_000;
const LOG_PAGE = 200;

/**
 * Judges every member at every lock, at all instants that could matter, as soon as they are past:
 * around each end of a window, each log row and each write at Kisi, and in between.
 */
export class Judge {
  readonly #stack: Stack;
  readonly #judged: Judged;
  readonly #spans: Span[] = [];
  #judgedUntil: number;
  #troubleAt = Number.NEGATIVE_INFINITY;

  constructor(stack: Stack, judged: Judged) {
    this.#stack = stack;
    this.#judged = judged;
    this.#judgedUntil = judged.from;
  }

  excuseGap(memberId: string, from: number, until: number): void {
    this.#spans.push({ why: 'replaceGap', memberId, from, until });
  }

  excuseDrift(memberId: string, from: number): void {
    this.#spans.push({ why: 'drift', memberId, from, until: null });
  }

  endDrift(memberId: string, now: number): void {
    for (const span of this.#spans) if (span.memberId === memberId) span.until ??= now;
  }

  /** Kisi is in trouble, by the run's own doing. */
  noteTrouble(now: number): void {
    this.#troubleAt = now;
  }

  /** Judges what has passed since the last time. @throws AccessBreach */
  async judgeUntil(now: number): Promise<void> {
    const from = this.#judgedUntil;
    this.#judgedUntil = now;
    for (const member of this.#judged.members) {
      const log = this.#asSeenByKisi(await this.#logOf(member));
      if (log.length === 0) continue;
      this.#expectSettled(log, now);
      const stack = this.#remembering(log);
      const instants = this.#instants(log, from, now);
      for (const lockId of this.#judged.lockIds) {
        const rows = log.filter(({ grant }) => this.#judged.leadsTo(grant.doorMappingId, lockId));
        for (const at of instants) await this.#judge(stack, { member, rows, lockId, at });
      }
    }
  }

  /** What is never settled can never be judged, so it must be before long. @throws AccessBreach */
  #expectSettled(log: readonly AccessLogEntry[], now: number): void {
    const slow = grantsAt(log, now).find(
      ({ grant, unsettled }) =>
        unsettled !== null &&
        now > Math.max(grant.changedAt, this.#troubleAt) + TROUBLE_LASTS_MS + ROLL_WITHIN_MS,
    );
    if (slow) {
      const { id, provisioning, problem } = slow.grant;
      throw new AccessBreach(
        `${id} is still not settled: ${provisioning}, ${problem?.detail ?? 'without a problem'}`,
      );
    }
  }

  async #judge(
    stack: JudgedStack,
    { member, rows, lockId, at }: Case & { member: Member; lockId: number },
  ): Promise<void> {
    const { tally } = this.#judged;
    try {
      tally[await expectAccess(stack, member, lockId, at)] += 1;
      if (!hasSteadyGrant({ rows, at })) return;
      const { open, because } = stack.simulator.couldOpen({ email: member.email, lockId, at });
      if (!open) {
        throw new AccessBreach(
          `${member.id} at lock ${String(lockId)}, ${new Date(at).toISOString()}: the change of another grant opened a gap in one that was in place (${because})`,
        );
      }
      tally.steady += 1;
    } catch (error) {
      if (!(error instanceof AccessBreach)) throw error;
      const excuse = this.#excuseOf({ rows, at }, member.id);
      if (excuse === null) throw error;
      tally[excuse] += 1;
    }
  }

  #excuseOf({ rows, at }: Case, member: string): Excuse | null {
    const span = this.#spans.find(
      ({ memberId, from, until }) =>
        memberId === member && from - SLACK_MS <= at && at <= (until ?? at) + SLACK_MS,
    );
    if (span) return span.why;
    const live = grantsAt(rows, at).filter((grant) => grant.live);
    const waits = live.every(
      ({ grant }) =>
        grant.provisioning === 'queued' &&
        at <= Math.max(grant.startsAt, this.#troubleAt + TROUBLE_LASTS_MS) + ROLL_WITHIN_MS,
    );
    return live.length > 0 && waits ? 'lateRoll' : null;
  }

  #instants(log: readonly AccessLogEntry[], from: number, until: number): number[] {
    const edges = log.flatMap(({ at, grant }) => [at, grant.startsAt, grant.endsAt ?? at]);
    const writes = this.#stack.simulator
      .requests(from)
      .filter(({ method }) => method !== 'GET')
      .map(({ endedAt }) => endedAt ?? until);
    const around = [...edges, ...writes].flatMap((at) => [at - 1, at, at + 1]);
    const inside = [...around, Math.floor((from + until) / 2), from + 1, until].filter(
      (at) => at > from && at <= until,
    );
    return [...new Set(inside)].sort((a, b) => a - b);
  }

  /** Newest first. */
  async #logOf({ id }: Member): Promise<AccessLogEntry[]> {
    const { accessLog } = this.#stack.store;
    const rows: AccessLogEntry[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof accessLog.list>> = await accessLog.list(
        { memberId: id },
        { limit: LOG_PAGE, cursor },
      );
      rows.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return rows;
  }

  /** What is accepted comes as much earlier, what has happened as much later, as the clocks may differ. */
  #asSeenByKisi(log: readonly AccessLogEntry[]): AccessLogEntry[] {
    const skewMs = this.#judged.skewMs();
    return log.map((row) => ({
      ...row,
      at: row.status === 'accepted' ? row.at - skewMs : row.at + skewMs,
    }));
  }

  /** The stack as the oracle asks it, with everything read once: while all is quiet nothing changes. */
  #remembering(newestFirst: readonly AccessLogEntry[]): JudgedStack {
    const { store, simulator } = this.#stack;
    const state = simulator.state();
    const mappings = new Map<string, ReturnType<typeof store.doorMappings.get>>();
    const mapping = (id: string): ReturnType<typeof store.doorMappings.get> => {
      const known = mappings.get(id) ?? store.doorMappings.get(id);
      mappings.set(id, known);
      return known;
    };
    const couldOpen: typeof simulator.couldOpen = (question) => simulator.couldOpen(question);
    return {
      rowsOf: (member: Member) => this.#stack.rowsOf(member),
      simulator: { couldOpen, state: () => state },
      store: {
        accessLog: { list: () => Promise.resolve({ data: [...newestFirst], nextCursor: null }) },
        doorMappings: { get: mapping },
      },
    } as unknown as JudgedStack;
  }
}

/** The log rows of one member that lead to one lock, and an instant. */
interface Case {
  rows: readonly AccessLogEntry[];
  at: number;
}

/**
 * Stricter than the oracle, which lets everything pass while any change settles: a grant that is in
 * place itself stays open whatever happens to others (widen before narrowing).
 */
function hasSteadyGrant({ rows, at }: Case): boolean {
  return grantsAt(rows, at).some(
    ({ grant }) =>
      grant.provisioning === 'in_place' &&
      requiredAccess(
        rows.filter((row) => row.grant.id === grant.id),
        at,
      ) === 'open',
  );
}
