import { randomUUID } from 'node:crypto';
import { followHold } from '../../src/access/member-hold';
import { workflowIds } from '../../src/contracts/names';
import type { Job } from '../../src/store';
import { eventually } from '../support/eventually';
import type { Scene } from './scene';

/** Paths of members who are put on hold. Some switch Kisi off, so that they are played one by one. */
export const HOLD_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { memberId, jobId } = await hold(scene);
    await ended(scene, jobId);
    await scene.keep('member-held', workflowIds.memberHold(memberId));
  },

  async (scene) => {
    const { stack } = scene;
    const { memberId, jobId } = await hold(scene, () => {
      stack.simulator.setSwitches({ outage: 'unavailable' });
    });
    await eventually(
      async () => (await stack.store.integrations.get(stack.integration.id))?.fault ?? null,
      (fault) => fault !== null,
      60_000,
    );
    // A release that crosses the hold reaches the run that still watches.
    const releasedBy = `job_${randomUUID()}`;
    await stack.store.members.clearHold(memberId, releasedBy);
    await followHold(stack.deps, { memberId, jobId: releasedBy }, BY);
    stack.simulator.setSwitches({ outage: 'none' });
    await ended(scene, jobId);
    await ended(scene, releasedBy);
    await scene.keep('member-hold-crossed-by-a-release', workflowIds.memberHold(memberId));
  },
];

const BY = { type: 'system', id: 'recorder' } as const;

/** Puts a member whose hour is in place on hold, as the API does it. */
async function hold(
  { stack }: Scene,
  before: () => void = () => undefined,
): Promise<{ memberId: string; jobId: string }> {
  const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
  const grant = await stack.grant({ member, mapping });
  await stack.settled(grant.id);
  before();
  const jobId = `job_${randomUUID()}`;
  await stack.store.members.setHold(member.id, { reason: 'unpaid', by: BY }, jobId);
  await followHold(stack.deps, { memberId: member.id, jobId }, BY);
  return { memberId: member.id, jobId };
}

async function ended({ stack }: Scene, jobId: string): Promise<void> {
  await eventually(
    () => stack.store.jobs.get(jobId),
    (job: Job | null) => job?.state !== 'running',
    90_000,
  );
}
