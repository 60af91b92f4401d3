import { Alert, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiProblem, type Problem } from '../api/client';
import { texts } from '../texts';
import { RemedyText } from './problem-text';

/** In the words of these pages, where those of the API are for programs. */
const REMEDIES: Readonly<Partial<Record<Problem['code'], string>>> = texts.refusals;

/** What went wrong and what to do about it. Nothing without an error. */
export function ProblemAlert({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const { title, detail, remedy, faults, requestId } = describe(error);
  return (
    <Alert color="red" variant="light" role="alert" title={title} icon={<IconAlertTriangle />}>
      {detail !== null && <Text size="sm">{detail}</Text>}
      {faults.length > 0 && (
        <List size="sm" mt="xs">
          {faults.map((fault) => (
            <List.Item key={fault}>{fault}</List.Item>
          ))}
        </List>
      )}
      <RemedyText mt="xs">{remedy}</RemedyText>
      {requestId !== null && (
        <Text size="xs" c="dimmed" mt="xs">
          {texts.common.problem.requestId(requestId)}
        </Text>
      )}
    </Alert>
  );
}

interface Described {
  title: string;
  detail: string | null;
  remedy: string;
  faults: string[];
  requestId: string | null;
}

function describe(error: unknown): Described {
  const problem = error instanceof ApiProblem ? error.problem : null;
  if (problem === null) {
    const { noAnswer, noAnswerRemedy } = texts.common.problem;
    return { title: noAnswer, detail: null, remedy: noAnswerRemedy, faults: [], requestId: null };
  }
  const { code, title, detail, errors, requestId } = problem;
  const remedy = REMEDIES[code] ?? problem.remedy;
  const faults = errors.map(({ path, message }) => `${path} ${message}`.trim());
  return { title, detail: detail === title ? null : detail, remedy, faults, requestId };
}
