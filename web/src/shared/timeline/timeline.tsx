import { Alert, Button, Skeleton, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { ProblemAlert } from '../problem-alert';
import { showWindow } from '../time';
import { texts } from '../../texts';
import { Axis, marksOf } from './axis';
import { DoorTitle, GroupRows, MemberTitle } from './group-rows';
import { groupsOf, type Timeline } from './groups';
import { RangeBar } from './range-bar';
import { dayOf, moveDay, spanOf, type RangeName, type ShownSpan } from './span';
import { TimelineTable } from './timeline-table';
import { useTimeline, useTimelineZone, type TimelineOf } from './use-timeline';

const t = texts.timeline;
const GROUPS_AT_FIRST = 20;

/** When which doors open for a member, and why: the windows of every source, and their union. */
export function MemberTimeline({ memberId }: { memberId: string }) {
  return <TimelineOfOne key={memberId} of={{ kind: 'member', id: memberId }} />;
}

/** For whom a door opens and when, and why: the windows of every source, and their union. */
export function DoorTimeline({ mappingId }: { mappingId: string }) {
  return <TimelineOfOne key={mappingId} of={{ kind: 'door', id: mappingId }} />;
}

function TimelineOfOne({ of }: { of: TimelineOf }) {
  const [range, setRange] = useState<RangeName>('week');
  const [asTable, setAsTable] = useState(false);
  /** The day it begins with; `null`: today. */
  const [chosenDay, setChosenDay] = useState<string | null>(null);
  const { zone, error: zoneError } = useTimelineZone(of);
  const day = zone === undefined ? null : (chosenDay ?? dayOf(Date.now(), zone));
  const span = zone === undefined || day === null ? null : spanOf(day, range, zone);
  const { data, error, isPlaceholderData } = useTimeline(of, span);
  return (
    <Stack>
      <RangeBar
        range={range}
        onRange={setRange}
        onMove={(steps) => {
          if (day !== null) setChosenDay(moveDay(day, range, steps));
        }}
        onToday={() => {
          setChosenDay(null);
        }}
        asTable={asTable}
        onAsTable={setAsTable}
      />
      <ProblemAlert error={zoneError ?? error} />
      {zone !== undefined && data?.span ? (
        <div aria-busy={isPlaceholderData}>
          <Shown of={of} timeline={data.timeline} span={data.span} zone={zone} asTable={asTable} />
        </div>
      ) : (
        !error && <Skeleton height={240} />
      )}
    </Stack>
  );
}

function Shown({
  of,
  timeline,
  span,
  zone,
  asTable,
}: {
  of: TimelineOf;
  timeline: Timeline;
  span: ShownSpan;
  zone: string;
  asTable: boolean;
}) {
  const { ref: trackRef, width } = useElementSize<HTMLDivElement>();
  const [most, setMost] = useState(GROUPS_AT_FIRST);
  const groups = groupsOf(timeline);
  const now = Date.parse(timeline.at);
  const shown = groups.slice(0, most);
  const Title = of.kind === 'member' ? DoorTitle : MemberTitle;
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm">
          {showWindow(new Date(span.from).toISOString(), new Date(span.until).toISOString(), zone)}
          {' · '}
          {texts.common.zone(zone)}
        </Text>
        {marksOf(span, now, zone).map((mark) => (
          <Text key={mark} size="sm">
            {mark}
          </Text>
        ))}
      </div>
      {!timeline.isComplete && <Alert color="orange">{t.incomplete}</Alert>}
      {groups.length === 0 && <Text>{t.none[of.kind]}</Text>}
      {groups.length > 0 && !asTable && (
        <>
          <div>
            <Axis span={span} width={width} trackRef={trackRef} />
            {shown.map((group) => (
              <GroupRows
                key={group.key}
                group={group}
                title={<Title group={group} />}
                span={span}
                now={now}
                zone={zone}
                width={width}
              />
            ))}
          </div>
          {/* For those who hear it. */}
          <VisuallyHidden component="div">
            <TimelineTable groups={shown} zone={zone} />
          </VisuallyHidden>
        </>
      )}
      {groups.length > 0 && asTable && (
        <Table.ScrollContainer minWidth={640} type="native">
          <TimelineTable groups={shown} zone={zone} />
        </Table.ScrollContainer>
      )}
      {groups.length > most && (
        <Button
          variant="default"
          onClick={() => {
            setMost(groups.length);
          }}
        >
          {t.more(groups.length - most)}
        </Button>
      )}
    </Stack>
  );
}
