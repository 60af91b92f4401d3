import { workflowIds } from '../../src/contracts/names';
import { eventually } from '../support/eventually';
import { secondsFromNow, signalByCli, sleepUntil, untilClosed } from '../workflows/support';
import { temporalCli } from '../workflows/support';
import type { Scene } from './scene';

/** A row is cleaned 60 s after its end, and the grant closes then. */
const CLOSES_WITHIN_MS = 150_000;

/** Paths in which Kisi does as it should; each has members of its own, so they are played at once. */
export const PLAIN_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping, endsAt: secondsFromNow(15) });
    await untilClosed(stack, grant.id, CLOSES_WITHIN_MS);
    await scene.keepGrant('grant-ended', grant.id);
    const pass = scene.passId(member, mapping);
    await eventually(
      async () => (await stack.client.workflow.getHandle(pass).describe()).status.name,
      (status) => status === 'COMPLETED',
    );
    await scene.keep('pass-ended', pass);
    const { organizationId } = stack.integration;
    await scene.keep('lock-group-made', workflowIds.lockGroup(organizationId, mapping.resourceId));
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const startsAt = secondsFromNow(4);
    const grant = await stack.grant({ member, mapping, startsAt });
    await stack.settled(grant.id);
    await sleepUntil(startsAt + 1_000);
    await scene.keepGrant('grant-scheduled', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const endsAt = secondsFromNow(-60);
    const grant = await stack.grant({ member, mapping, startsAt: endsAt - 60_000, endsAt });
    await untilClosed(stack, grant.id);
    await scene.keepGrant('grant-past', grant.id);
    await stack.commands.changeWindow(grant.id, { endsAt: secondsFromNow(600) }, {});
    await stack.settled(grant.id);
    await scene.keepGrant('grant-extended-after-its-end', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(grant.id);
    await scene.keepGrant('grant-open-ended', grant.id);
    const short = await stack.grant({ member, mapping });
    await stack.settled(short.id);
    await stack.commands.revoke(grant.id, {});
    await scene.keep('pass-of-two-grants', scene.passId(member, mapping));
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const from = secondsFromNow(0);
    for (const [startsAt, endsAt] of [
      [from, from + 7_200_000],
      [from, from + 60_000],
      [from + 86_400_000, from + 90_000_000],
      [from, null],
    ] as const) {
      await stack.commands.changeWindow(grant.id, { startsAt, endsAt }, { reason: 'moved' });
    }
    await scene.keepGrant('grant-changed', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    await stack.commands.revoke(grant.id, { requestId: 'req_1' });
    await stack.commands.revoke(grant.id, { requestId: 'req_1' });
    await stack.commands.restore(grant.id, {});
    await stack.commands.retryNow(grant.id, {});
    await scene.keepGrant('grant-revoked-restored', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    await signalByCli(stack, grant.id, 'revoke');
    await signalByCli(stack, grant.id, 'restore', { reason: 'found' });
    await signalByCli(stack, grant.id, 'changeWindow', { endsAt: '2099-01-01T00:00:00Z' });
    await signalByCli(stack, grant.id, 'changeWindow', 'nonsense');
    await signalByCli(stack, grant.id, 'changeWindow', { endsAt: 'tomorrow', by: null });
    await signalByCli(stack, grant.id, 'retryNow');
    await stack.until(grant.id, (doc) => doc.settled && doc.endsAt !== grant.endsAt);
    await scene.keepGrant('grant-told-by-signals', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const endsAt = secondsFromNow(15);
    const grant = await stack.grant({ member, mapping, endsAt });
    await stack.settled(grant.id);
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'removing', 30_000);
    await signalByCli(stack, grant.id, 'restore');
    await eventually(
      async () =>
        (await stack.store.accessLog.list({ grantId: grant.id, status: 'refused' }, { limit: 1 }))
          .data.length,
      (rows) => rows > 0,
    );
    await scene.keepGrant('grant-restore-refused', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).cancel();
    await untilClosed(stack, grant.id);
    await scene.keepGrant('grant-cancelled', grant.id);
    await stack.commands.restore(grant.id, {});
    await stack.settled(grant.id);
    await scene.keepGrant('grant-restored-after-cancel', grant.id);
    const pass = scene.passId(member, mapping);
    await stack.client.workflow.getHandle(pass).cancel();
    await stack.commands.retryNow(grant.id, {});
    await scene.keep('pass-cancelled', pass);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const id = workflowIds.grant(grant.id);
    const runId = await scene.runIdOf(id);
    await temporalCli(stack, 'workflow', 'terminate', '-w', id);
    await scene.keepGrant('grant-terminated', grant.id, runId);
    const reconcileId = 'reconcile-recorded';
    await stack.client.workflow.execute('reconcile', {
      workflowId: reconcileId,
      taskQueue: 'access-workflows',
      args: [],
    });
    await scene.keep('reconcile', reconcileId);
    await stack.until(grant.id, (doc) => doc.settled && doc.stops.length > 0);
    await stack.commands.restore(grant.id, {});
    await scene.keepGrant('grant-started-after-termination', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const id = workflowIds.grant(grant.id);
    const { events } = await stack.client.workflow.getHandle(id).fetchHistory();
    const task = events?.find((event) => event.workflowTaskCompletedEventAttributes);
    await stack.commands.revoke(grant.id, {});
    await temporalCli(
      stack,
      ...['workflow', 'reset', '-w', id, '--reason', 'recorded'],
      ...['--event-id', String(task?.eventId ?? 0)],
    );
    await stack.commands.retryNow(grant.id, {});
    await scene.keepGrant('grant-reset', grant.id);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const by = { type: 'system', id: 'recorder' } as const;
    const pass = {
      memberId: member.id,
      organizationId: stack.integration.organizationId,
      target: { kind: mapping.resourceType, id: mapping.resourceId },
    };
    await stack.store.members.setHold(member.id, { reason: 'recorded', by });
    await stack.deps.messages.pokePass(pass, 1);
    await stack.until(grant.id, ({ problem }) => problem?.type === 'member_on_hold');
    await stack.store.members.clearHold(member.id);
    await stack.deps.messages.pokePass(pass, 1);
    await stack.until(grant.id, (doc) => doc.provisioning === 'in_place' && !doc.problem);
    await scene.keepGrant('grant-on-hold', grant.id);
  },
];
