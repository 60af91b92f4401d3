import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { answer, api, type Of } from '../../../api/client';
import { useLocations } from '../../../api/places';
import { useList } from '../../../api/query';
import { ReadableBadge } from '../../../shared/badges';
import { DataList, type Column } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { GuideLink } from '../../../shared/guide-link';
import { DoorLink } from '../../../shared/named';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { AddDoorAccess } from './add-door-access';
import { FollowingJob } from './following-job';
import { useActiveCount, type Plan } from './plan';
import { RemoveDoorAccess } from './remove-door-access';

const t = texts.plans.access;

type DoorAccess = Of<'DoorAccess'>;

/** The doors that subscribers of a plan get, and who is affected when that changes. */
export function PlanDoorAccess({ plan }: { plan: Plan }) {
  const mayChange = useMay('admin');
  const [isAdding, adding] = useDisclosure();
  const [isRemoving, removing] = useDisclosure();
  const [chosen, setChosen] = useState<DoorAccess | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const list = useList(['plan', plan.id, 'door-access'], () =>
    answer(api.GET('/v1/plans/{id}/door-access', { params: { path: { id: plan.id } } })),
  );
  const placeOf = usePlaceNames();
  const columns: readonly Column<DoorAccess>[] = [
    { title: t.columns.door, cell: ({ doorMappingId }) => <DoorLink id={doorMappingId} /> },
    {
      title: t.columns.location,
      cell: ({ resourceType, locationId }) => (
        <Text size="sm">
          {texts.doors.select.type[resourceType]} · {placeOf(locationId)}
        </Text>
      ),
    },
    {
      title: t.columns.state,
      cell: ({ active }) => (
        <ReadableBadge color={active ? 'green' : 'red'}>
          {active ? t.active : t.inactive}
        </ReadableBadge>
      ),
    },
    ...(mayChange
      ? [
          {
            title: t.columns.actions,
            hidesTitle: true,
            cell: (door: DoorAccess) => (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconTrash size={14} aria-hidden />}
                onClick={() => {
                  setChosen(door);
                  removing.open();
                }}
              >
                {t.remove}
              </Button>
            ),
          },
        ]
      : []),
  ];
  const addButton = mayChange && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={adding.open}>
      {t.add}
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} maw={640} align="flex-start">
          <Text>{t.lead}</Text>
          <Affected planId={plan.id} />
          <GuideLink section="plans" />
        </Stack>
        {addButton}
      </Group>
      {jobId !== null && <FollowingJob id={jobId} />}
      <DataList
        label={t.table}
        list={list}
        columns={columns}
        rowKey={({ doorMappingId }) => doorMappingId}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {addButton}
          </EmptyState>
        }
      />
      <AddDoorAccess plan={plan} opened={isAdding} onClose={adding.close} onJob={setJobId} />
      {chosen && (
        <RemoveDoorAccess
          planId={plan.id}
          door={chosen}
          opened={isRemoving}
          onClose={removing.close}
          onJob={setJobId}
        />
      )}
    </Stack>
  );
}

function Affected({ planId }: { planId: string }) {
  const { data, error } = useActiveCount(planId);
  if (!data && error) return <ProblemAlert error={error} />;
  if (!data) return <Skeleton height={24} w={280} />;
  const { nobody, count } = texts.plans.affected;
  return <Text fw={600}>{data.count === 0 ? nobody : count(data.count, data.isAll)}</Text>;
}

function usePlaceNames(): (locationId: string | null) => string {
  const { data: locations = [] } = useLocations();
  return (locationId) =>
    locationId === null
      ? t.noLocation
      : (locations.find(({ id }) => id === locationId)?.name ?? locationId);
}
