import { Router } from 'express';
import type { z } from 'zod';
import type { Membership, Snapshot } from '../../src/domain/source';
import { seenDoors, seenLocations } from '../../src/access/visible-places';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, given, listed, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { toIsoOrNull } from '../schemas/common';
import { acceptSource } from '../sources/accept';
import { MEMBERSHIPS } from '../sources/kinds';
import { answered, statesOf, type ShownSource, type SourceState } from '../sources/present';
import {
  deleteMembership,
  getMembership,
  listMemberships,
  putMembership,
  type membershipOut,
} from './schema';

type MembershipOut = z.input<typeof membershipOut>;

export function membershipsRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  const presentAll = async (
    records: readonly ShownSource<Membership>[],
  ): Promise<MembershipOut[]> => {
    const states = await statesOf(deps, MEMBERSHIPS, records);
    return records.flatMap((record, index) => {
      const state = states[index];
      return state === undefined ? [] : [present(record, state)];
    });
  };
  const presentOne = async (record: ShownSource<Membership>): Promise<MembershipOut> => {
    const [shown] = await presentAll([record]);
    if (shown === undefined) throw new Error('a record was not presented');
    return shown;
  };
  const accept = async (
    id: string,
    snapshot: Snapshot<Membership>,
    arrivedAt: number,
  ): Promise<ReturnType<typeof answered<MembershipOut>>> => {
    const record = await acceptSource(deps, MEMBERSHIPS, id, snapshot, arrivedAt);
    return answered(await presentOne(record), `${MEMBERSHIPS.path}/${id}`);
  };

  router.put(
    putMembership.path,
    requireScopes(putMembership),
    validate(putMembership),
    answer(putMembership, ({ params: { id }, body: { version, ...content }, arrivedAt }) =>
      accept(id, { version, content }, arrivedAt),
    ),
  );

  router.delete(
    deleteMembership.path,
    requireScopes(deleteMembership),
    validate(deleteMembership),
    answer(deleteMembership, ({ params: { id }, query: { version }, arrivedAt }) =>
      accept(id, { version, content: null }, arrivedAt),
    ),
  );

  router.get(
    getMembership.path,
    requireScopes(getMembership),
    validate(getMembership),
    answer(getMembership, async ({ params: { id }, caller }) => {
      const seen = await seenDoors(store, caller.locationIds);
      const record = found(await store.memberships.get(id), MEMBERSHIPS.notFound, id);
      return ok(withDoors(await presentOne(record), seen));
    }),
  );

  router.get(
    listMemberships.path,
    requireScopes(listMemberships),
    validate(listMemberships),
    answer(listMemberships, async ({ query: { limit, cursor, ...asked }, caller }) => {
      const seen = await seenDoors(store, caller.locationIds);
      const filter = { ...given(asked), ...seenLocations(caller.locationIds) };
      return listed(
        async (page) => {
          const { data, nextCursor } = await store.memberships.list(filter, page);
          return { data: await presentAll(data), nextCursor };
        },
        { limit, cursor },
        (shown) => withDoors(shown, seen),
      );
    }),
  );

  return router;
}

function present({ id, content }: ShownSource<Membership>, state: SourceState): MembershipOut {
  return {
    id,
    memberIds: content?.memberIds ?? [],
    planId: content?.planId ?? null,
    locationId: content?.locationId ?? null,
    startsAt: toIsoOrNull(content?.startsAt ?? null),
    endsAt: toIsoOrNull(content?.endsAt ?? null),
    status: content?.status ?? null,
    ...state,
  };
}

/** A plan may open doors elsewhere, which are not for who may not see them. */
function withDoors(
  shown: MembershipOut,
  { doorMappingIds: seen }: { doorMappingIds?: readonly string[] },
): MembershipOut {
  if (seen === undefined) return shown;
  return {
    ...shown,
    doors: shown.doors.filter(({ doorMappingId }) => seen.includes(doorMappingId)),
  };
}
