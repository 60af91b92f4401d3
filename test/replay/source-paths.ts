import { randomUUID } from 'node:crypto';
import type { AccessChange } from '../../src/contracts/mapping-change';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import type { SourceRef } from '../../src/domain/source';
import { eventually } from '../support/eventually';
import { historyOf, secondsFromNow } from '../workflows/support';
import type { RequiredHistory } from './required-histories';
import type { Scene } from './scene';
import {
  booking,
  grantOf,
  membership,
  newHouse,
  newRoom,
  rest,
  seeGroup,
  send,
  type House,
} from './source-scene';

/** More than after which the continuing server suggests to continue as new. */
const WAITING = 70;

const newBooking = (): SourceRef => ({ kind: 'booking', id: `bkg_${randomUUID().slice(0, 8)}` });

function keepSource(scene: Scene, name: RequiredHistory, source: SourceRef): Promise<void> {
  return scene.keep(name, workflowIds.source(source));
}

async function applyChange(
  scene: Scene,
  name: RequiredHistory,
  change: AccessChange,
  carried?: { after: string | null; poked: number },
): Promise<void> {
  const jobId = `job_${randomUUID()}`;
  const workflowId = workflowIds.mappingChange(jobId);
  await scene.stack.client.workflow.execute(WORKFLOW_TYPES.applyMappingChange, {
    workflowId,
    taskQueue: TASK_QUEUES.workflows,
    args: [{ change, jobId, ...(carried === undefined ? {} : { carried }) }],
  });
  await scene.keep(name, workflowId);
}

function ofMapping({ locationId, spaceId, lock }: House, deleted = false): AccessChange {
  const places = { spaceIds: [spaceId], locationIds: [locationId] };
  return { kind: 'mapping', doorMappingId: lock.id, ...places, deleted };
}

/** Paths of bookings, memberships and mapping changes; each has a house of its own, so they are played at once. */
export const SOURCE_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const [ada, bob, house] = [
      await stack.newMember(),
      await stack.newMember(),
      await newHouse(stack),
    ];
    const source = newBooking();
    await send(stack, source, booking(ada, house));
    await keepSource(scene, 'booking-stored', source);
    const endsAt = new Date(secondsFromNow(7_200)).toISOString();
    await send(
      stack,
      source,
      booking(ada, house, { version: 2, endsAt, memberIds: [ada.id, bob.id] }),
    );
    await keepSource(scene, 'booking-moved', source);
    await send(stack, source, booking(ada, house, { version: 1 }));
    await send(stack, source, { version: 'next' });
    await keepSource(scene, 'booking-ignored', source);
    await send(stack, source, booking(ada, house, { version: 3, status: 'cancelled' }));
    await keepSource(scene, 'booking-cancelled', source);
    const { lock } = house;
    await scene.keepGrant('grant-of-a-booking', await grantOf(stack, source, lock));
    await send(stack, source, booking(ada, house, { version: 4 }));
    await scene.keepGrant('grant-of-a-revived-booking', await grantOf(stack, source, lock));
  },

  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const source = newBooking();
    await send(stack, source, booking(member, house));
    await stack.commands.revoke(await grantOf(stack, source, house.lock), {});
    const endsAt = new Date(secondsFromNow(7_200)).toISOString();
    await send(stack, source, booking(member, house, { version: 2, endsAt }));
    await scene.keepGrant(
      'grant-of-a-booking-revoked-by-an-admin',
      await grantOf(stack, source, house.lock),
    );
  },

  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const spaceId = `${house.spaceId}_next`;
    await newRoom(stack, house.locationId, spaceId, house.lock.resourceId);
    const source = newBooking();
    await send(stack, source, booking(member, house));
    await stack.store.kisiDoors.putLocks(stack.integration.organizationId, [], Date.now());
    await send(stack, source, booking(member, house, { version: 2, spaceId }));
    await keepSource(scene, 'booking-with-successors', source);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const source = { kind: 'membership', id: `mbs_${randomUUID().slice(0, 8)}` } as const;
    const planId = `pln_${source.id}`;
    await stack.store.plans.upsert({ id: planId, name: 'Flex' });
    await send(stack, source, membership(member, planId, house));
    await keepSource(scene, 'membership-stored', source);
    await stack.store.plans.addDoor(planId, house.lock.id);
    await applyChange(scene, 'mapping-change-of-a-plan', { kind: 'plan', planId });
    await rest(stack, source);
    await keepSource(scene, 'membership-looked-again', source);
    await send(stack, source, membership(member, planId, house, { version: 2, status: 'paused' }));
    await keepSource(scene, 'membership-paused', source);
    await send(stack, source, { version: 3, deleted: true });
    await keepSource(scene, 'membership-deleted', source);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const source = newBooking();
    await send(stack, source, booking(member, house));
    const grantId = await grantOf(stack, source, house.lock);
    const { revision } = await stack.read(grantId);
    const elsewhere = stack.group.lockIds[0] ?? 0;
    await stack.store.doorMappings.update(house.lock.id, { resourceId: elsewhere });
    await applyChange(scene, 'mapping-change', ofMapping(house));
    await stack.until(grantId, (grant) => grant.revision > revision && grant.settled);
    await scene.keepGrant('grant-repointed', grantId);
    await applyChange(scene, 'mapping-change-carried-over', ofMapping(house), {
      after: 'memberships|',
      poked: 2,
    });

    const manual = await stack.grant({ member, mapping: house.lock });
    await stack.settled(manual.id);
    await applyChange(scene, 'mapping-change-of-a-deleted-one', ofMapping(house, true));
    await stack.until(manual.id, ({ stops, settled }) => stops.length > 0 && settled);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const source = newBooking();
    const id = workflowIds.source(source);
    await stack.deps.messages.changeSource(source, booking(member, house));
    // Somebody else who speaks for the booking: each attempt finds that it has been overtaken.
    await eventually(
      async () => {
        await stack.store.bookings.beginApply(source.id);
        return historyOf(stack, id);
      },
      (events) => events.some((event) => event.timerStartedEventAttributes),
    );
    await rest(stack, source);
    await keepSource(scene, 'booking-overtaken', source);
  },

  async (scene) => {
    const { stack } = scene;
    await seeGroup(stack);
    const member = await stack.newMember();
    const mapping = await stack.lockMapping(stack.group.lockIds[0] ?? 0);
    const { id } = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(id);
    const former = scene.passId(member, mapping);
    const target = { resourceType: 'group', resourceId: stack.group.id } as const;
    await stack.store.doorMappings.update(mapping.id, target);
    const { revision } = await stack.read(id);
    await stack.deps.messages.askGrantAgain(id);
    await stack.until(id, (grant) => grant.revision > revision && grant.settled);
    await eventually(
      async () => (await stack.client.workflow.getHandle(former).describe()).status.name,
      (status) => status === 'COMPLETED',
    );
    await scene.keepGrant('grant-that-kept-a-pass', id);
    await scene.keep('pass-kept-for-a-while', former);
  },
];

