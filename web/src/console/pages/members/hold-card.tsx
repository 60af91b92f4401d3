import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconLock, IconLockOpen } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import { LIVE_MS } from '../../../api/query';
import { PlainLink } from '../../../shared/named';
import { browserZone, showInstant } from '../../../shared/time';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay, useMayEverywhere } from '../../session';
import { HoldDialog, type HoldChange } from './hold-dialog';
import { actorName, type Member } from './member';

const t = texts.members.hold;

/** Whether a member is on hold, and the way to change that. */
export function HoldCard({ member }: { member: Member }) {
  const [change, setChange] = useState<HoldChange>('put');
  const [isAsking, asking] = useDisclosure();
  const mayHold = useMayEverywhere('admin', 'booking', 'operator');
  const { hold } = member;
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap="xs" flex={1} miw={220}>
          <Title order={2} size="h4">
            {t.title}
          </Title>
          <Text>
            {hold === null
              ? t.none
              : t.is(showInstant(hold.since, browserZone), actorName(hold.by))}
          </Text>
          {hold && <Text>{t.reason(hold.reason)}</Text>}
          {hold && mayHold && <HowFar memberId={member.id} />}
        </Stack>
        {!mayHold ? null : hold === null ? (
          <Button
            variant="default"
            leftSection={<IconLock size={18} aria-hidden />}
            onClick={() => {
              setChange('put');
              asking.open();
            }}
          >
            {t.put}
          </Button>
        ) : (
          <Button
            leftSection={<IconLockOpen size={18} aria-hidden />}
            onClick={() => {
              setChange('release');
              asking.open();
            }}
          >
            {t.release}
          </Button>
        )}
      </Group>
      <HoldDialog member={member} change={change} opened={isAsking} onClose={asking.close} />
    </Paper>
  );
}

/** How far the doors have followed a hold, and what it does not take away. */
function HowFar({ memberId }: { memberId: string }) {
  const maySeeRows = useMay('admin', 'operator');
  const { data, error } = useQuery({
    queryKey: ['member', memberId, 'hold'],
    queryFn: () => answer(api.GET('/v1/members/{id}/hold', { params: { path: { id: memberId } } })),
    refetchInterval: LIVE_MS.calm,
  });
  if (!data) return <ProblemAlert error={error} />;
  const { settled, foreignRows } = data;
  const integrationIds = [...new Set(foreignRows.map(({ integrationId }) => integrationId))];
  return (
    <>
      {!settled && <Text>{t.follows}</Text>}
      {foreignRows.length > 0 && (
        <Alert
          color="orange"
          variant="light"
          role="alert"
          title={t.foreignTitle}
          icon={<IconAlertTriangle />}
        >
          <Text size="sm">{t.foreign(foreignRows.length)}</Text>
          {maySeeRows &&
            integrationIds.map((id) => (
              <PlainLink key={id} to={`/settings/integrations/${id}/foreign-rows`}>
                {t.foreignFix}
              </PlainLink>
            ))}
        </Alert>
      )}
    </>
  );
}
