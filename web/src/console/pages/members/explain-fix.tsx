import { Button, Stack } from '@mantine/core';
import { Link } from 'react-router';
import type { Of } from '../../../api/client';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay, useMayEverywhere } from '../../session';
import { fixOf, type DialogFix } from './fix';
import { useGrantCommand } from './grants';

const t = texts.members.explain.fixes;

/** The button that does a next step, where this console can and this person may. */
export function ExplainFix({
  step,
  onAsk,
}: {
  step: Of<'NextStep'>;
  /** Told of a fix that a dialog asks about first. */
  onAsk: (fix: DialogFix) => void;
}) {
  const mayGrant = useMay('admin', 'booking');
  const mayRelease = useMayEverywhere('admin', 'booking', 'operator');
  const fix = fixOf(step);
  switch (fix?.kind) {
    case 'go':
      return (
        <Button component={Link} to={fix.to} size="compact-sm" variant="default">
          {fix.label}
        </Button>
      );
    case 'restore':
    case 'retry':
      return <CommandFix command={fix.kind} grantId={fix.grantId} />;
    case 'release':
      return mayRelease && <AskButton fix={fix} onAsk={onAsk} />;
    case 'revoke':
      return <AskButton fix={fix} onAsk={onAsk} />;
    case 'grant':
    case 'changeDates':
      return mayGrant && <AskButton fix={fix} onAsk={onAsk} />;
    case undefined:
      return null;
  }
}

function AskButton({ fix, onAsk }: { fix: DialogFix; onAsk: (fix: DialogFix) => void }) {
  return (
    <Button
      size="compact-sm"
      onClick={() => {
        onAsk(fix);
      }}
    >
      {t[fix.kind]}
    </Button>
  );
}

function CommandFix({ command, grantId }: { command: 'restore' | 'retry'; grantId: string }) {
  const send = useGrantCommand(command);
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="compact-sm"
        loading={send.isPending}
        onClick={() => {
          send.mutate({ grantId });
        }}
      >
        {t[command]}
      </Button>
      <ProblemAlert error={send.error} />
    </Stack>
  );
}
