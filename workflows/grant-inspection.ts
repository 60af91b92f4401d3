import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../src/contracts/search-attributes';
import type { Grant } from '../src/domain/grant';
import { statusAt } from '../src/domain/grant-life';
import { showInstant } from '../src/domain/instant';
import type { GrantDesk } from './grant-desk';

/**
 * Shows the grant to operators: search attributes (written only when one of them changes, since
 * each write is an event) and the current details, which say in words what the grant waits for.
 */
export function showGrant(desk: GrantDesk): void {
  const { grant } = desk;
  const status = statusAt(grant, Date.now());
  const shown = workflowInfo().typedSearchAttributes;
  const endsAt = grant.endsAt === null ? null : new Date(grant.endsAt);
  if (
    shown.get(SEARCH_ATTRIBUTES.grantStatus) !== status ||
    shown.get(SEARCH_ATTRIBUTES.provisioning) !== grant.provisioning ||
    shown.get(SEARCH_ATTRIBUTES.grantEndsAt)?.getTime() !== endsAt?.getTime()
  ) {
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.grantStatus, value: status },
      { key: SEARCH_ATTRIBUTES.provisioning, value: grant.provisioning },
      { key: SEARCH_ATTRIBUTES.grantEndsAt, value: endsAt },
    ]);
  }
  setCurrentDetails(details(grant, status));
}

function details(grant: Grant, status: string): string {
  const lines = [
    `**${status}**, ${grant.provisioning}: ${waitsFor(grant, status)}`,
    `Window: ${showInstant(grant.startsAt)} to ${showInstant(grant.endsAt)}`,
    grant.stops.length > 0 ? `Stops: ${grant.stops.join(', ')}` : null,
    grant.problem ? `Problem: ${grant.problem.type}. ${grant.problem.detail}` : null,
    `Revision ${String(grant.revision)}, ${grant.settled ? 'settled' : 'not settled yet'}`,
  ];
  return lines.filter((line) => line !== null).join('\n\n');
}

function waitsFor(grant: Grant, status: string): string {
  switch (grant.provisioning) {
    case 'pending':
      return grant.problem
        ? 'waits until the problem below is gone.'
        : 'waits for its pass to write it at Kisi.';
    case 'queued':
      return 'waits for its turn: Kisi takes one window at a time here.';
    case 'in_place':
      return grant.endsAt === null
        ? 'in place at Kisi; waits for a message, it has no end.'
        : `in place at Kisi; waits for its end at ${showInstant(grant.endsAt)}.`;
    case 'removing':
      return 'waits for its pass to confirm that the access is gone at Kisi.';
    case 'removed':
      return status === 'revoked'
        ? 'nothing at Kisi; can be restored until its end.'
        : 'nothing at Kisi; closes.';
    case 'attention':
      return 'needs a person; tried again every 15 minutes and on retryNow.';
  }
}
