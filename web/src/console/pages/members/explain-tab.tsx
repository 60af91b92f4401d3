import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHelpCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { answer, api, type Of } from '../../../api/client';
import { useDoors, type Door } from '../../../api/doors';
import { GuideLink } from '../../../shared/guide-link';
import { ProblemAlert } from '../../../shared/problem-alert';
import { foldOf, wallOf, type WallTime } from '../../../shared/zoned-time';
import {
  instantIn,
  NO_TIME,
  hasWholeTimes,
  ZonedTimeInput,
  ZoneLine,
} from '../../../shared/zoned-time-input';
import { texts } from '../../../texts';
import { DoorSelect } from '../../door-select';
import type { DialogFix } from './fix';
import { FixDialog } from './fix-dialogs';
import { Explanation, WaitingExplanation } from './explanation';
import type { Member } from './member';

const t = texts.members.explain;

/** While something is on its way to Kisi, it is looked at again so often (ms), and so many times. */
const LOOK_MS = 3_000;
const MOST_LOOKS = 20;

/** What the address asks: the door, and the time (ISO 8601) or now. */
interface Question {
  readonly doorMappingId: string | null;
  readonly at: string | null;
}

/** Why a door opens or not for a member. The question stands in the address, so that it can be sent on. */
export function ExplainTab({ member }: { member: Member }) {
  const [params, setParams] = useSearchParams();
  const [fix, setFix] = useState<DialogFix | null>(null);
  const [isFixing, fixing] = useDisclosure();
  const question: Question = { doorMappingId: params.get('door'), at: params.get('at') };
  const { doorMappingId, at } = question;
  const asked = useDoors(doorMappingId === null ? [] : [doorMappingId])(doorMappingId ?? '');
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['explain', member.id, doorMappingId, at],
    queryFn: () =>
      answer(
        api.GET('/v1/members/{id}/explain', {
          params: {
            path: { id: member.id },
            query: { doorMappingId: doorMappingId ?? '', ...(at !== null && { at }) },
          },
        }),
      ),
    enabled: doorMappingId !== null,
    // Each look asks Kisi, whose answers are counted: none is made unasked, but while a change is on
    // its way there.
    refetchInterval: ({ state }) =>
      isUnderWay(state.data) && state.dataUpdateCount < MOST_LOOKS ? LOOK_MS : false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const ask = (next: Question) => {
    if (next.doorMappingId === doorMappingId && next.at === at) {
      void refetch();
      return;
    }
    setParams({
      ...(next.doorMappingId !== null && { door: next.doorMappingId }),
      ...(next.at !== null && { at: next.at }),
    });
  };
  return (
    <Stack maw={860} gap="lg">
      <Stack gap={4} align="flex-start">
        <Text>{t.lead}</Text>
        <GuideLink section="troubleshooting" />
      </Stack>
      {(doorMappingId === null || asked) && (
        <QuestionForm
          key={`${doorMappingId ?? ''} ${at ?? ''}`}
          question={question}
          door={asked ?? null}
          isAsking={isFetching}
          onAsk={ask}
        />
      )}
      <ProblemAlert error={error} />
      {data && (
        <Explanation
          explained={data}
          onAsk={(next) => {
            setFix(next);
            fixing.open();
          }}
        />
      )}
      {fix && doorMappingId !== null && (
        <FixDialog
          fix={fix}
          member={member}
          doorMappingId={doorMappingId}
          opened={isFixing}
          onClose={fixing.close}
        />
      )}
      {!data && isFetching && <WaitingExplanation />}
    </Stack>
  );
}

function QuestionForm({
  question: { at },
  door: asked,
  isAsking,
  onAsk,
}: {
  question: Question;
  door: Door | null;
  isAsking: boolean;
  onAsk: (question: Question) => void;
}) {
  const [door, setDoor] = useState(asked);
  const [time, setTime] = useState<WallTime>(() => timeOf(at, asked?.zone));
  const [wasSent, setWasSent] = useState(false);
  const instant = door === null ? null : instantIn(time, door.zone);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setWasSent(true);
        if (!hasWholeTimes(event.currentTarget)) return;
        if (door === null || instant === 'never') return;
        const iso = instant === null ? null : new Date(instant).toISOString();
        onAsk({ doorMappingId: door.id, at: iso });
      }}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <DoorSelect
            label={t.door}
            required
            value={door?.id ?? null}
            error={wasSent && door === null ? t.doorMissing : null}
            onPick={setDoor}
          />
          <ZonedTimeInput label={t.at} value={time} zone={door?.zone ?? null} onChange={setTime} />
        </SimpleGrid>
        <Group gap="xs">
          <Text size="sm">{t.atHelp}</Text>
          <ZoneLine door={door} />
        </Group>
        <Group>
          <Button
            type="submit"
            loading={isAsking}
            leftSection={<IconHelpCircle size={18} aria-hidden />}
          >
            {t.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function isUnderWay(explained: Of<'Explanation'> | undefined): boolean {
  const codes = explained?.reasons.map(({ code }) => code) ?? [];
  return codes.includes('being_set_up') || codes.includes('source_being_applied');
}

function timeOf(at: string | null, zone: string | undefined): WallTime {
  if (at === null || zone === undefined || Number.isNaN(Date.parse(at))) return NO_TIME;
  return { wall: wallOf(at, zone), fold: foldOf(Date.parse(at), zone) };
}
