import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api } from '../../../api/client';
import { texts } from '../../../texts';
import { lookAgainMs, usePlaceNames } from '../sources/source';
import { SourcePage } from '../sources/source-page';

const t = texts.bookings.columns;

const showMargin = ({ early, late }: { early: number; late: number }): string =>
  early === 0 && late === 0 ? t.noMargin : t.earlyAndLate(early, late);

/** Loaded by the router. */
export function Component() {
  const { bookingId: id = '' } = useParams();
  const places = usePlaceNames();
  const { data: booking, error } = useQuery({
    queryKey: ['booking', id],
    queryFn: () => answer(api.GET('/v1/bookings/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => lookAgainMs(data ? [data] : []),
  });
  const spaceId = booking?.spaceId ?? null;
  const margin = places.marginOf(spaceId);
  const locationId = places.locationOfSpace(spaceId);
  return (
    <SourcePage
      kind="booking"
      id={id}
      source={booking}
      error={error}
      zone={places.zoneOf(locationId)}
      about={[
        [t.space, spaceId === null ? texts.common.unknown : places.spaceName(spaceId)],
        [t.location, locationId === null ? texts.common.unknown : places.locationName(locationId)],
        [t.margin, margin === null ? texts.common.unknown : showMargin(margin)],
      ]}
    />
  );
}
