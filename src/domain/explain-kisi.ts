import { coveringGrants, hiddenCovering, logStep } from './explain-sources';
import type { ExplainFacts, KisiRowFact } from './explain-facts';
import {
  atKisi,
  bad,
  giverOf,
  good,
  step,
  unsure,
  type ExplainReason,
  type Words,
} from './explain-words';
import type { Grant, ProblemType } from './grant';
import { contains } from './windows';

/** A removal of an instant further ahead than this says nothing of it. Ms. */
const RECENT_MS = 24 * 3_600_000;
const MOST_OBSTACLES = 10;

/** To a caller who is limited to locations, of rows that would tell of what they may not see. */
const HIDDEN_ROW = 'Access at Kisi that is not shown to you lets the user in.';

/** The rows that let the user in at the instant, also those that are not told of. */
export function coveringRows({ kisi, hidden, at }: ExplainFacts): KisiRowFact[] {
  return [...kisi.rows, ...(hidden?.rows ?? [])].filter((row) => contains(row, at));
}

/** How far the grants that cover the instant have come on their way to Kisi. */
export function provisioningReasons(facts: ExplainFacts): ExplainReason[] {
  const covering = coveringGrants(facts);
  const inPlace = covering.find(({ provisioning }) => provisioning === 'in_place');
  if (inPlace) {
    return [good('provisioning', `${giverOf(inPlace)} is in place at Kisi, as last recorded.`)];
  }
  const [grant] = [...covering].sort(
    (a, b) => Number(a.problem === null) - Number(b.problem === null),
  );
  return grant && !isToldElsewhere(facts, grant) ? [missing(facts, grant)] : [];
}

/** Its trouble is that of the member, the mapping or the integration, and told as theirs. */
function isToldElsewhere({ member, door, integration }: ExplainFacts, { problem }: Grant): boolean {
  if (problem === null) return false;
  const told: Partial<Record<ProblemType, boolean>> = {
    member_on_hold: member.hold !== null,
    mapping_unknown: door.isDeleted,
    mapping_inactive: door.isDeleted || !door.active,
    integration_inactive: !integration.active,
    emergency_stop: integration.stop !== null,
  };
  return told[problem.type] ?? problem.type === integration.fault?.type;
}

function missing(facts: ExplainFacts, grant: Grant): ExplainReason {
  const { id, problem, provisioning } = grant;
  const giver = giverOf(grant);
  if (facts.basis === 'recorded') return missingThen(facts, grant);
  if (provisioning === 'queued') {
    return unsure(
      'waits_for_turn',
      `${giver} waits for its turn: Kisi takes one window at a time here, and this one is written when the one before ends.`,
      null,
    );
  }
  if (problem) {
    return bad(
      'provisioning_problem',
      `${giver} is not in place at Kisi: ${problem.detail}`,
      step(facts.remedies[problem.type], { call: `POST /v1/grants/${id}/retry` }),
    );
  }
  return bad(
    'being_set_up',
    `${giver} is accepted, and not in place at Kisi yet.`,
    step('Ask again in a few seconds; if it stays, have it tried again.', {
      call: `POST /v1/grants/${id}/retry`,
    }),
  );
}

function missingThen(facts: ExplainFacts, grant: Grant): ExplainReason {
  const because = grant.problem === null ? '.' : `: ${grant.problem.detail}`;
  return bad(
    grant.problem === null ? 'being_set_up' : 'provisioning_problem',
    `${giverOf(grant)} was accepted, and not in place at Kisi then${because}`,
    logStep(facts),
  );
}

/** What Kisi says of the member and of their rows. */
export function kisiReasons(facts: ExplainFacts, words: Words): ExplainReason[] {
  const { kisi, basis } = facts;
  if (basis === 'recorded') return [];
  const silent =
    kisi.silence === null
      ? []
      : [
          unsure(
            'kisi_not_heard',
            `Kisi was not heard (${kisi.silence}); what follows is what was last known.`,
            step('Look at the health of the integration, and ask again.', {
              call: `GET /v1/integrations/${facts.integration.id}/health`,
            }),
          ),
        ];
  return [
    ...silent,
    ...userReasons(facts),
    ...rowReasons(facts, words),
    ...obstacleReasons(facts),
    ...credentialReasons(facts),
  ];
}

function userReasons(facts: ExplainFacts): ExplainReason[] {
  const { user } = facts.kisi;
  const [grant] = coveringGrants(facts);
  if (user === null) return [];
  if (user.state === 'missing') {
    return grant
      ? [
          bad(
            'kisi_user_missing',
            'Kisi has no user for this member.',
            step('Have the grant tried again: the user is made then.', {
              call: `POST /v1/grants/${grant.id}/retry`,
            }),
          ),
        ]
      : [
          unsure(
            'kisi_user_missing',
            'Kisi has no user for this member yet; the first grant makes one.',
            null,
          ),
        ];
  }
  const where = atKisi(user.name);
  const reasons: ExplainReason[] = [];
  if (!user.accessEnabled) {
    reasons.push(
      bad(
        'kisi_user_disabled',
        'Somebody has switched the access of this user off at Kisi, so that no door opens.',
        step('Switch the access of the user on again at Kisi.', { where }),
      ),
    );
  }
  if (user.confirmed === false) {
    reasons.push(
      bad(
        'kisi_user_unconfirmed',
        "The member has not accepted Kisi's invitation, and cannot sign in there.",
        step("Ask the member to look for Kisi's e-mail and accept it, or invite them again.", {
          where,
        }),
      ),
    );
  }
  if (user.hasOtherEmail) {
    reasons.push(
      unsure(
        'kisi_other_email',
        'Kisi knows the user by another e-mail address than the member has here.',
        step('Compare the two addresses; the member signs in at Kisi with the one of Kisi.', {
          where,
        }),
      ),
    );
  }
  return reasons.length > 0
    ? reasons
    : [good('kisi_user', 'The user exists at Kisi and its access is switched on.')];
}

