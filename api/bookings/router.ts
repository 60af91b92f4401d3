import { Router } from 'express';
import type { z } from 'zod';
import { seenSpaces } from '../../src/access/visible-places';
import type { Booking, Snapshot } from '../../src/domain/source';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, given, listed, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { toIsoOrNull } from '../schemas/common';
import { acceptSource } from '../sources/accept';
import { BOOKINGS } from '../sources/kinds';
import { answered, statesOf, type ShownSource, type SourceState } from '../sources/present';
import { deleteBooking, getBooking, listBookings, putBooking, type bookingOut } from './schema';

type BookingOut = z.input<typeof bookingOut>;

export function bookingsRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  const presentAll = async (records: readonly ShownSource<Booking>[]): Promise<BookingOut[]> => {
    const states = await statesOf(deps, BOOKINGS, records);
    return records.flatMap((record, index) => {
      const state = states[index];
      return state === undefined ? [] : [present(record, state)];
    });
  };
  const presentOne = async (record: ShownSource<Booking>): Promise<BookingOut> => {
    const [shown] = await presentAll([record]);
    if (shown === undefined) throw new Error('a record was not presented');
    return shown;
  };
  const accept = async (
    id: string,
    snapshot: Snapshot<Booking>,
    arrivedAt: number,
  ): Promise<ReturnType<typeof answered<BookingOut>>> => {
    const record = await acceptSource(deps, BOOKINGS, id, snapshot, arrivedAt);
    return answered(await presentOne(record), `${BOOKINGS.path}/${id}`);
  };

  router.put(
    putBooking.path,
    requireScopes(putBooking),
    validate(putBooking),
    answer(putBooking, ({ params: { id }, body: { version, ...content }, arrivedAt }) =>
      accept(id, { version, content }, arrivedAt),
    ),
  );

  router.delete(
    deleteBooking.path,
    requireScopes(deleteBooking),
    validate(deleteBooking),
    answer(deleteBooking, ({ params: { id }, query: { version }, arrivedAt }) =>
      accept(id, { version, content: null }, arrivedAt),
    ),
  );

  router.get(
    getBooking.path,
    requireScopes(getBooking),
    validate(getBooking),
    answer(getBooking, async ({ params: { id } }) =>
      ok(await presentOne(found(await store.bookings.get(id), BOOKINGS.notFound, id))),
    ),
  );

  router.get(
    listBookings.path,
    requireScopes(listBookings),
    validate(listBookings),
    answer(listBookings, async ({ query: { limit, cursor, locationId, ...asked }, caller }) => {
      const spaces = await seenSpaces(store, caller.locationIds, locationId);
      const filter = { ...given(asked), ...spaces };
      return listed(
        async (page) => {
          const { data, nextCursor } = await store.bookings.list(filter, page);
          return { data: await presentAll(data), nextCursor };
        },
        { limit, cursor },
        (shown) => shown,
      );
    }),
  );

  return router;
}

function present({ id, content }: ShownSource<Booking>, state: SourceState): BookingOut {
  return {
    id,
    memberIds: content?.memberIds ?? [],
    spaceId: content?.spaceId ?? null,
    startsAt: toIsoOrNull(content?.startsAt ?? null),
    endsAt: toIsoOrNull(content?.endsAt ?? null),
    status: content?.status ?? null,
    ...state,
  };
}
