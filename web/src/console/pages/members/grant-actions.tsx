import { ActionIcon, Button, Group, Menu, Tooltip } from '@mantine/core';
import {
  IconCalendarTime,
  IconDots,
  IconExternalLink,
  IconHelpCircle,
  IconHistory,
  IconRefresh,
  IconX,
} from '@tabler/icons-react';
import { useRef } from 'react';
import { Link } from 'react-router';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay, useSession } from '../../session';
import type { GrantDialogKind } from './grant-action-dialogs';
import { useGrantCommand, type Grant } from './grants';

const t = texts.members.access;

/** What a person can do about one access record. */
export function GrantActions({
  grant,
  mayEnterTimes,
  onShow,
}: {
  grant: Grant;
  /** Without the door's zone no time can be entered. */
  mayEnterTimes: boolean;
  /** Opens one of its dialogs. */
  onShow: (dialog: GrantDialogKind) => void;
}) {
  const restore = useGrantCommand('restore');
  const retry = useGrantCommand('retry');
  const isLive = grant.status === 'active' || grant.status === 'scheduled';
  // What a booking or membership withdrew, only it brings back.
  const isRestorable =
    grant.status === 'revoked' && !grant.stops.includes('source') && grant.stops.length > 0;
  return (
    <>
      <Group gap="xs" wrap="nowrap" justify="flex-end">
        {grant.provisioning === 'attention' && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={retry.isPending}
            onClick={() => {
              retry.mutate({ grantId: grant.id });
            }}
          >
            {t.tryAgain}
          </Button>
        )}
        {isRestorable && (
          <Button
            size="compact-sm"
            variant="default"
            loading={restore.isPending}
            onClick={() => {
              restore.mutate({ grantId: grant.id });
            }}
          >
            {t.restore}
          </Button>
        )}
        {isLive && (
          <Tooltip label={t.revoke}>
            <ActionIcon
              variant="default"
              aria-label={t.revoke}
              onClick={() => {
                onShow('revoke');
              }}
            >
              <IconX size={18} color="var(--mantine-color-error)" aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
        <MoreActions grant={grant} mayEnterTimes={mayEnterTimes} onShow={onShow} />
      </Group>
      <ProblemAlert error={restore.error ?? retry.error} />
    </>
  );
}

function MoreActions({
  grant,
  mayEnterTimes,
  onShow,
}: {
  grant: Grant;
  mayEnterTimes: boolean;
  onShow: (dialog: GrantDialogKind) => void;
}) {
  const { temporalWebUrl } = useSession();
  const mayChange = useMay('admin', 'booking') && grant.source === 'manual';
  const mayExplain = useMay('admin', 'operator');
  const workflowId = encodeURIComponent(`grant:${grant.id}`);
  const button = useRef<HTMLButtonElement>(null);
  /** The dialog gives the focus back to where it was: to this button, for the menu will be gone. */
  const show = (dialog: GrantDialogKind) => {
    button.current?.focus();
    onShow(dialog);
  };
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon ref={button} variant="default" aria-label={t.more}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayChange && (
          <Menu.Item
            disabled={!mayEnterTimes}
            leftSection={<IconCalendarTime size={16} aria-hidden />}
            onClick={() => {
              show('dates');
            }}
          >
            {t.changeDates}
          </Menu.Item>
        )}
        {mayExplain && (
          <Menu.Item
            component={Link}
            to={`/members/${grant.memberId}/explain?door=${encodeURIComponent(grant.doorMappingId)}`}
            leftSection={<IconHelpCircle size={16} aria-hidden />}
          >
            {t.explain}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconHistory size={16} aria-hidden />}
          onClick={() => {
            show('history');
          }}
        >
          {t.history}
        </Menu.Item>
        {temporalWebUrl !== null && (
          <Menu.Item
            component="a"
            href={`${temporalWebUrl}/workflows/${workflowId}`}
            target="_blank"
            rel="noreferrer"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            {t.temporal}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
