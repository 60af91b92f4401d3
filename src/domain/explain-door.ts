import type { ExplainFacts } from './explain-facts';
import { coveringGrants } from './explain-sources';
import {
  bad,
  good,
  step,
  unsure,
  type ExplainCode,
  type ExplainReason,
  type Words,
} from './explain-words';

/** What of the mapping, its connection and the member keeps the door shut, whatever is granted. */
export function doorReasons(facts: ExplainFacts, words: Words): ExplainReason[] {
  const reasons = [
    ...mappingReasons(facts),
    ...integrationReasons(facts, words),
    memberReason(facts, words),
  ];
  return facts.basis === 'recorded' ? reasons.map(asItIsNow) : reasons;
}

/** Since when it is so, is known of a fault, a stop and a hold alone. */
const UNDATED: readonly ExplainCode[] = [
  'mapping_deleted',
  'mapping_inactive',
  'mapping_unassigned',
  'door_mapping',
  'integration_removed',
];

/** What is not recorded over time may have been otherwise then. */
function asItIsNow(reason: ExplainReason): ExplainReason {
  if (!UNDATED.includes(reason.code)) return reason;
  return {
    ...reason,
    ok: reason.ok === true ? true : null,
    text: `${reason.text} (As it is now.)`,
  };
}

function mappingReasons({ door, integration }: ExplainFacts): ExplainReason[] {
  const { doorMappingId, name } = door;
  if (door.isDeleted) {
    return [
      bad(
        'mapping_deleted',
        `The door mapping "${name}" was deleted, so that nothing opens by it.`,
        step(
          door.location === null
            ? `Map the ${door.resourceType} ${String(door.resourceId)} again.`
            : `Map the ${door.resourceType} ${String(door.resourceId)} again, at ${door.location.name}.`,
          { call: 'POST /v1/door-mappings' },
        ),
      ),
    ];
  }
  if (!door.active && integration.active) {
    return [
      bad(
        'mapping_inactive',
        `The door mapping "${name}" is inactive.`,
        step('Make it active again.', { call: `PATCH /v1/door-mappings/${doorMappingId}` }),
      ),
    ];
  }
  return [door.location === null ? unassigned(door) : assigned(door)];
}

function unassigned({ doorMappingId, name }: ExplainFacts['door']): ExplainReason {
  return bad(
    'mapping_unassigned',
    `The door mapping "${name}" is assigned to no location, so that no booking or membership opens it.`,
    step('Assign it to its location, and a lock to its space.', {
      call: `PATCH /v1/door-mappings/${doorMappingId}`,
    }),
  );
}

function assigned({ name, location, space }: ExplainFacts['door']): ExplainReason {
  const place = [space?.name, location?.name].filter((part) => part !== undefined).join(', ');
  return good('door_mapping', `The door mapping "${name}" is active and assigned to ${place}.`);
}

function integrationReasons(facts: ExplainFacts, words: Words): ExplainReason[] {
  const { id, active, fault, stop } = facts.integration;
  if (!active) {
    return [
      bad(
        'integration_removed',
        'The connection to Kisi was removed, so that nothing new opens.',
        step('Connect the same Kisi organization again.', { call: 'POST /v1/integrations' }),
      ),
    ];
  }
  const reasons: ExplainReason[] = [];
  if (stop) {
    // What stands at Kisi already is left as it is.
    const isInPlace = coveringGrants(facts).some(({ provisioning }) => provisioning === 'in_place');
    reasons.push(
      (isInPlace ? unsure : bad)(
        'integration_stopped',
        `An emergency stop holds back new and changed access since ${words.instant(stop.since)}: ${stop.reason}`,
        step('Release the stop once it is safe.', {
          call: `DELETE /v1/integrations/${id}/emergency-stop`,
        }),
      ),
    );
  }
  if (fault) {
    reasons.push(
      bad(
        'integration_fault',
        `The connection to Kisi is in trouble since ${words.instant(fault.since)}: ${fault.detail}`,
        faultStep(id, fault.type),
      ),
    );
  }
  return reasons.length > 0
    ? reasons
    : [good('integration', 'The connection to Kisi is active and without a fault.')];
}

function faultStep(
  id: string,
  type: NonNullable<ExplainFacts['integration']['fault']>['type'],
): NonNullable<ExplainReason['nextStep']> {
  return type === 'kisi_unavailable'
    ? step(
        'Let the member in by hand; who else is affected is in the outage report. Access follows by itself as soon as Kisi answers.',
        { call: `GET /v1/integrations/${id}/outage` },
      )
    : step(
        'Make an API key as the Organization Owner, and replace the key of the integration with it.',
        { call: `PATCH /v1/integrations/${id}`, where: 'Kisi dashboard > Developer Settings' },
      );
}

function memberReason({ member }: ExplainFacts, words: Words): ExplainReason {
  const { id, hold } = member;
  if (hold === null) return good('member', 'The member is not on hold.');
  return bad(
    'member_on_hold',
    `The member is on hold since ${words.instant(hold.since)}: ${hold.reason}`,
    step('Lift the hold once its cause is settled; access follows by itself.', {
      call: `DELETE /v1/members/${id}/hold`,
    }),
  );
}
