import { Anchor, Skeleton, Stack, Tabs } from '@mantine/core';
import { Link, useNavigate, useParams } from 'react-router';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { tabOf } from '../../choice-of';
import { PlanDoorAccess } from './door-access-tab';
import { usePlan } from './plan';
import { PlanFacts } from './plan-facts';

const t = texts.plans;
const TABS = { plan: 'plan', doorAccess: 'door-access' } as const;

/** Loaded by the router. */
export function Component() {
  const { planId = '', tab } = useParams();
  const navigate = useNavigate();
  const { data: plan, error } = usePlan(planId);
  if (!plan) {
    return (
      <Stack align="flex-start">
        <PageHeader title={planId} />
        {error === null ? <Skeleton height={200} /> : <ProblemAlert error={error} />}
        <Anchor component={Link} to="/plans">
          {t.back}
        </Anchor>
      </Stack>
    );
  }
  return (
    <>
      <PageHeader title={plan.name} text={t.lead} />
      <Tabs
        value={tabOf(tab, [TABS.plan, TABS.doorAccess])}
        keepMounted={false}
        onChange={(value) => {
          void navigate(`/plans/${planId}/${value ?? TABS.plan}`, { preventScrollReset: true });
        }}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value={TABS.plan}>{t.tabs.plan}</Tabs.Tab>
          <Tabs.Tab value={TABS.doorAccess}>{t.tabs.doorAccess}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={TABS.plan}>
          <PlanFacts plan={plan} />
        </Tabs.Panel>
        <Tabs.Panel value={TABS.doorAccess}>
          <PlanDoorAccess plan={plan} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
