import { Paper, Stack, Text, Title } from '@mantine/core';
import { browserZone } from '../shared/time';
import { texts } from '../texts';
import type { MyKeys } from './member-api';
import classes from './my-keys.module.css';
import { showCountdown, showUpcomingReasons, showWhen } from './when';

const t = texts.myKeys;

/** A door that opens later, with how long that is from now. */
export function UpcomingCard({
  door,
  now,
  namesPlace,
}: {
  door: MyKeys['upcoming'][number];
  now: number;
  /** The member has doors in several locations. */
  namesPlace: boolean;
}) {
  const { name, location, startsAt } = door;
  const zone = location?.timeZone ?? browserZone;
  const left = showCountdown(startsAt, now);
  return (
    <Paper component="li" withBorder p="md" className={classes.upcoming}>
      <Stack gap={2} miw={0}>
        <Title order={3} size="h4" className={classes.name}>
          {name}
        </Title>
        <Text size="sm">
          <time dateTime={startsAt}>{t.upcoming.opens(showWhen(startsAt, zone, now))}</time>
        </Text>
        <Text size="sm" c="dimmed">
          {showUpcomingReasons(door, zone)}
        </Text>
        {namesPlace && location && (
          <Text size="sm" c="dimmed">
            {location.name}
          </Text>
        )}
      </Stack>
      <Text size="sm" fw={600} role="timer" className={classes.countdown}>
        {left === null ? t.upcoming.now : t.upcoming.in(left)}
      </Text>
    </Paper>
  );
}
