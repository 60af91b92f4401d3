import type { HoldGrantInput, HoldGrantResult } from '../contracts/activities';
import { passKey, type PassRef } from '../domain/door';
import type { Problem } from '../domain/grant';
import { windowOf } from '../domain/grant-life';
import type { AccessDeps } from './deps';
import { REMOVED } from './pass-desire';
import { recordGrant } from './record-grant';

/** Where a grant's door mapping leads now, or why it leads nowhere. */
type Door = { pass: PassRef; problem: null } | { pass: null; problem: Problem };

/**
 * Records the grant, writes its wish for the pass that its door leads to, a tombstone for every
 * other pass it ever asked, and pokes them.
 *
 * The order keeps the promise. The document is stored before the mapping is read: whoever changes a
 * mapping stores that first and then looks for the grants that it touches, so one of the two sees the
 * other. And a pass is remembered for the grant before its wish is written, so that no wish can be
 * left behind by a crash. Idempotent: every write is guarded by the revision.
 */
export async function holdGrant(deps: AccessDeps, input: HoldGrantInput): Promise<HoldGrantResult> {
  const { grant, wanted } = input;
  await recordGrant(deps, input.entries);
  const door = wanted ? await doorOf(deps, grant.memberId, grant.doorMappingId) : null;
  if (door?.pass) await deps.store.grantPasses.add(grant.id, door.pass);

  const wantedKey = door?.pass ? passKey(door.pass) : null;
  const kept = door?.pass && input.mayKeep ? await keptKeys(deps, input, door.pass) : [];
  const asked = await everAsked(deps, input);
  const passes = asked.map((pass) => {
    const key = passKey(pass);
    const others = kept.includes(key) ? ('kept' as const) : ('releasing' as const);
    return { key, pass, mode: key === wantedKey ? ('wanted' as const) : others };
  });
  let overtaken = false;
  for (const { pass, mode } of passes) {
    const { from, until } = windowOf(grant);
    const wish = { grantId: grant.id, revision: grant.revision, from, until };
    const written = await deps.store.wishes.write(pass, { ...wish, wanted: mode !== 'releasing' });
    overtaken ||= !written;
  }
  await Promise.all(passes.map(({ pass }) => deps.messages.pokePass(pass, input.priority)));
  return { passes, problem: door?.problem ?? null, overtaken };
}

/**
 * The passes that hold this grant and open a lock which the wanted one is to open as well: letting go
 * of them before it is in place would shut a door that stays the member's.
 */
async function keptKeys(
  { store }: AccessDeps,
  { passes }: HoldGrantInput,
  wanted: PassRef,
): Promise<string[]> {
  const key = passKey(wanted);
  const holding = passes.filter((asked) => asked.mode !== 'releasing' && asked.key !== key);
  const before = passes.find((asked) => asked.key === key);
  const isInPlace = before?.mode === 'wanted' && before.report?.state === 'in_place';
  if (holding.length === 0 || isInPlace) return [];
  const locksOf = async ({ organizationId, target }: PassRef): Promise<number[]> =>
    (await store.kisiDoors.locksOf(organizationId, target)) ?? [];
  const locks = await locksOf(wanted);
  const kept: string[] = [];
  for (const { key: heldKey, pass } of holding) {
    const isSame = pass.organizationId === wanted.organizationId;
    if (isSame && (await locksOf(pass)).some((lock) => locks.includes(lock))) kept.push(heldKey);
  }
  return kept;
}

async function everAsked(deps: AccessDeps, input: HoldGrantInput): Promise<PassRef[]> {
  const stored = await deps.store.grantPasses.get(input.grant.id);
  const known = input.passes.map(({ pass }) => pass);
  return [...new Map([...known, ...stored].map((pass) => [passKey(pass), pass])).values()];
}

async function doorOf(deps: AccessDeps, memberId: string, doorMappingId: string): Promise<Door> {
  const mapping = await deps.store.doorMappings.get(doorMappingId);
  if (!mapping) {
    return nowhere('mapping_unknown', `The door mapping ${doorMappingId} does not exist any more.`);
  }
  // The integration first: its mappings are inactive because it is.
  const integration = await deps.store.integrations.get(mapping.integrationId);
  if (!integration?.active) return { pass: null, problem: REMOVED };
  if (!mapping.active) {
    return nowhere('mapping_inactive', 'The door mapping is inactive; activate it to give access.');
  }
  const { organizationId } = integration;
  const target = { kind: mapping.resourceType, id: mapping.resourceId };
  return { pass: { memberId, organizationId, target }, problem: null };
}

function nowhere(type: Problem['type'], detail: string): Door {
  return { pass: null, problem: { type, detail } };
}
