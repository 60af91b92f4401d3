import type { PassTarget } from '../../src/domain/door';
import { KisiError, type CallOptions, type KisiClient, type KisiGroup } from '../../src/kisi';
import type { KisiGroupLock, KisiLock } from '../../src/kisi';
import { groupAtKisi, lockAtKisi } from '../../src/store';
import type { ApiDeps } from '../deps';
import { askKisi, interactive } from '../http/ask-kisi';

/** A lock, or a group with the locks in it, as Kisi shows it now. */
export type DoorAtKisi =
  { type: 'lock'; lock: KisiLock } | { type: 'group'; group: KisiGroup; locks: KisiGroupLock[] };

/** So many ids fit into the address of one request. */
const IDS_AT_ONCE = 100;

/**
 * The door or group as it is at Kisi now; what was seen, or that it is gone, is kept.
 *
 * @throws ApiProblem `kisi_resource_unknown` when Kisi does not know it, or when Kisi is away.
 */
export async function askForDoor(
  deps: Pick<ApiDeps, 'store' | 'clock' | 'kisi'>,
  organizationId: number,
  target: PassTarget,
): Promise<DoorAtKisi> {
  const kisi = await deps.kisi.forOrganization(organizationId);
  const options = interactive();
  return askKisi(async () => {
    try {
      const door = await readDoor(kisi, target, options);
      await keepSight(deps, organizationId, door);
      return door;
    } catch (error) {
      if (error instanceof KisiError && error.kind === 'missing') {
        await deps.store.kisiDoors.markGone(organizationId, target, deps.clock.now());
      }
      throw error;
    }
  });
}

/** The locks in a group as they are now, in order of the group's list. */
export async function askForLocksOf(
  deps: ApiDeps,
  organizationId: number,
  members: readonly KisiGroupLock[],
): Promise<KisiLock[]> {
  const kisi = await deps.kisi.forOrganization(organizationId);
  const options = interactive();
  const ids = members.map(({ lockId }) => lockId);
  const found = await askKisi(async () => {
    const locks: KisiLock[] = [];
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      const part = ids.slice(start, start + IDS_AT_ONCE);
      locks.push(...(await kisi.listLocks({ ids: part }, options)));
    }
    return locks;
  });
  const byId = new Map(found.map((lock) => [lock.id, lock]));
  const locks = ids.flatMap((id) => byId.get(id) ?? []);
  await deps.store.kisiDoors.putLocks(organizationId, locks.map(lockAtKisi), deps.clock.now());
  return locks;
}

async function readDoor(
  kisi: KisiClient,
  target: PassTarget,
  options: CallOptions,
): Promise<DoorAtKisi> {
  if (target.kind === 'lock') return { type: 'lock', lock: await kisi.getLock(target.id, options) };
  const group = await kisi.getGroup(target.id, options);
  return { type: 'group', group, locks: await kisi.listGroupLocks({ groupId: group.id }, options) };
}

async function keepSight(
  { store, clock }: Pick<ApiDeps, 'store' | 'clock'>,
  organizationId: number,
  door: DoorAtKisi,
): Promise<void> {
  const now = clock.now();
  if (door.type === 'lock') {
    await store.kisiDoors.putLocks(organizationId, [lockAtKisi(door.lock)], now);
    return;
  }
  const lockIds = door.locks.map(({ lockId }) => lockId);
  await store.kisiDoors.putGroups(organizationId, [groupAtKisi(door.group, lockIds)], now);
}
