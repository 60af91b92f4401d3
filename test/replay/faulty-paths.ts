import { workflowIds } from '../../src/contracts/names';
import { eventually } from '../support/eventually';
import { secondsFromNow } from '../workflows/support';
import type { Scene } from './scene';

/** Paths in which Kisi refuses, holds or fails: they touch everybody, so they are played one by one. */
export const FAULTY_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const mapping = await stack.lockMapping();
    const fault = stack.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/groups',
      status: 422,
    });
    const grant = await stack.grant({ member: await stack.newMember(), mapping });
    await stack.until(grant.id, ({ problem }) => problem?.type === 'group_missing');
    await eventually(
      () => stack.simulator.fault(fault.id)?.hits ?? 0,
      (hits) => hits > 0,
    );
    stack.simulator.releaseFault(fault.id);
    await stack.commands.retryNow(grant.id, {});
    await stack.until(grant.id, ({ settled }) => settled, 30_000);
    const { organizationId } = stack.integration;
    const id = workflowIds.lockGroup(organizationId, mapping.resourceId);
    await scene.keep('lock-group-refused', id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const fault = stack.simulator.addFault({
      kind: 'hold',
      method: 'POST',
      path: '/role_assignments',
      count: 1,
      when: 'after',
    });
    const grant = await stack.grant({ member, mapping });
    await stack.simulator.waitUntilHeld(fault.id);
    const revoking = stack.commands.revoke(grant.id, {});
    await stack.until(grant.id, ({ stops }) => stops.length > 0);
    stack.simulator.releaseFault(fault.id);
    await revoking;
    await scene.keepGrant('grant-revoked-while-granting', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const first = await stack.grant({ member, mapping, endsAt: secondsFromNow(4) });
    const startsAt = secondsFromNow(8);
    const next = await stack.grant({ member, mapping, startsAt });
    await stack.until(next.id, ({ provisioning }) => provisioning === 'queued');
    await stack.settled(first.id);
    await stack.until(next.id, ({ provisioning }) => provisioning === 'in_place');
    await scene.keepGrant('grant-queued', next.id);
    await scene.keep('pass-rolling', scene.passId(member, mapping));
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const fault = stack.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/role_assignments',
      status: 422,
    });
    const grant = await stack.grant({ member, mapping });
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'attention');
    stack.simulator.releaseFault(fault.id);
    await stack.commands.retryNow(grant.id, {});
    await stack.settled(grant.id);
    await scene.keepGrant('grant-attention', grant.id);
    await scene.keep('pass-attention', scene.passId(member, mapping));
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    stack.simulator.setSwitches({ outage: 'unavailable' });
    const grant = await stack.grant({ member, mapping });
    await stack.until(grant.id, ({ problem }) => problem?.type === 'kisi_unavailable');
    stack.simulator.setSwitches({ outage: 'none' });
    await stack.until(grant.id, ({ settled }) => settled, 30_000);
    await scene.keepGrant('grant-through-an-outage', grant.id);
    await scene.keep('pass-blocked', scene.passId(member, mapping));
    const probe = workflowIds.probe(stack.integration.organizationId);
    await eventually(
      async () => (await stack.client.workflow.getHandle(probe).describe()).status.name,
      (status) => status === 'COMPLETED',
    );
    await scene.keep('probe-healed', probe);
  },
];

/** Paths that cross continue-as-new, for a server that suggests it early. */
export const CONTINUING_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    const id = workflowIds.grant(grant.id);
    await stack.settled(grant.id);
    const runId = await scene.runIdOf(id);
    await eventually(
      async () => {
        await stack.commands.revoke(grant.id, {});
        await stack.commands.restore(grant.id, {});
        return scene.runIdOf(id);
      },
      (latest) => latest !== runId,
      60_000,
    );
    await scene.keepGrant('grant-continued-as-new', grant.id, runId);
    await scene.keepGrant('grant-after-continue-as-new', grant.id);

    const pass = scene.passId(member, mapping);
    const passRun = await scene.runIdOf(pass);
    await eventually(
      async () => {
        await stack.client.workflow.getHandle(pass).signal('poke', { fresh: true });
        return scene.runIdOf(pass);
      },
      (latest) => latest !== passRun,
    );
    await stack.commands.retryNow(grant.id, {});
    await scene.keep('pass-continued-as-new', pass, passRun);
    await scene.keep('pass-after-continue-as-new', pass);
  },

  async (scene) => {
    const { stack } = scene;
    const mapping = await stack.lockMapping(stack.locks[1]);
    const fault = stack.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/groups',
      status: 429,
      headers: { 'Retry-After': '1' },
    });
    const grant = await stack.grant({ member: await stack.newMember(), mapping });
    const id = workflowIds.lockGroup(stack.integration.organizationId, mapping.resourceId);
    const first = await eventually(
      () => scene.runIdOf(id).catch(() => ''),
      (runId) => runId !== '',
    );
    await eventually(
      () => scene.runIdOf(id),
      (latest) => latest !== first,
      60_000,
    );
    await scene.keep('lock-group-continued-as-new', id, first);
    stack.simulator.releaseFault(fault.id);
    await stack.until(grant.id, ({ settled }) => settled, 30_000);
  },

  async (scene) => {
    const { stack } = scene;
    stack.simulator.setSwitches({ outage: 'unavailable' });
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member: await stack.newMember(), mapping });
    await stack.until(grant.id, ({ problem }) => problem?.type === 'kisi_unavailable');
    const id = workflowIds.probe(stack.integration.organizationId);
    const first = await scene.runIdOf(id);
    await eventually(
      async () => {
        await stack.client.workflow.getHandle(id).signal('probeNow');
        return scene.runIdOf(id);
      },
      (latest) => latest !== first,
      30_000,
    );
    await scene.keep('probe-continued-as-new', id, first);
    stack.simulator.setSwitches({ outage: 'none' });
    await stack.until(grant.id, ({ settled }) => settled, 30_000);
  },
];