function rowReasons(facts: ExplainFacts, words: Words): ExplainReason[] {
  const { kisi } = facts;
  const rows = coveringRows(facts);
  const covering = coveringGrants(facts);
  const shown = rows.filter((row) => kisi.rows.includes(row));
  const told = [
    ...shown.map((row) => rowReason(facts, row, covering, words)),
    ...(rows.length > shown.length ? [good('kisi_row', HIDDEN_ROW)] : []),
  ];
  if (kisi.silence !== null) return told.map((reason) => ({ ...reason, ok: null }));
  const wider = kisi.widerRoles.map((role) =>
    unsure(
      'wider_role',
      `The user has the role ${role} in the organization or a place, which may open this door whatever is granted here.`,
      step('Look at the roles of the user at Kisi.', {
        where: atKisi(kisi.user?.state === 'there' ? kisi.user.name : null),
      }),
    ),
  );
  const [grant] = covering;
  if (rows.length > 0 || !grant) return [...told, ...wider];
  const isQueued = covering.some(({ provisioning }) => provisioning === 'queued');
  if (isQueued) return wider;
  const isContradiction = covering.some(({ provisioning }) => provisioning === 'in_place');
  return [
    bad(
      'kisi_row_missing',
      isContradiction
        ? 'Kisi has no role assignment that lets the member in, although one was in place: somebody has removed or changed it there.'
        : 'Kisi has no role assignment yet that lets the member in.',
      step(
        isContradiction
          ? 'Have the grant tried again: the role assignment is made anew.'
          : 'See what keeps the grant from being in place, above; then have it tried again.',
        { call: `POST /v1/grants/${grant.id}/retry` },
      ),
    ),
    ...wider,
  ];
}

function rowReason(
  facts: ExplainFacts,
  row: KisiRowFact,
  covering: readonly Grant[],
  words: Words,
): ExplainReason {
  const { integration, grants, at, now } = facts;
  const named = `Role assignment ${String(row.roleAssignmentId)} in the group "${row.groupName}"`;
  const text = `${named} lets the user in ${words.span(row)}.`;
  if (covering.length > 0 || hiddenCovering(facts).length > 0) return good('kisi_row', text);
  if (!row.ours) {
    return unsure(
      'foreign_row',
      `${text} Somebody else made it, and nothing here asks for it.`,
      step('If the member is not to have this access, clear the row.', {
        call: `GET /v1/integrations/${integration.id}/foreign-rows`,
      }),
    );
  }
  const over = [...grants].sort((a, b) => b.changedAt - a.changedAt)[0];
  const isBeingRemoved = at - now < RECENT_MS && over?.provisioning === 'removing';
  return unsure(
    'access_lingers',
    `${text} No grant asks for it any more${isBeingRemoved ? '; it is being removed' : ''}.`,
    step('If it does not go within a minute, revoke it by hand, in the last resort at Kisi.', {
      ...(over && { call: `POST /v1/grants/${over.id}/revoke` }),
      where: atKisi(null, 'Access rights'),
    }),
  );
}

function obstacleReasons({ kisi }: ExplainFacts): ExplainReason[] {
  return kisi.obstacles
    .slice(0, MOST_OBSTACLES)
    .map(({ at, detail, remedy }) =>
      bad('obstacle', `${at}: ${detail}`, step(remedy, { where: 'Kisi dashboard' })),
    );
}

/** What only Kisi's dashboard shows. */
function credentialReasons({ kisi }: ExplainFacts): ExplainReason[] {
  const { user } = kisi;
  if (user?.state !== 'there') return [];
  const where = atKisi(user.name, 'Digital Credentials');
  const look = step('Look there whether a phone or card of the member is set up.', { where });
  switch (user.madeAs) {
    case 'managed':
      return [
        unsure(
          'kisi_credentials',
          "The user is a managed one: the member opens doors from My Keys, and cannot sign in to Kisi's app.",
          look,
        ),
      ];
    case 'invited':
      return [
        unsure(
          'kisi_credentials',
          "The member opens doors from My Keys, and was invited to sign in to Kisi's app.",
          look,
        ),
      ];
    case null:
      return [
        unsure(
          'kisi_credentials',
          "The member opens doors from My Keys. Latchkey did not make this user, so that only Kisi shows whether they can sign in to Kisi's app.",
          look,
        ),
      ];
  }
}
