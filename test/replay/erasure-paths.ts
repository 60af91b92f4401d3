import { randomUUID } from 'node:crypto';
import { workflowIds } from '../../src/contracts/names';
import type { Job, Member } from '../../src/store';
import { createErasures } from '../../src/temporal/erasures';
import { eventually } from '../support/eventually';
import type { Scene } from './scene';

type Path = (scene: Scene) => Promise<void>;

/** Paths of members who are erased. Some switch Kisi off, so that they are played one by one. */
export const ERASURE_PATHS: readonly Path[] = [
  async (scene) => {
    const { member, jobId } = await begin(scene);
    await ended(scene, jobId);
    await scene.keep('member-erased', workflowIds.eraseMember(member.id));
  },

  async (scene) => {
    const { stack } = scene;
    const { member, jobId } = await begin(scene, () => {
      stack.simulator.setSwitches({ outage: 'unavailable' });
    });
    await eventually(
      async () => (await stack.store.jobs.get(jobId))?.message ?? null,
      (message) => message !== null,
      30_000,
    );
    stack.simulator.setSwitches({ outage: 'none' });
    await ended(scene, jobId);
    await scene.keep('member-erased-through-an-outage', workflowIds.eraseMember(member.id));
  },
];

/** On a server that suggests to continue as new early. */
export const CONTINUING_ERASURE_PATHS: readonly Path[] = [
  async (scene) => {
    const { stack } = scene;
    const { member, jobId } = await begin(scene, () => {
      stack.simulator.setSwitches({ outage: 'unavailable' });
    });
    const id = workflowIds.eraseMember(member.id);
    const first = await scene.runIdOf(id);
    await eventually(
      () => scene.runIdOf(id),
      (latest) => latest !== first,
      90_000,
    );
    await scene.keep('member-erased-continued-as-new', id, first);
    stack.simulator.setSwitches({ outage: 'none' });
    await ended(scene, jobId);
    await scene.keep('member-erased-after-continue-as-new', id);
  },
];

/** Erases a member whose hour is in place, as the API does it. */
async function begin(
  { stack }: Scene,
  before: () => void = () => undefined,
): Promise<{ member: Member; jobId: string }> {
  const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
  const grant = await stack.grant({ member, mapping });
  await stack.settled(grant.id);
  before();
  const erasure = await stack.store.members.erase(member.id, `job_${randomUUID()}`);
  const jobId = erasure?.jobId ?? '';
  const by = { type: 'system', id: 'recorder' } as const;
  await createErasures(stack.client).start({ memberId: member.id, jobId, by });
  return { member, jobId };
}

/** The workflow closes a moment after its job has ended. */
async function ended({ stack }: Scene, jobId: string): Promise<void> {
  const job = await eventually<Job | null>(
    () => stack.store.jobs.get(jobId),
    (read) => read?.state === 'done',
    90_000,
  );
  const handle = stack.client.workflow.getHandle(workflowIds.eraseMember(job?.subjectId ?? ''));
  await handle.result();
}
