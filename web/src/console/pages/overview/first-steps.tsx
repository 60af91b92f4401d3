import { Button, Group, List, Stack, Text, ThemeIcon, VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import { GuideLink } from '../../../shared/guide-link';
import type { GuideSection } from '../../../shared/guide-sections';
import { texts } from '../../../texts';
import { Section } from './section';

const t = texts.overview.steps;

interface Step {
  readonly words: { readonly title: string; readonly text: string; readonly go: string };
  readonly to: string;
  readonly section: GuideSection;
}

const STEPS = {
  connect: { words: t.connect, to: '/settings/integrations', section: 'connectKisi' },
  map: { words: t.map, to: '/door-mappings', section: 'mapDoors' },
  plans: { words: t.plans, to: '/plans', section: 'plans' },
  grant: { words: t.grant, to: '/members', section: 'manualAccess' },
} as const satisfies Record<string, Step>;

/** Which of the four steps are done. */
export type StepsDone = Readonly<Record<keyof typeof STEPS, boolean>>;

/** Leads through a new installation. */
export function FirstSteps({ done }: { done: StepsDone }) {
  const names = Object.keys(STEPS) as (keyof typeof STEPS)[];
  const next = names.find((name) => !done[name]);
  return (
    <Section title={t.title} text={t.text}>
      <List listStyleType="none" spacing="md">
        {names.map((name, index) => (
          <List.Item key={name}>
            <StepLine
              step={STEPS[name]}
              number={index + 1}
              isDone={done[name]}
              isNext={name === next}
            />
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

function StepLine({
  step: { words, to, section },
  number,
  isDone,
  isNext,
}: {
  step: Step;
  number: number;
  isDone: boolean;
  isNext: boolean;
}) {
  return (
    <Group align="flex-start" wrap="nowrap">
      <ThemeIcon
        radius="xl"
        size="md"
        color={isDone ? 'green' : 'key'}
        variant={isDone || isNext ? 'filled' : 'default'}
        aria-hidden
      >
        {isDone ? <IconCheck size={16} /> : number}
      </ThemeIcon>
      <Stack gap={4} align="flex-start">
        <Text fw={600}>
          {words.title}
          <VisuallyHidden> ({isDone ? t.done : t.open})</VisuallyHidden>
        </Text>
        <Text size="sm">{words.text}</Text>
        <Group gap="md">
          <Button
            component={Link}
            to={to}
            size="compact-sm"
            variant={isNext ? 'filled' : 'default'}
          >
            {words.go}
          </Button>
          <GuideLink section={section}>{t.guide}</GuideLink>
        </Group>
      </Stack>
    </Group>
  );
}
