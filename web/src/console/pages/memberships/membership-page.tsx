import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api } from '../../../api/client';
import { PlainLink } from '../../../shared/named';
import { texts } from '../../../texts';
import { lookAgainMs, usePlaceNames, usePlans } from '../sources/source';
import { SourcePage } from '../sources/source-page';

const t = texts.bookings.columns;

/** Loaded by the router. */
export function Component() {
  const { membershipId: id = '' } = useParams();
  const places = usePlaceNames();
  const { planName } = usePlans();
  const { data: membership, error } = useQuery({
    queryKey: ['membership', id],
    queryFn: () => answer(api.GET('/v1/memberships/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => lookAgainMs(data ? [data] : []),
  });
  const planId = membership?.planId ?? null;
  const locationId = membership?.locationId ?? null;
  return (
    <SourcePage
      kind="membership"
      id={id}
      source={membership}
      error={error}
      zone={places.zoneOf(locationId)}
      about={[
        [
          t.plan,
          planId === null ? (
            texts.common.unknown
          ) : (
            <PlainLink key="plan" to={`/plans/${planId}`}>
              {planName(planId)}
            </PlainLink>
          ),
        ],
        [t.location, locationId === null ? texts.common.unknown : places.locationName(locationId)],
      ]}
    />
  );
}
