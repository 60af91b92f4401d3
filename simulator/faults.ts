import { z } from 'zod';

const scope = {
  /** HTTP method; any when left out. */
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']).optional(),
  /** Path without query; `*` stands for any characters. Any when left out. */
  path: z.string().startsWith('/').optional(),
  /** Only calls made with a login of this user. */
  keyOwnerId: z.int().optional(),
  organizationId: z.int().optional(),
  /** Lets this many matching calls pass first. */
  skip: z.int().nonnegative().default(0),
  /** Hits this many calls; without it, all until the fault is taken away. */
  count: z.int().positive().optional(),
};

const answer = {
  status: z.int().min(200).max(599),
  /** JSON; a string is sent as text/html, as a proxy would. Kisi's own error shape when left out. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).default({}),
};

/**
 * What goes wrong. `…Before`: the operation is not done; `…After`: it is done, and the caller is told
 * something else or nothing. `hold` stops a call before or after it is done until it is released.
 */
export const faultInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dropBefore'), ...scope }),
  z.strictObject({ kind: z.literal('dropAfter'), ...scope }),
  z.strictObject({ kind: z.literal('answerBefore'), ...scope, ...answer }),
  z.strictObject({ kind: z.literal('answerAfter'), ...scope, ...answer }),
  z.strictObject({ kind: z.literal('delay'), ...scope, ms: z.int().positive() }),
  z.strictObject({ kind: z.literal('hold'), ...scope, when: z.enum(['before', 'after']) }),
]);

/** A fault as a test writes it. */
export type FaultInput = z.input<typeof faultInput>;
/** A fault with its defaults filled in. */
export type FaultScript = z.output<typeof faultInput>;

/** How held calls go on: as if nothing had been, or with the connection dropped. */
export const releaseInput = z.strictObject({ drop: z.boolean().default(false) });
export type Release = z.output<typeof releaseInput>;

/** A fault and what it has done so far. */
export interface FaultReport {
  id: number;
  script: FaultScript;
  /** Calls it has hit. */
  hits: number;
  /** Calls that it holds at this moment. */
  held: number;
}

/** What a fault can be scoped by. */
interface Target {
  method: string;
  path: string;
  keyOwnerId: number | null;
  organizationId: number | null;
}

class Fault {
  hits = 0;
  skipped = 0;
  readonly #held = new Set<(release: Release) => void>();
  readonly #path: RegExp | undefined;

  constructor(
    readonly id: number,
    readonly script: FaultScript,
  ) {
    const pattern = script.path
      ?.split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.#path = pattern && new RegExp(`^${pattern.join('.*')}$`);
  }

  /** Whether it hits this call; counts the call if so. */
  takes({ method, path, keyOwnerId, organizationId }: Target): boolean {
    const { script } = this;
    const isMeant =
      (script.method ?? method) === method &&
      (this.#path?.test(path) ?? true) &&
      (script.keyOwnerId ?? keyOwnerId) === keyOwnerId &&
      (script.organizationId ?? organizationId) === organizationId;
    if (!isMeant || (script.count !== undefined && this.hits >= script.count)) return false;
    if (this.skipped < script.skip) {
      this.skipped += 1;
      return false;
    }
    this.hits += 1;
    return true;
  }

  hold(): Promise<Release> {
    return new Promise((resolve) => {
      this.#held.add(resolve);
    });
  }

  release(release: Release): void {
    for (const resolve of this.#held) resolve(release);
    this.#held.clear();
  }

  get report(): FaultReport {
    return { id: this.id, script: this.script, hits: this.hits, held: this.#held.size };
  }
}

/** A fault as the request pipeline meets it. */
export type ActiveFault = Pick<Fault, 'id' | 'script' | 'hold'>;

/** The scripted faults. A call is hit by the first one (in the order they were added) that takes it. */
export class Faults {
  #faults: Fault[] = [];
  #lastId = 0;

  /** Throws a ZodError on a script that makes no sense. */
  add(input: FaultInput): FaultReport {
    const script = faultInput.parse(input);
    this.#lastId += 1;
    const fault = new Fault(this.#lastId, script);
    this.#faults.push(fault);
    return fault.report;
  }

  /** The fault that hits this call, if one does. */
  take(target: Target): ActiveFault | undefined {
    return this.#faults.find((fault) => fault.takes(target));
  }

  list(): FaultReport[] {
    return this.#faults.map((fault) => fault.report);
  }

  get(id: number): FaultReport | undefined {
    return this.#faults.find((fault) => fault.id === id)?.report;
  }

  /** Lets the held calls go on and ends the fault. Answers false when there is none with this id. */
  release(id: number, release: Release): boolean {
    const fault = this.#faults.find((candidate) => candidate.id === id);
    if (fault === undefined) return false;
    this.#faults = this.#faults.filter((candidate) => candidate !== fault);
    fault.release(release);
    return true;
  }

  /** Ends all faults; calls that are held go on as `release` says. */
  clear(release: Release): void {
    const faults = this.#faults;
    this.#faults = [];
    for (const fault of faults) fault.release(release);
  }
}
