import { useMutation } from '@tanstack/react-query';
import { nanoid } from 'nanoid';
import { useRef } from 'react';
import { ApiProblem } from './client';

/** What makes a POST safe to repeat. */
export interface IdempotencyHeader {
  'Idempotency-Key': string;
}

/**
 * A POST that may be pressed again: as long as nobody has answered, the same content is sent under the
 * same key, so that it is done once. An answer, a refusal included, ends that: the next press is new.
 */
export function usePost<Content, Answer>(
  send: (content: Content, header: IdempotencyHeader) => Promise<Answer>,
  options: { onSuccess?: (answer: Answer, content: Content) => unknown } = {},
) {
  const attempt = useRef<{ content: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (content: Content) => {
      const text = JSON.stringify(content);
      if (attempt.current?.content !== text) {
        attempt.current = { content: text, key: nanoid() };
      }
      return send(content, { 'Idempotency-Key': attempt.current.key });
    },
    onSuccess: (answer, content) => {
      attempt.current = null;
      return options.onSuccess?.(answer, content);
    },
    onError: (error) => {
      if (isAnswered(error)) attempt.current = null;
    },
  });
}

/**
 * Whether the API has refused it, so that nothing was done; else nobody knows what became of it. Where
 * the session or the limit is refused (401, 429), nobody has looked at whether it was done before.
 */
export function isAnswered(error: unknown): boolean {
  if (!(error instanceof ApiProblem) || error.status === null) return false;
  return error.status < 500 && error.status !== 401 && error.status !== 429;
}