/** Paths in which Kisi holds calls of a booking: they touch everybody, so they are played one by one. */
export const FAULTY_SOURCE_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const spaceId = `${house.spaceId}_next`;
    const next = await newRoom(stack, house.locationId, spaceId, house.lock.resourceId);
    const source = newBooking();
    await send(stack, source, booking(member, house));
    await stack.store.kisiDoors.putLocks(stack.integration.organizationId, [], Date.now());
    stack.simulator.setSwitches({ outage: 'unavailable' });
    const handle = stack.client.workflow.getHandle(workflowIds.source(source));
    await stack.deps.messages.changeSource(
      source,
      booking(member, house, { version: 2, spaceId, endsAt: isoIn(7_200) }),
    );
    await eventually(
      async () => handle.query<{ waitsFor: string }>('state'),
      ({ waitsFor }) => waitsFor.includes('in place'),
    );
    // News while the old grants wait to be taken away, and a person who cancels the run.
    await stack.deps.messages.changeSource(
      source,
      booking(member, house, { version: 3, spaceId, endsAt: isoIn(5_400) }),
    );
    await handle.cancel();
    stack.simulator.setSwitches({ outage: 'none' });
    await handle.result();
    await keepSource(scene, 'booking-changed-while-it-waits', source);
    const grantId = await grantOf(stack, source, next);
    await scene.keepGrant('grant-that-follows-another', grantId);
  },

  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const source = newBooking();
    const [startsAt, endsAt] = [secondsFromNow(-60), secondsFromNow(3_600)];
    const content = { memberIds: [member.id], spaceId: house.spaceId, startsAt, endsAt };
    // Stored, and its run was terminated before it told a grant.
    await stack.store.bookings.accept(source.id, {
      version: 1,
      content: { ...content, status: 'confirmed' },
    });
    const workflowId = 'reconcile-unapplied';
    await stack.client.workflow.execute(WORKFLOW_TYPES.reconcile, {
      workflowId,
      taskQueue: TASK_QUEUES.workflows,
      args: [],
    });
    await rest(stack, source);
    await scene.keep('reconcile-with-a-source-to-poke', workflowId);
  },
];

function isoIn(seconds: number): string {
  return new Date(secondsFromNow(seconds)).toISOString();
}

/** Paths that cross continue-as-new, for a server that suggests it early. */
export const CONTINUING_SOURCE_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const [member, house] = [await stack.newMember(), await newHouse(stack)];
    const source = newBooking();
    await stack.stopWorkers();
    for (let version = 1; version <= WAITING; version += 1) {
      const endsAt = isoIn(3_600 + version);
      await stack.deps.messages.changeSource(source, booking(member, house, { version, endsAt }));
    }
    const id = workflowIds.source(source);
    const first = await scene.runIdOf(id);
    await stack.startWorkers();
    await rest(stack, source);
    await scene.keep('booking-continued-as-new', id, first);
    await scene.keep('booking-after-continue-as-new', id);
  },
];
