import { Button, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { texts } from '../texts';

/** For an address that leads nowhere. */
export function NotFoundPage() {
  const { title, text, back } = texts.shell.notFound;
  return (
    <Stack align="flex-start" p="md">
      <Title order={1}>{title}</Title>
      <Text>{text}</Text>
      <Button component={Link} to="/">
        {back}
      </Button>
    </Stack>
  );
}

/** For a page that fails while it is loaded or shown, also after a new version was put in place. */
export function BrokenPage() {
  const { title, text, reload } = texts.shell.broken;
  return (
    <Stack align="flex-start" p="md" role="alert">
      <Title order={1}>{title}</Title>
      <Text>{text}</Text>
      <Button
        onClick={() => {
          globalThis.location.reload();
        }}
      >
        {reload}
      </Button>
    </Stack>
  );
}
