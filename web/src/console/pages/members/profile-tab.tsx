import { Code, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { FactsCard } from '../../../shared/facts-card';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { useMay, useMayEverywhere } from '../../session';
import { HoldCard } from './hold-card';
import type { Member } from './member';
import { MemberDialog } from './member-form';
import { PortalLink } from './portal-link';

const t = texts.members;

/** Who a member is, whether they are on hold, and a way to their My Keys. */
export function ProfileTab({ member }: { member: Member }) {
  const mayEdit = useMay('admin', 'booking');
  const mayLink = useMayEverywhere('admin', 'booking');
  const [isEditing, editing] = useDisclosure();
  const facts = [
    [t.profile.name, member.name ?? t.nameless],
    [t.profile.email, member.email],
    [t.profile.id, <Code key="id">{member.id}</Code>],
    [t.profile.created, showInstant(member.createdAt, browserZone)],
    [t.profile.updated, showInstant(member.updatedAt, browserZone)],
  ] as const;
  return (
    <Stack maw={720}>
      <FactsCard
        title={t.profile.title}
        facts={facts}
        edit={mayEdit ? { label: t.form.edit, onClick: editing.open } : null}
      />
      <HoldCard member={member} />
      {mayLink && (
        <Paper withBorder p="md">
          <Title order={2} size="h4" mb="xs">
            {t.portal.title}
          </Title>
          <Text mb="sm">{t.portal.text}</Text>
          <PortalLink memberId={member.id} />
        </Paper>
      )}
      <MemberDialog member={member} opened={isEditing} onClose={editing.close} />
    </Stack>
  );
}
