import { Anchor, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { answer, api, ApiProblem } from '../../../api/client';
import { LIVE_MS } from '../../../api/query';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { DoorTimeline } from '../../../shared/timeline/timeline';
import { texts } from '../../../texts';
import { tabOf } from '../../choice-of';
import { useMay } from '../../session';
import { AccessLogs } from './access-logs';
import { DetailActions } from './detail-actions';
import { Overview } from './overview';
import { useZone } from './use-zone';

const t = texts.doorMappings;
const TABS = { overview: 'overview', logs: 'access-logs', timeline: 'timeline' } as const;
/** Keeps the room of the line. */
const NO_TEXT_YET = '\u00A0';
const CONTENT_HEIGHT = 240;

/** Loaded by the router: one door mapping, and its access log, which outlives it. */
export function Component() {
  const { mappingId = '', tab } = useParams();
  const navigate = useNavigate();
  const { data: mapping, error } = useQuery({
    queryKey: ['door-mapping', mappingId],
    queryFn: () =>
      answer(api.GET('/v1/door-mappings/{id}', { params: { path: { id: mappingId } } })),
    refetchInterval: LIVE_MS.calm,
  });
  const maySeeTimeline = useMay('admin', 'operator');
  const tabs = [TABS.overview, TABS.logs, ...(maySeeTimeline ? [TABS.timeline] : [])] as const;
  const zone = useZone(mapping?.locationId ?? null);
  const isGone = error instanceof ApiProblem && error.status === 404;
  return (
    <>
      <Anchor component={Link} to="/door-mappings" size="sm">
        {t.detail.back}
      </Anchor>
      <PageHeader
        title={mapping?.name ?? (isGone ? mappingId : texts.common.loading)}
        text={mapping ? t.type[mapping.resourceType] : NO_TEXT_YET}
      >
        {mapping && <DetailActions mapping={mapping} />}
      </PageHeader>
      {isGone ? <Text mb="md">{t.detail.gone}</Text> : <ProblemAlert error={error} />}
      <Tabs
        value={isGone ? TABS.logs : tabOf(tab, tabs)}
        keepMounted={false}
        onChange={(next) => {
          void navigate(
            `/door-mappings/${mappingId}${next === TABS.overview ? '' : `/${next ?? ''}`}`,
            { preventScrollReset: true },
          );
        }}
      >
        <Tabs.List aria-label={t.detail.tabs} mb="md">
          {!isGone && <Tabs.Tab value={TABS.overview}>{t.detail.overview}</Tabs.Tab>}
          <Tabs.Tab value={TABS.logs}>{t.detail.accessLogs}</Tabs.Tab>
          {maySeeTimeline && !isGone && (
            <Tabs.Tab value={TABS.timeline}>{texts.timeline.tab}</Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value={TABS.overview}>
          <Stack>
            {mapping ? <Overview mapping={mapping} /> : <Skeleton height={CONTENT_HEIGHT} />}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value={TABS.logs}>
          <AccessLogs
            mapping={{ id: mappingId, showsDoors: isGone || mapping?.resourceType === 'group' }}
            zone={zone}
          />
        </Tabs.Panel>
        {maySeeTimeline && (
          <Tabs.Panel value={TABS.timeline}>
            <DoorTimeline mappingId={mappingId} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}
