import { KisiError, OWNERSHIP_MARK, type KisiClient, type KisiErrorKind } from '../kisi';
import type { MemberLink } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { holdJustThisLock, openToAllMeans } from './lock-group';
import { lookAnew } from './member-user';

/** Kisi's largest page of users (openapi.yaml): one request per chunk. */
const USERS_PER_CALL = 100;
/** Members with a new address that one run has looked after; the others are left to the next. */
const MOST_FOLLOWED = 200;
const HOUR = 3_600_000;
/**
 * Kisi lists the locks of one group only (`group_id` is required). A group that holds one lock, by
 * the list of groups, holds ours, unless somebody exchanged it: that is looked for this seldom.
 */
const EXCHANGED_HOURS = 12;

/**
 * Puts the groups that we made for locks right again where somebody changed them in the dashboard:
 * the lock taken out or another put in, app access off, a restriction, the mark gone. A row leads to
 * its door only through these, so that equal rows alone prove nothing. All groups are listed at
 * once, their locks only where the number is wrong; one that is gone is made anew by its passes. Returns how many differed.
 *
 * @throws KisiError when the lists cannot be read
 */
export async function keepLockGroups(
  deps: AccessDeps,
  kisi: KisiClient,
  organizationId: number,
): Promise<number> {
  const stored = await deps.store.lockGroups.allOf(organizationId);
  if (stored.length === 0) return 0;
  const groups = new Map((await kisi.listGroups()).map((group) => [group.id, group]));
  const hour = Math.floor(deps.clock.now() / HOUR);
  let mended = 0;
  for (const { lockId, groupId } of stored) {
    const group = groups.get(groupId);
    if (!group) continue;
    const isLooked = group.locksCount !== 1 || hour % EXCHANGED_HOURS === lockId % EXCHANGED_HOURS;
    const attempt = new Attempt();
    const differed = await mend(deps, { organizationId, lockId, groupId }, async () => {
      const limited = await openToAllMeans(kisi, group, lockId, attempt);
      if (!isLooked) return limited;
      const held = await kisi.listGroupLocks({ groupId }, attempt.call);
      return (await holdJustThisLock(kisi, groupId, lockId, held, attempt)) || limited;
    });
    if (differed) mended += 1;
  }
  return mended;
}

/** What became of the users whose access somebody switched off at Kisi. */
export interface UsersReport {
  /** Users of ours that were switched on again. */
  mended: number;
  /** Users that are not ours to change and can open no door. Kisi's ids. */
  disabledUserIds: number[];
}

/**
 * Switches access on again for the users that we made: nobody else manages them, and a member is
 * held back by a hold, not in the dashboard. Users that are not ours are reported, and noted with the
 * link, so that the passes of the member tell its grants.
 *
 * @param memberIds the members who want access now or later
 * @throws KisiError when the lists cannot be read
 */
export async function keepUsers(
  deps: AccessDeps,
  kisi: KisiClient,
  organizationId: number,
  memberIds: ReadonlySet<string>,
): Promise<UsersReport> {
  const links = await deps.store.memberLinks.allOf(organizationId);
  await followAddresses(deps, links);
  const ids = links.filter((link) => memberIds.has(link.memberId)).map((link) => link.kisiUserId);
  const report: UsersReport = { mended: 0, disabledUserIds: [] };
  for (let start = 0; start < ids.length; start += USERS_PER_CALL) {
    const users = await kisi.listUsers({ ids: ids.slice(start, start + USERS_PER_CALL) });
    for (const user of users) {
      if (user.accessEnabled) {
        await noteAccess(deps, links, organizationId, user.id, true);
        continue;
      }
      const isOurs = user.metadata['managed_by'] === OWNERSHIP_MARK.managed_by;
      const mended =
        isOurs &&
        (await mend(deps, { organizationId, kisiUserId: user.id }, async () => {
          await kisi.updateUser(user.id, { accessEnabled: true }, new Attempt().call);
          return true;
        }));
      if (mended) report.mended += 1;
      else report.disabledUserIds.push(user.id);
      await noteAccess(deps, links, organizationId, user.id, mended);
    }
  }
  return report;
}

/**
 * Has the passes of members look again whose address changed without anybody being told of it, since
 * the process ended in between. A link of which the address is not known says nothing.
 */
async function followAddresses(deps: AccessDeps, links: readonly MemberLink[]): Promise<void> {
  let followed = 0;
  for (let start = 0; start < links.length; start += USERS_PER_CALL) {
    const page = links.slice(start, start + USERS_PER_CALL);
    const members = await deps.store.members.getMany(page.map(({ memberId }) => memberId));
    const addresses = new Map(members.map(({ id, email }) => [id, email.toLowerCase()]));
    for (const { organizationId, memberId, email } of page) {
      const address = addresses.get(memberId);
      if (address === undefined || email === null || email === address) continue;
      await lookAnew(deps, organizationId, memberId);
      followed += 1;
      if (followed === MOST_FOLLOWED) return;
    }
  }
}

async function noteAccess(
  deps: AccessDeps,
  links: readonly MemberLink[],
  organizationId: number,
  kisiUserId: number,
  enabled: boolean,
): Promise<void> {
  const link = links.find((one) => one.kisiUserId === kisiUserId);
  if (!link || link.userDisabled === !enabled) return;
  if (await deps.store.memberLinks.setDisabled(organizationId, kisiUserId, !enabled)) {
    await lookAnew(deps, organizationId, link.memberId);
  }
}

/** What says nothing about the other groups and users. */
const LEFT_TO_THE_NEXT_RUN: ReadonlySet<KisiErrorKind> = new Set([
  'refused',
  'duplicate',
  'missing',
  'too_late',
  'throttled',
  'stopped',
]);

/** One that Kisi refuses to change keeps no other from being put right. False: nothing was done. */
async function mend(
  { log }: AccessDeps,
  what: Record<string, number>,
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const differed = await work();
    if (differed) log.warn(what, 'Somebody had changed this at Kisi; put right');
    return differed;
  } catch (error) {
    if (!(error instanceof KisiError) || !LEFT_TO_THE_NEXT_RUN.has(error.kind)) throw error;
    log.error({ ...what, error: error.message }, 'Changed at Kisi, and not put right this time');
    return false;
  }
}
