import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { answer, api, type Of } from '../../../api/client';
import { usePost } from '../../../api/repeatable';
import { CopyField } from '../../../shared/copy-field';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';

const t = texts.members.portal;

/** Makes a link that opens My Keys as the member, shows it once and lets it be copied. */
export function PortalLink({ memberId }: { memberId: string }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<IconKey size={18} aria-hidden />} onClick={open}>
        {t.open}
      </Button>
      <Dialog opened={isOpen} onClose={close} title={t.open}>
        <PortalForm memberId={memberId} onClose={close} />
      </Dialog>
    </>
  );
}

function PortalForm({ memberId, onClose }: { memberId: string; onClose: () => void }) {
  const make = usePost((id: string, header) =>
    answer(api.POST('/v1/members/{id}/portal-sessions', { params: { path: { id }, header } })),
  );
  return (
    <Stack>
      <Text>{t.text}</Text>
      <ProblemAlert error={make.error} />
      {make.data ? (
        <MadeLink session={make.data} />
      ) : (
        <DialogButtons onCancel={onClose} isBusy={make.isPending}>
          <Button
            loading={make.isPending}
            data-autofocus
            onClick={() => {
              make.mutate(memberId);
            }}
          >
            {t.make}
          </Button>
        </DialogButtons>
      )}
    </Stack>
  );
}

function MadeLink({ session }: { session: Of<'PortalSession'> }) {
  // Where no portal is set up, the page that comes with this API is one.
  const url = session.url ?? `${globalThis.location.origin}/my-keys#token=${session.token}`;
  return (
    <CopyField
      label={t.link}
      value={url}
      description={t.once(showInstant(session.expiresAt, browserZone))}
    />
  );
}
