import { Alert, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocations, useSpaces } from '../../../api/places';
import { showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { MappingState, spaceWords } from './columns';
import { useConnections } from './connections';
import type { DoorMapping } from './mappings';
import { useZone } from './use-zone';

const t = texts.doorMappings;

/** All that a mapping says, and what stands in its way. */
export function Overview({ mapping }: { mapping: DoorMapping }) {
  const { data: locations } = useLocations();
  const { data: spaces } = useSpaces();
  const { maySee, integrations } = useConnections();
  const { locationId, integrationId, resourceName, origin, createdAt, missingSince, active } =
    mapping;
  const zone = useZone(locationId);
  return (
    <Stack maw={860}>
      {!active && (
        <Alert color="gray" title={t.detail.inactive}>
          {t.detail.inactiveText}
        </Alert>
      )}
      {missingSince !== null && (
        <Alert color="red" title={t.detail.missing}>
          {t.detail.missingText(showInstant(missingSince, zone))}
        </Alert>
      )}
      {locationId === null && (
        <Alert color="yellow" title={t.detail.unassigned}>
          {t.detail.unassignedText}
        </Alert>
      )}
      <Paper withBorder p="lg">
        <SimpleGrid cols={{ base: 1, xs: 2 }} component="dl" m={0}>
          <Fact name={t.columns.state}>
            <MappingState mapping={mapping} />
          </Fact>
          <Fact name={t.columns.type}>{t.type[mapping.resourceType]}</Fact>
          <Fact name={t.columns.location}>
            {locationId === null
              ? t.notAssigned
              : (locations?.find(({ id }) => id === locationId)?.name ?? locationId)}
          </Fact>
          <Fact name={t.columns.space}>
            {spaceWords(mapping, (spaceId) => spaces?.find(({ id }) => id === spaceId)?.name)}
          </Fact>
          <Fact name={t.detail.provider}>{resourceName}</Fact>
          {maySee && (
            <Fact name={t.detail.integration}>
              {integrations?.find(({ id }) => id === integrationId)?.organization.name ??
                integrationId}
            </Fact>
          )}
          <Fact name={t.detail.origin}>{t.detail.origins[origin]}</Fact>
          <Fact name={t.detail.created}>{showInstant(createdAt, zone)}</Fact>
        </SimpleGrid>
      </Paper>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="sm" fw={600}>
        {name}
      </Text>
      <Text component="dd" m={0}>
        {children}
      </Text>
    </div>
  );
}
