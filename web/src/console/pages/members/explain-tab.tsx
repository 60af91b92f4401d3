import { Button, Group, Loader, SimpleGrid, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHelpCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
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
import { useExplanation, type Question } from './use-explanation';

const t = texts.members.explain;

/** Why a door opens or not for a member. The question stands in the address, so that it can be sent on. */
export function ExplainTab({ member }: { member: Member }) {
  const [params, setParams] = useSearchParams();
  const [fix, setFix] = useState<DialogFix | null>(null);
  const [isFixing, fixing] = useDisclosure();
  const question: Question = { doorMappingId: params.get('door'), at: params.get('at') };
  const { doorMappingId, at } = question;
  const doors = useDoors(doorMappingId === null ? [] : [doorMappingId]);
  const asked = doors.doorOf(doorMappingId ?? '');
  const { data, error, isFetching, refetch } = useExplanation(member.id, question);
  const form = useFormKey(keyOf(question));
  const ask = (next: Question) => {
    if (next.doorMappingId === doorMappingId && next.at === at) {
      void refetch();
      return;
    }
    form.expect(keyOf(next));
    setParams(
      {
        ...(next.doorMappingId !== null && { door: next.doorMappingId }),
        ...(next.at !== null && { at: next.at }),
      },
      { preventScrollReset: true },
    );
  };
  return (
    <Stack maw={860} gap="lg">
      <Stack gap={4} align="flex-start">
        <Text>{t.lead}</Text>
        <GuideLink section="troubleshooting" />
      </Stack>
      {(doorMappingId === null || asked !== undefined || form.isExpected) && (
        <QuestionForm
          key={form.key}
          question={question}
          door={asked ?? null}
          isAsking={isFetching}
          onAsk={ask}
        />
      )}
      <ProblemAlert error={error ?? doors.error} />
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
        if (isAsking || !hasWholeTimes(event.currentTarget)) return;
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
            // Not as `loading`, by which it would lose the focus: whoever asks asks again.
            aria-disabled={isAsking}
            leftSection={
              isAsking ? (
                <Loader color="currentColor" size={18} aria-hidden />
              ) : (
                <IconHelpCircle size={18} aria-hidden />
              )
            }
          >
            {t.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function keyOf({ doorMappingId, at }: Question): string {
  return `${doorMappingId ?? ''} ${at ?? ''}`;
}

/**
 * The key of the form: it is made anew when the address asks something else (a link, the way back), but
 * not by its own question, since the focus would be lost.
 */
function useFormKey(address: string) {
  const [form, setForm] = useState({ key: 0, address, expected: address, isExpected: false });
  if (form.address !== address) {
    const isExpected = form.expected === address;
    setForm({ key: form.key + (isExpected ? 0 : 1), address, expected: address, isExpected });
  }
  return {
    ...form,
    /** The form is about to ask this. */
    expect: (expected: string): void => {
      setForm((now) => ({ ...now, expected }));
    },
  };
}

function timeOf(at: string | null, zone: string | undefined): WallTime {
  if (at === null || zone === undefined || Number.isNaN(Date.parse(at))) return NO_TIME;
  return { wall: wallOf(at, zone), fold: foldOf(Date.parse(at), zone) };
}
