import { Center, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useSay } from './live-region';

/** What there is to know where no doors are shown: why, and what to do. */
export function Notice({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children?: ReactNode;
}) {
  const say = useSay();
  useEffect(() => {
    say(`${title}. ${text}`);
  }, [say, title, text]);
  return (
    <Center mih="50dvh">
      <Stack align="center" gap="sm" ta="center" maw={400}>
        <IconKey size={48} stroke={1.5} aria-hidden />
        <Title order={2} size="h3">
          {title}
        </Title>
        <Text>{text}</Text>
        {children}
      </Stack>
    </Center>
  );
}
