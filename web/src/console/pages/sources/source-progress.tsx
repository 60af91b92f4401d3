import { Anchor, Paper, Stack, Text, Title } from '@mantine/core';
import { texts } from '../../../texts';
import { useSession } from '../../session';
import { Facts } from '../../../shared/facts';
import type { Source, SourceKind } from './source';

const t = texts.bookings.detail;

/** Which version was accepted, which was applied, and whether Kisi shows it. */
export function SourceProgress({ kind, source }: { kind: SourceKind; source: Source }) {
  const { temporalWebUrl } = useSession();
  const { acceptedVersion, appliedVersion } = source;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="source-progress">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h4" id="source-progress">
          {t.progress}
        </Title>
        <Facts
          facts={[
            [t.acceptedVersion, String(acceptedVersion)],
            [t.appliedVersion, appliedVersion === null ? t.notApplied : String(appliedVersion)],
          ]}
        />
        <Text size="sm" role="status">
          {progressOf(source)}
        </Text>
        {temporalWebUrl !== null && (
          <Anchor
            size="sm"
            underline="always"
            href={`${temporalWebUrl}/workflows/${encodeURIComponent(`${kind}:${source.id}`)}`}
            target="_blank"
            rel="noopener"
          >
            {t.workflow}
          </Anchor>
        )}
      </Stack>
    </Paper>
  );
}

function progressOf({ settled, acceptedVersion, appliedVersion }: Source): string {
  if (settled) return t.settled;
  return acceptedVersion === appliedVersion ? t.notSettled : t.beingApplied;
}
