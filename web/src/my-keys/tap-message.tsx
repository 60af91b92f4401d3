import { Alert, Text } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconHelpCircle,
  IconInfoCircle,
  IconWifiOff,
  type Icon,
} from '@tabler/icons-react';
import { texts } from '../texts';
import type { TapState } from './use-unlock';
import { showClock } from './when';

const t = texts.myKeys.tap;

/** What is said under a door about the last tap on it. */
export interface TapWords {
  readonly title: string;
  readonly lines: readonly string[];
  readonly color: string;
  readonly icon: Icon;
}

/** In plain words, with what to do; `null`: there is nothing to say. */
export function tapWords(state: TapState, isSlow: boolean): TapWords | null {
  switch (state.is) {
    case 'idle':
      return null;
    case 'locating':
      return words(t.locating, [t.locatingText], 'blue', IconInfoCircle);
    case 'opening':
      return isSlow ? words(t.opening, [t.openingSlow], 'blue', IconInfoCircle) : null;
    case 'opened':
      return words(t.opened, [t.openedText], 'green', IconCircleCheck);
    case 'openedBefore': {
      const at = showClock(Date.parse(state.at));
      return words(t.openedBefore.title(at), [t.openedBefore.text], 'blue', IconInfoCircle);
    }
    case 'refused':
      return words(t.refused, [state.text, state.remedy], 'red', IconAlertTriangle);
    case 'unheard':
      return words(t.noAnswer.title, [state.text, state.remedy], 'yellow', IconHelpCircle);
    case 'noAnswer':
      return words(t.noAnswer.title, [t.noAnswer.text], 'yellow', IconHelpCircle);
    case 'notSent':
      return words(t.notSent.title, [t.notSent.text], 'yellow', IconWifiOff);
    case 'needsLocation':
      return words(t.location.title, [t.location[state.because]], 'red', IconAlertTriangle);
  }
}

function words(title: string, lines: readonly string[], color: string, icon: Icon): TapWords {
  return { title, lines: lines.filter((line) => line !== ''), color, icon };
}

/** The words under the door. Screen readers hear them from the live region. */
export function TapMessage({ said }: { said: TapWords }) {
  return (
    <Alert
      color={said.color}
      variant="light"
      role="presentation"
      title={said.title}
      icon={<said.icon aria-hidden />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      {said.lines.map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Alert>
  );
}
