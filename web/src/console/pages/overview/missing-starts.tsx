import { Stack, Text } from '@mantine/core';
import { ProvisioningBadge } from '../../../shared/badges';
import { DataList, wholeList, type Column } from '../../../shared/data-list';
import { showDuration } from '../../../shared/duration';
import { ProblemText } from '../../../shared/problem-text';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { DoorCell, MemberCell } from './named-grant';
import type { NamedGrant, Overview } from './queries';
import { Section } from './section';

const t = texts.overview.starts;
/** As many as the API answers at most. */
const MOST_SHOWN = 100;

/** Access that is due soon, or already, and that Kisi does not have. */
export function MissingStarts({ startsNotInPlace, at }: Pick<Overview, 'startsNotInPlace' | 'at'>) {
  const columns: readonly Column<NamedGrant>[] = [
    { title: t.columns.member, cell: MemberCell },
    { title: t.columns.door, cell: DoorCell },
    { title: t.columns.starts, cell: (named) => <Start named={named} now={at} /> },
    {
      title: t.columns.state,
      cell: ({ grant: { provisioning, problem } }) => (
        <Stack gap={2} align="flex-start">
          <ProvisioningBadge provisioning={provisioning} />
          {problem && <ProblemText problem={problem} />}
        </Stack>
      ),
    },
  ];
  return (
    <Section title={t.title} text={t.text} count={startsNotInPlace.length}>
      {startsNotInPlace.length === 0 ? (
        <Text size="sm">{t.none}</Text>
      ) : (
        <DataList
          label={t.title}
          list={wholeList(startsNotInPlace)}
          columns={columns}
          rowKey={({ grant }) => grant.id}
          empty={null}
        />
      )}
      {startsNotInPlace.length === MOST_SHOWN && <Text size="sm">{t.first(MOST_SHOWN)}</Text>}
    </Section>
  );
}

function Start({ named: { grant, location }, now }: { named: NamedGrant; now: string }) {
  const ahead = Date.parse(grant.startsAt) - Date.parse(now);
  return (
    <Stack gap={0}>
      <Text size="sm">{showInstant(grant.startsAt, location?.timeZone ?? browserZone)}</Text>
      <Text size="xs">
        {ahead > 0 ? t.beginsIn(showDuration(ahead)) : t.begunFor(showDuration(-ahead))}
      </Text>
    </Stack>
  );
}
