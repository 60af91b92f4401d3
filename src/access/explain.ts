import { explain, type Explanation } from '../domain/explain';
import type {
  ExplainedDoor,
  ExplainedIntegration,
  ExplainFacts,
  KisiFacts,
} from '../domain/explain-facts';
import type { ProblemType } from '../domain/grant';
import { wholeSecond } from '../domain/windows';
import type { DoorMapping, Integration, Member, Space, Store } from '../store';
import { partKisi } from './explain-hidden';
import { readAttempts, recordedGrants } from './explain-log';
import { kisiFactsOf, type ExplainKisiDeps } from './explain-kisi';
import { leadingMappings, readGrants, readSources } from './explain-sources';

/** Who asks for now, and sends their clock's time, is not asking for the past. Ms. */
const NOW_MS = 10_000;

/** What Kisi had then is not known: it tells of the present only. */
const PAST: KisiFacts = {
  silence: 'it tells of the present only',
  nothingLeft: false,
  user: null,
  rows: [],
  widerRoles: [],
  obstacles: [],
};

/** One member at one door. `at`: ms since the epoch, UTC; left out: now. */
export interface ExplainQuestion {
  member: Member;
  /** Deleted ones too: their grants and log outlive them. */
  mapping: DoorMapping;
  isDeleted: boolean;
  at: number | undefined;
  /** All locations that whoever asks may see; `null`: every one. What is elsewhere counts untold. */
  locationIds: readonly string[] | null;
  remedies: Readonly<Record<ProblemType, string>>;
}

/** The explanation with the facts that it was made from. */
export interface Explained {
  explanation: Explanation;
  facts: ExplainFacts;
}

/**
 * Can this member open this door at that time, and why? Kisi is asked for now and for later, with
 * little patience; an instant that is past is answered from what was recorded.
 */
export async function explainAccess(
  deps: ExplainKisiDeps,
  question: ExplainQuestion,
): Promise<Explained> {
  const { store, clock } = deps;
  const { member, mapping, locationIds, remedies } = question;
  const now = clock.now();
  const asked = question.at ?? now;
  const isPast = asked < wholeSecond(now) - NOW_MS;
  const at = isPast ? asked : Math.max(asked, now);
  const integration = await store.integrations.get(mapping.integrationId);
  if (!integration) throw new Error(`The mapping ${mapping.id} names an integration that is none.`);
  const leading = await leadingMappings(store, mapping);
  const ids = leading.map(({ id }) => id);
  const [shownMappings, hiddenMappings] = parted(leading, isSeenBy(locationIds));
  const shown = new Set(shownMappings.map(({ id }) => id));
  const [grants, sources, attempts, place, kisi] = await Promise.all([
    isPast ? recordedGrants(store, member.id, ids, at) : readGrants(store, member.id, ids, at, now),
    readSources(store, member.id, leading, at, locationIds),
    readAttempts(store, member.id, [...shown], isPast ? at : now),
    readPlace(store, mapping),
    isPast ? PAST : kisiFactsOf(deps, { member, mapping, integration, at, now }),
  ]);
  const [shownGrants, hiddenGrants] = parted(grants, (grant) => shown.has(grant.doorMappingId));
  const seen =
    locationIds &&
    (await partKisi(
      store,
      kisi,
      {
        shown: { mappings: shownMappings, grants: shownGrants },
        hidden: { mappings: hiddenMappings, grants: hiddenGrants },
      },
      at,
    ));
  const facts: ExplainFacts = {
    at,
    now,
    basis: isPast ? 'recorded' : kisi.silence === null ? 'live' : 'stored',
    timeZone: place.timeZone,
    member: {
      id: member.id,
      name: member.name,
      hold: holdAt(member, at),
    },
    door: doorOf(question, place),
    integration: integrationOf(integration, at),
    grants: shownGrants,
    hidden: seen && { grants: hiddenGrants, rows: seen.hiddenRows },
    sources,
    kisi: seen?.kisi ?? kisi,
    attempts,
    remedies,
  };
  return { explanation: explain(facts), facts };
}

function isSeenBy(locationIds: readonly string[] | null): (mapping: DoorMapping) => boolean {
  return ({ locationId }) =>
    locationIds === null || (locationId !== null && locationIds.includes(locationId));
}

/** Those that are so, and the others. */
function parted<Any>(all: readonly Any[], isSo: (one: Any) => boolean): [Any[], Any[]] {
  return [all.filter(isSo), all.filter((one) => !isSo(one))];
}

/** One that was set later kept nobody out. */
function holdAt({ hold }: Member, at: number): ExplainFacts['member']['hold'] {
  return hold && hold.since <= at ? { reason: hold.reason, since: hold.since } : null;
}

interface Place {
  location: ExplainedDoor['location'];
  space: ExplainedDoor['space'];
  timeZone: string;
}

async function readPlace(store: Store, { locationId, spaceId }: DoorMapping): Promise<Place> {
  const [location, space] = await Promise.all([
    locationId === null ? null : store.locations.get(locationId),
    spaceId === null ? null : store.spaces.get(spaceId),
  ]);
  return {
    location: location && { id: location.id, name: location.name },
    space: space && named(space),
    timeZone: location?.timeZone ?? 'UTC',
  };
}

function named({ id, name }: Space): { id: string; name: string } {
  return { id, name };
}

function doorOf({ mapping, isDeleted }: ExplainQuestion, place: Place): ExplainedDoor {
  return {
    doorMappingId: mapping.id,
    name: mapping.name,
    resourceType: mapping.resourceType,
    resourceId: mapping.resourceId,
    active: mapping.active,
    isDeleted,
    location: place.location,
    space: place.space,
  };
}

/** With the trouble that it had at the instant. */
function integrationOf(
  { id, active, fault, lastFault, emergencyStop }: Integration,
  at: number,
): ExplainedIntegration {
  const last = lastFault && lastFault.since <= at && at < lastFault.healedAt ? lastFault : null;
  const present = fault && fault.since <= at ? fault : last;
  return {
    id,
    active,
    fault: present && { type: present.type, detail: present.detail, since: present.since },
    stop:
      emergencyStop && emergencyStop.since <= at
        ? { reason: emergencyStop.reason, since: emergencyStop.since }
        : null,
  };
}
