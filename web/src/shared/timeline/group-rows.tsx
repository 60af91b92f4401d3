import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { ProvisioningBadge, SourceBadge, StatusBadge } from '../badges';
import { DeletedDoorLink, PlainLink } from '../named';
import { showWindow } from '../time';
import { texts } from '../../texts';
import type { TimelineGrant, TimelineGroup } from './groups';
import type { ShownSpan } from './span';
import { showTimes } from './times';
import classes from './timeline.module.css';
import { Bar, Track } from './track';

const t = texts.timeline;

interface Shown {
  readonly span: ShownSpan;
  /** Ms UTC. */
  readonly now: number;
  /** IANA. */
  readonly zone: string;
  /** Of the tracks, in pixels. */
  readonly width: number;
}

/** One member at one door: when it opens on top, and each grant that has it open below. */
export function GroupRows({
  group,
  title,
  ...shown
}: Shown & { group: TimelineGroup; title: ReactNode }) {
  const { span, now, zone, width } = shown;
  return (
    <section>
      <Title order={2} size="h5" mt="md" mb={4}>
        {title}
      </Title>
      <Row
        label={
          <Stack gap={0}>
            <Text size="sm" fw={600}>
              {t.access}
            </Text>
            <Text size="xs" c="dimmed">
              {group.open.length === 0 ? t.never : t.accessHelp}
            </Text>
          </Stack>
        }
      >
        <Track span={span} now={now}>
          {group.open.map(({ from, until }) => {
            const window = showWindow(from, until, zone);
            return (
              <g
                key={from}
                tabIndex={0}
                role="img"
                aria-label={t.opens(window)}
                className={classes.focusable}
              >
                <Bar
                  from={Date.parse(from)}
                  until={Date.parse(until)}
                  span={span}
                  className={classes.open}
                  width={width}
                  textClassName={classes.openText}
                  texts={{ long: window, short: showTimes(from, until, zone) }}
                />
              </g>
            );
          })}
        </Track>
      </Row>
      {group.grants.map((grant) => (
        <GrantRow key={grant.grantId} grant={grant} {...shown} />
      ))}
    </section>
  );
}

function GrantRow({ grant, span, now, zone, width }: Shown & { grant: TimelineGrant }) {
  const { source, status, provisioning, from, until } = grant;
  const window = showWindow(from, until, zone);
  const isNoteworthy = provisioning !== 'in_place' && provisioning !== 'removed';
  return (
    <Row
      label={
        <Group gap={4}>
          <SourceBadge source={source} />
          <StatusBadge status={status} />
          {isNoteworthy && <ProvisioningBadge provisioning={provisioning} />}
        </Group>
      }
    >
      <Track span={span} now={now}>
        <Link
          to={addressOf(grant)}
          aria-label={describe(grant, window)}
          className={classes.focusable}
        >
          <Bar
            from={Date.parse(from)}
            until={until === null ? null : Date.parse(until)}
            span={span}
            className={`${classes.bar ?? ''} ${classes[status] ?? ''}`}
            width={width}
            textClassName={classes.text}
            besideClassName={classes.text}
            texts={{ long: window, short: showTimes(from, until, zone) }}
          />
        </Link>
      </Track>
    </Row>
  );
}

function Row({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <div className={classes.label}>{label}</div>
      {children}
    </div>
  );
}

/** Names a group by its doors: for the timeline of a member. */
export function DoorTitle({ group: { doors, grants } }: { group: TimelineGroup }) {
  if (doors.length === 0)
    return (
      <>
        {grants[0] && <DeletedDoorLink id={grants[0].doorMappingId} />} ({t.deletedDoor})
      </>
    );
  return (
    <Group gap={6}>
      {doors.map(({ doorMappingId, name, resourceType, location }) => (
        <Group key={doorMappingId} gap={6}>
          <PlainLink to={`/door-mappings/${doorMappingId}`}>{name}</PlainLink>
          <Text size="sm" c="dimmed">
            {location ? `${t.type[resourceType]}, ${location.name}` : t.type[resourceType]}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

/** Names a group by its member: for the timeline of a door. */
export function MemberTitle({ group: { memberId, memberName } }: { group: TimelineGroup }) {
  return <PlainLink to={`/members/${memberId}/door-access`}>{memberName ?? memberId}</PlainLink>;
}

function describe(
  { source, sourceId, status, provisioning }: TimelineGrant,
  window: string,
): string {
  return t.grant(
    sourceName(source, sourceId),
    window,
    texts.common.status[status],
    texts.common.provisioning[provisioning],
  );
}

/** What a grant comes from, in words. */
export function sourceName(
  source: TimelineGrant['source'],
  sourceId: TimelineGrant['sourceId'],
): string {
  return source === 'manual' ? t.openSource.manual : t.openSource[source](sourceId ?? '');
}

function addressOf({ source, sourceId, memberId }: TimelineGrant): string {
  if (source === 'booking') return `/bookings/${sourceId ?? ''}`;
  if (source === 'plan') return `/memberships/${sourceId ?? ''}`;
  return `/members/${memberId}/door-access`;
}
