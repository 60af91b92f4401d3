import { Text, type TextProps } from '@mantine/core';
import type { Of } from '../api/client';
import { texts } from '../texts';

/** What is wrong with a grant or a connection. */
interface Problem {
  type: Of<'GrantProblem'>['type'];
  detail: string;
}

/** In the words of these pages, for those of the API are for programs. Each type has some. */
const REMEDIES: Readonly<Record<Problem['type'], string>> = texts.problems;

export const remedyOf = ({ type }: Pick<Problem, 'type'>): string => REMEDIES[type];

/** What is wrong, and what to do about it. */
export function ProblemText({ problem, ...style }: { problem: Problem } & TextProps) {
  return (
    <RemedyText {...style} before={problem.detail}>
      {remedyOf(problem)}
    </RemedyText>
  );
}

/** What to do. Ids and addresses in it may be long, and are broken where they must. */
export function RemedyText({
  children,
  before,
  ...style
}: { children: string; before?: string } & TextProps) {
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }} {...style}>
      {before} <b>{texts.common.problem.remedy}:</b> {children}
    </Text>
  );
}
