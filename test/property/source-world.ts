import * as fc from 'fast-check';
import { applySource } from '../../src/access/apply-source';
import type { AccessDeps } from '../../src/access/deps';
import { storeSnapshots } from '../../src/access/store-snapshots';
import type { Grant } from '../../src/domain/grant';
import { followingSource, type SourceWord } from '../../src/domain/grant-life';
import type { Booking, Membership, SourceRef } from '../../src/domain/source';
import {
  bookingGrants,
  membershipGrants,
  type MappedDoor,
  type Margin,
  type PlannedGrant,
} from '../../src/domain/source-grants';
import { createLogger } from '../../src/logging';
import type { Store } from '../../src/store';

const HOUR = 3_600_000;
/** A whole second; every window of a story lies after it. */
export const NOW = Date.UTC(2026, 10, 24, 10);
const MARGIN: Margin = { earlyMinutes: 90, lateMinutes: 30 };

/** What a platform says of one source at one version; `null`: deleted. */
type Said =
  | { kind: 'booking'; source: number; version: number; content: Booking | null }
  | { kind: 'membership'; source: number; version: number; content: Membership | null };

/** What happens to one delivery. */
type Fate =
  /** It is stored and applied. */
  | { fate: 'arrives' }
  /** It is lost on its way; the platform sends it again later. */
  | { fate: 'lost' }
  /** The worker dies after so many grants were told; somebody goes on later. */
  | { fate: 'dies'; afterTold: number }
  /** Grants hear of it only at the end of the story. */
  | { fate: 'late' };

export interface Delivery {
  said: Said;
  fate: Fate;
}

const members = fc.subarray(['mem_a', 'mem_b'], { minLength: 1 });
const span = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 }))
  .map(([from, hours]) => ({ startsAt: NOW + from * HOUR, endsAt: NOW + (from + hours) * HOUR }));

const bookingContent: fc.Arbitrary<Booking> = fc
  .record({
    memberIds: members,
    spaceId: fc.constantFrom('spc_1', 'spc_2'),
    span,
    status: fc.constantFrom<Booking['status']>('confirmed', 'confirmed', 'pending', 'cancelled'),
  })
  .map(({ span: window, ...rest }) => ({ ...rest, ...window }));

const membershipContent: fc.Arbitrary<Membership> = fc
  .record({
    memberIds: members,
    planId: fc.constantFrom('pln_1', 'pln_2'),
    span,
    isOpen: fc.boolean(),
    status: fc.constantFrom<Membership['status']>('active', 'active', 'paused', 'cancelled'),
  })
  .map(({ span: window, isOpen, ...rest }) => ({
    ...rest,
    locationId: 'loc_1',
    startsAt: window.startsAt,
    endsAt: isOpen ? null : window.endsAt,
  }));

const VERSIONS = 3;
const BOOKINGS = 3;

function history(
  kind: Said['kind'],
  source: number,
  content: fc.Arbitrary<unknown>,
): fc.Arbitrary<Said[]> {
  return fc
    .array(fc.option(content, { freq: 5 }), { minLength: VERSIONS, maxLength: VERSIONS })
    .map((contents) =>
      contents.map((one, index) => ({ kind, source, version: index + 1, content: one }) as Said),
    );
}

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fate>({ fate: 'arrives' }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ fate: 'lost' }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ fate: 'late' }) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 0, max: 2 })
      .map<Fate>((afterTold) => ({ fate: 'dies', afterTold })),
  },
);

/** Every snapshot at least once, in any order, some again, each with its fate. */
export const deliveries: fc.Arbitrary<Delivery[]> = fc
  .tuple(
    ...[...Array(BOOKINGS).keys()].map((source) => history('booking', source, bookingContent)),
    history('membership', 0, membershipContent),
  )
  .chain((histories) => {
    const all = histories.flat();
    return fc
      .tuple(
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.array(fc.constantFrom(...all), { maxLength: 6 }),
      )
      .chain(([once, again]) =>
        fc.tuple(
          ...[...once, ...again].map((said) => fate.map((its): Delivery => ({ said, fate: its }))),
        ),
      );
  });

