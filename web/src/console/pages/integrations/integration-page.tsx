import { Anchor, Skeleton, Tabs, Text } from '@mantine/core';
import { Link, useNavigate, useParams } from 'react-router';
import { useHealth, useIntegrations } from '../../../api/integrations';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { tabOf } from '../../choice-of';
import { NotFoundPage } from '../../not-found';
import { ForeignRows } from './foreign-rows';
import { HealthTab } from './health-tab';
import { OutageTab } from './outage-tab';
import { StateBadge } from './state-badge';

const t = texts.integrations;
const TABS = ['health', 'foreign-rows', 'outage'] as const;
const TITLES = {
  health: t.page.health,
  'foreign-rows': t.page.foreignRows,
  outage: t.page.outage,
} as const;
const CONTENT_HEIGHT = 300;

/** Loaded by the router: how one connection is doing, and what at Kisi is not ours. */
export function Component() {
  const { integrationId = '', tab } = useParams();
  const navigate = useNavigate();
  const { data: integrations, error } = useIntegrations();
  // Before it is read, what is in the tabs would be asked for, and be refused to who may not see it.
  const { data: health, isFetched } = useHealth(integrationId);
  const integration = integrations?.find(({ id }) => id === integrationId);
  if (integrations !== undefined && integration === undefined) return <NotFoundPage />;
  return (
    <>
      <Anchor component={Link} to="/settings/integrations" size="sm">
        {t.page.back}
      </Anchor>
      <PageHeader title={t.kisi.name} text={integration?.organization.name}>
        {integration && <StateBadge integration={integration} />}
      </PageHeader>
      <ProblemAlert error={error} />
      {error === null && !(integration && isFetched) && <Skeleton height={CONTENT_HEIGHT} />}
      {integration && health === null && <Text>{t.summary.limited}</Text>}
      {integration && isFetched && health !== null && (
        <Tabs
          value={tabOf(tab, TABS)}
          keepMounted={false}
          onChange={(next) => {
            void navigate(
              `/settings/integrations/${integrationId}${next === 'health' ? '' : `/${next ?? ''}`}`,
              { preventScrollReset: true },
            );
          }}
        >
          <Tabs.List aria-label={t.page.tabs} mb="md">
            {TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {TITLES[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="health">
            <HealthTab integration={integration} />
          </Tabs.Panel>
          <Tabs.Panel value="foreign-rows">
            <ForeignRows integrationId={integrationId} />
          </Tabs.Panel>
          <Tabs.Panel value="outage">
            <OutageTab integrationId={integrationId} />
          </Tabs.Panel>
        </Tabs>
      )}
    </>
  );
}
