import type { AccessDeps } from '../src/access/deps';
import {
  accessLeft,
  beginErasure,
  endErasure,
  eraseKisiUsers,
  forgetMember,
  lookAgainAtMemberSources,
  stopMemberGrants,
} from '../src/access/erase-member';
import type {
  MemberKisiActivities,
  MemberRecordsActivities,
} from '../src/contracts/member-activities';

/** Activities of members on `access-records`. */
export function createMemberRecordsActivities(deps: AccessDeps): MemberRecordsActivities {
  return {
    beginErasure: (input) => beginErasure(deps, input),
    stopMemberGrants: (input) => stopMemberGrants(deps, input),
    lookAgainAtMemberSources: (input) => lookAgainAtMemberSources(deps, input),
    accessLeft: (input) => accessLeft(deps, input),
    linkedOrganizations: async ({ memberId }) => {
      const links = await deps.store.memberLinks.byMember(memberId);
      return { organizationIds: links.map(({ organizationId }) => organizationId) };
    },
    forgetMember: (input) => forgetMember(deps, input),
    endErasure: (input) => endErasure(deps, input),
  };
}

/** Activities of members on `access-kisi-<organizationId>`. */
export function createMemberKisiActivities(deps: AccessDeps): MemberKisiActivities {
  return { eraseKisiUsers: (input) => eraseKisiUsers(deps, input) };
}
