import { createMemberTokens } from '../../api/portal-sessions/member-tokens';
import { systemClock } from '../../src/clock';
import { memberReads, type MemberRead } from '../member-reads';
import {
  BENCH_KEY,
  GRANTS_EACH,
  GROUP_GRANTS,
  LOCKS_IN_GROUP,
  type ReadMember,
} from '../stored-members';

/** What a member's list costs. */
export const myKeys = memberReads({
  name: 'my-keys',
  title: 'My Keys over HTTP',
  route: 'GET /v1/my/keys',
  requestsOf,
  async check(api, first) {
    const doors = await countDoors(api, first);
    return `Of these ${String(GROUP_GRANTS)} are at groups of ${String(LOCKS_IN_GROUP)} doors: ${String(doors)} doors in the first list. Each member has a token of their own.`;
  },
});

async function requestsOf(members: readonly ReadMember[]): Promise<MemberRead[]> {
  const tokens = createMemberTokens({
    encryptionKeys: [BENCH_KEY],
    sessionMinutes: 60,
    clock: systemClock,
  });
  return Promise.all(
    members.map(async ({ id }) => {
      const { token } = await tokens.issue(id);
      return { path: '/v1/my/keys', headers: { authorization: `Bearer ${token}` } };
    }),
  );
}

/** @throws Error where the list is not what was stored: the figures would be of something else */
async function countDoors(api: string, request: MemberRead): Promise<number> {
  const response = await fetch(api + request.path, { headers: request.headers });
  if (!response.ok) throw new Error(`The API answered ${String(response.status)}.`);
  const { data } = (await response.json()) as { data: unknown[] };
  if (data.length < GRANTS_EACH) throw new Error(`Only ${String(data.length)} doors are listed.`);
  return data.length;
}
