import {
  Alert,
  createTheme,
  Notification,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Dark enough at 6 that white text on it has a contrast of more than 4.5. */
const key: MantineColorsTuple = [
  '#eaf3fb',
  '#d5e4f2',
  '#a8c8e6',
  '#78abda',
  '#5192cf',
  '#3882c9',
  '#22639c',
  '#1f5789',
  '#1f4f7a',
  '#123a5c',
];

/** Mantine's, but dark enough from 6 on that white text on it has a contrast of more than 4.5. */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#ff6b6b',
  '#d92c2c',
  '#c92a2a',
  '#b82525',
  '#a01f1f',
];

/** Both pages look alike. */
export const theme = createTheme({
  primaryColor: 'key',
  primaryShade: { light: 7, dark: 6 },
  colors: { key, red },
  autoContrast: true,
  luminanceThreshold: 0.28,
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // In the colour of the alert, a green title has a contrast of less than 4.5.
    Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }),
    // Its own colour has a contrast of less than 4.5.
    Notification: Notification.extend({
      styles: { description: { color: 'var(--mantine-color-text)' } },
    }),
  },
});

/** Mantine's own colours of quiet text, placeholders and faults have a contrast of less than 4.5. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': '#a0a0a0',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