class WorkerDied extends Error {}

/**
 * One story: the real storing and applying on the real database, in a house of its own. Grants are
 * kept as their workflows keep them: whoever does not run is started, an older word changes nothing.
 */
export class SourceWorld {
  readonly #doors: MappedDoor[];
  readonly #grants = new Map<string, Grant>();
  readonly #late: (() => Promise<void>)[] = [];
  #fate: Fate = { fate: 'arrives' };
  #told = 0;
  readonly #toLook = new Map<string, SourceRef>();

  constructor(
    private readonly store: Store,
    private readonly prefix: string,
  ) {
    const door = (id: string, more: Partial<MappedDoor>): MappedDoor => ({
      id: this.#name(id),
      resourceType: 'lock',
      locationId: this.#name('loc_1'),
      spaceId: null,
      ...more,
    });
    this.#doors = [
      door('dm_1', { spaceId: this.#name('spc_1') }),
      door('dm_2', { spaceId: this.#name('spc_2') }),
      door('dm_group', { resourceType: 'group' }),
      door('dm_plan', {}),
    ];
  }

  async furnish(): Promise<void> {
    const { store } = this;
    const locationId = this.#name('loc_1');
    await store.locations.upsert({ id: locationId, name: 'x', timeZone: 'UTC', margin: MARGIN });
    for (const id of ['spc_1', 'spc_2']) {
      await store.spaces.upsert({ id: this.#name(id), name: id, locationId });
    }
    for (const [index, door] of this.#doors.entries()) {
      await store.doorMappings.insert({
        ...door,
        integrationId: 'int_1',
        organizationId: 1,
        resourceId: index + 1,
        name: door.id,
        active: true,
        createdBy: { type: 'system', id: 'test' },
      });
    }
    for (const id of ['pln_1', 'pln_2']) await store.plans.upsert({ id: this.#name(id), name: id });
    await store.plans.addDoor(this.#name('pln_1'), this.#name('dm_plan'));
  }

  /** Plays the deliveries, then what was lost or left half done, then what came late. */
  async play(all: readonly Delivery[]): Promise<void> {
    for (const { said, fate: its } of all) {
      this.#fate = its;
      if (its.fate !== 'lost') await this.#deliver(said);
    }
    this.#fate = { fate: 'arrives' };
    for (const { said, fate: its } of all) if (its.fate === 'lost') await this.#deliver(said);
    for (const tell of this.#late.reverse()) await tell();
    await this.#lookUntilQuiet();
  }

  /** What the grants give, sorted; from the grants themselves and as the read model shows it. */
  async given(): Promise<{ grants: PlannedGrant[]; readModel: PlannedGrant[] }> {
    const ids = [...this.#grants.keys()];
    return {
      grants: sorted([...this.#grants.values()].filter(isGiven)),
      readModel: sorted((await this.store.grants.getMany(ids)).filter(isGiven)),
    };
  }

  /** What they have to give: the newest snapshots alone decide, by the pure rules. */
  meant(all: readonly Delivery[]): PlannedGrant[] {
    const newest = new Map<string, Said>();
    for (const { said } of all) {
      const key = `${said.kind} ${String(said.source)}`;
      if ((newest.get(key)?.version ?? 0) < said.version) newest.set(key, said);
    }
    const stand = [...newest.values()];
    const bookings = stand.flatMap((said) =>
      said.kind === 'booking' && said.content !== null ? [said.content] : [],
    );
    return sorted(
      stand.flatMap((said): PlannedGrant[] => {
        const doors = this.#doors;
        if (said.kind === 'membership') {
          const membership = said.content && this.#inHouse(said.content);
          const planDoorIds = said.content?.planId === 'pln_1' ? [this.#name('dm_plan')] : [];
          return membershipGrants(membership, { planDoorIds, doors });
        }
        const { content } = said;
        const neighbours = bookings.filter(
          (other) =>
            other !== content && other.spaceId === content?.spaceId && other.status === 'confirmed',
        );
        const place = { locationId: this.#name('loc_1'), doors, margin: MARGIN, neighbours };
        return bookingGrants(content && this.#inHouse(content), place);
      }),
    );
  }

  async #deliver({ kind, source, version, content }: Said): Promise<void> {
    const ref: SourceRef = { kind, id: this.#name(`src_${String(source)}`) };
    const message =
      content === null ? { version, deleted: true } : messageOf(version, this.#inHouse(content));
    await storeSnapshots(this.#deps, ref, [message]);
    await this.#apply(ref);
    await this.#lookAtNeighbours();
  }

  async #apply(ref: SourceRef, release: string[] = []): Promise<void> {
    this.#told = 0;
    try {
      const result = await applySource(this.#deps, { source: ref, release });
      if (result.outcome === 'successors') await this.#apply(ref, result.held);
      if (result.outcome === 'again') this.#toLook.set(ref.id + ref.kind, ref);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      this.#toLook.set(ref.id + ref.kind, ref);
    }
  }

  /** While a worker dies again and again nobody looks; that is left for later. */
  async #lookAtNeighbours(): Promise<void> {
    if (this.#fate.fate === 'arrives') await this.#lookUntilQuiet();
  }

  async #lookUntilQuiet(): Promise<void> {
    for (let rounds = 0; this.#toLook.size > 0; rounds += 1) {
      if (rounds > 50) throw new Error('the sources never stop looking again');
      const refs = [...this.#toLook.values()];
      this.#toLook.clear();
      for (const ref of refs) await this.#apply(ref);
    }
  }

  async #follow(grant: Grant, word: SourceWord, mayStart: boolean): Promise<void> {
    const running = this.#grants.get(grant.id);
    if (running === undefined && !mayStart) return;
    const by = { type: 'system', id: 'test' } as const;
    const followed = running === undefined ? grant : followingSource(running, word, NOW, by, null);
    const settled = {
      ...followed,
      settled: true,
      provisioning: followed.stops.length > 0 ? ('removed' as const) : ('in_place' as const),
      recordNumber: (running?.recordNumber ?? 0) + 1,
    };
    this.#grants.set(grant.id, settled);
    await this.store.grants.replaceGrant(settled);
  }

  get #deps(): Pick<AccessDeps, 'store' | 'messages' | 'clock' | 'log'> {
    const messages: Pick<AccessDeps['messages'], 'followSource' | 'lookAgainAtSource'> = {
      followSource: async (grant, word, _meta, mayStart) => {
        if (this.#fate.fate === 'dies' && this.#told >= this.#fate.afterTold)
          throw new WorkerDied();
        this.#told += 1;
        if (this.#fate.fate === 'late') {
          this.#late.push(() => this.#follow(grant, word, mayStart));
        } else await this.#follow(grant, word, mayStart);
      },
      lookAgainAtSource: (ref) => {
        this.#toLook.set(ref.id + ref.kind, ref);
        return Promise.resolve();
      },
    };
    const log = createLogger({ level: 'silent', process: 'test' });
    const clock = { now: () => NOW };
    return { store: this.store, messages: messages as AccessDeps['messages'], clock, log };
  }

  #name(id: string): string {
    return `${this.prefix}${id}`;
  }

  /** The content with the ids of this story's house. */
  #inHouse<Content extends Booking | Membership>(content: Content): Content {
    const ids = Object.fromEntries(
      Object.entries(content).flatMap(([key, value]) =>
        ['spaceId', 'planId', 'locationId'].includes(key) ? [[key, this.#name(String(value))]] : [],
      ),
    );
    return { ...content, ...ids };
  }
}

function messageOf(version: number, content: Booking | Membership): object {
  const { startsAt, endsAt, ...rest } = content;
  return {
    version,
    ...rest,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
  };
}

function isGiven({ stops }: Grant): boolean {
  return stops.length === 0;
}

function sorted(grants: readonly PlannedGrant[]): PlannedGrant[] {
  const plain = grants.map(({ memberId, doorMappingId, startsAt, endsAt }) => ({
    memberId,
    doorMappingId,
    startsAt,
    endsAt,
  }));
  return plain.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}
