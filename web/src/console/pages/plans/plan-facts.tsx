import { Anchor, Code, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from 'react-router';
import { useLocations } from '../../../api/places';
import { DataList, type Column } from '../../../shared/data-list';
import { FactsCard } from '../../../shared/facts-card';
import { MemberLink } from '../../../shared/named';
import { browserZone, showInstant, showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { usePlanMemberships, type Membership, type Plan } from './plan';
import { PlanDialog } from './plan-form';

const t = texts.plans;
const MOST_MEMBERS = 3;

/** What a plan is, and who holds it. */
export function PlanFacts({ plan }: { plan: Plan }) {
  const mayRename = useMayEverywhere('admin', 'booking');
  const [isRenaming, renaming] = useDisclosure();
  const facts = [
    [t.facts.name, plan.name],
    [t.facts.id, <Code key="id">{plan.id}</Code>],
    [t.facts.doors, t.doorCount(plan.doorMappingIds.length)],
    [t.facts.created, showInstant(plan.createdAt, browserZone)],
    [t.facts.updated, showInstant(plan.updatedAt, browserZone)],
  ] as const;
  return (
    <Stack>
      <FactsCard
        title={t.facts.title}
        facts={facts}
        edit={mayRename ? { label: t.form.rename, onClick: renaming.open } : null}
      />
      <Memberships planId={plan.id} />
      <PlanDialog plan={plan} opened={isRenaming} onClose={renaming.close} />
    </Stack>
  );
}

function Memberships({ planId }: { planId: string }) {
  const list = usePlanMemberships(planId);
  const { data: locations = [] } = useLocations();
  const zoneOf = ({ locationId }: Membership) =>
    locations.find(({ id }) => id === locationId)?.timeZone ?? browserZone;
  const columns: readonly Column<Membership>[] = [
    {
      title: t.members.columns.membership,
      cell: ({ id }) => (
        <Anchor component={Link} to={`/memberships/${id}`} size="sm">
          {id}
        </Anchor>
      ),
    },
    {
      title: t.members.columns.members,
      cell: ({ memberIds }) => (
        <Stack gap={0} align="flex-start">
          {memberIds.slice(0, MOST_MEMBERS).map((id) => (
            <MemberLink key={id} id={id} />
          ))}
          {memberIds.length > MOST_MEMBERS && (
            <Text size="sm">{t.members.more(memberIds.length - MOST_MEMBERS)}</Text>
          )}
        </Stack>
      ),
    },
    {
      title: t.members.columns.status,
      cell: ({ status }) => (
        <Text size="sm">
          {status === null ? t.members.deleted : texts.bookings.membership.status[status]}
        </Text>
      ),
    },
    {
      title: t.members.columns.window,
      cell: (membership) => (
        <Text size="sm">
          {membership.startsAt !== null &&
            showWindow(membership.startsAt, membership.endsAt, zoneOf(membership))}
        </Text>
      ),
    },
  ];
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t.members.title}
      </Title>
      <Text>{t.members.text}</Text>
      <DataList
        label={t.members.table}
        list={list}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<Text>{t.members.empty}</Text>}
      />
    </Stack>
  );
}
