import type { z } from 'zod';
import type { Explained } from '../../src/access/explain';
import type { Grant, Problem } from '../../src/domain/grant';
import { statusAt } from '../../src/domain/grant-life';
import { PROBLEM_REMEDIES } from '../http/grant-problems';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { explainOut } from './schema';

type ExplainOut = z.input<typeof explainOut>;

export function presentExplanation({ explanation, facts }: Explained): ExplainOut {
  const { at, basis, timeZone, member, door, kisi } = facts;
  return {
    open: explanation.open,
    access: explanation.access,
    summary: explanation.summary,
    at: toIso(at),
    basis,
    timeZone,
    member: { id: member.id, name: member.name },
    door: {
      doorMappingId: door.doorMappingId,
      name: door.name,
      resourceType: door.resourceType,
      resourceId: door.resourceId,
      location: door.location,
      space: door.space,
    },
    reasons: explanation.reasons,
    grants: facts.grants.map((grant) => presentGrantHere(grant, at)),
    sources: facts.sources.map(({ kind, id, status, startsAt, endsAt, placeId, window }) => ({
      kind,
      id,
      status,
      startsAt: toIso(startsAt),
      endsAt: toIsoOrNull(endsAt),
      placeId,
      window: window && { startsAt: toIso(window.from), endsAt: toIsoOrNull(window.until) },
    })),
    kisi: {
      silence: kisi.silence,
      user: presentUser(kisi.user),
      roleAssignments: kisi.rows.map(({ roleAssignmentId, groupId, groupName, ...row }) => ({
        id: roleAssignmentId,
        groupId,
        groupName,
        from: toIsoOrNull(row.from),
        until: toIsoOrNull(row.until),
        ours: row.ours,
      })),
    },
    attempts: facts.attempts.map(({ action, status, reason, problem, at: loggedAt }) => ({
      action,
      status,
      reason,
      problem: presentProblem(problem),
      at: toIso(loggedAt),
    })),
  };
}

function presentGrantHere(grant: Grant, at: number): ExplainOut['grants'][number] {
  return {
    grantId: grant.id,
    doorMappingId: grant.doorMappingId,
    source: grant.source,
    sourceId: grant.sourceId,
    startsAt: toIso(grant.startsAt),
    endsAt: toIsoOrNull(grant.endsAt),
    status: statusAt(grant, at),
    stops: grant.stops,
    provisioning: grant.provisioning,
    problem: presentProblem(grant.problem),
  };
}

function presentUser(user: Explained['facts']['kisi']['user']): ExplainOut['kisi']['user'] {
  if (user?.state !== 'there') return null;
  const { id, accessEnabled, confirmed, madeAs } = user;
  return { id, accessEnabled, confirmed, madeAs };
}

function presentProblem(problem: Problem | null): ExplainOut['grants'][number]['problem'] {
  return problem && { ...problem, remedy: PROBLEM_REMEDIES[problem.type] };
}
