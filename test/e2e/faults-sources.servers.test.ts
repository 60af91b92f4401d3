import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { workflowIds } from '../../src/contracts/names';
import { followSourceSignal } from '../../src/contracts/grant-messages';
import { standsAsAsked } from '../../src/domain/source-asked';
import type { Member } from '../../src/store';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { fromNow, hostOf, iso } from './host';
import { judgeSince, outcomesOf, timesDone } from './verdict';

/** Three batches of telling: enough for a worker to die between the first grant and the last. */
const MEMBERS = 24;
const HOUR = 3_600_000;
const BOOKING = 'bkg_1';
/** An attempt that died with its worker is tried again after 10 s; then Kisi takes 5 calls a second. */
const AFTER_RETRY_MS = 90_000;

beforeAll(build, BUILD_TIMEOUT_MS);

describe('a worker that is killed while it tells the grants of a booking', () => {
  it(
    'opens the door of every member once, and after the next death shuts it for every one',
    async () => {
      await withInstallation({}, async (installation) => {
        const { api, rowsOf, simulator, store } = installation;
        // The harsher organization: what is asked twice stands twice.
        simulator.setSwitches({ duplicateGrant: 'newRow' });
        const host = hostOf(installation);
        const organization = await host.connect('Team day', 1);
        const [lockId = 0] = organization.lockIds;
        await host.map(organization, lockId);
        const members = await Promise.all(Array.from({ length: MEMBERS }, () => host.newMember()));
        const [startsAt, endsAt] = [fromNow(0), fromNow(HOUR)];
        const booking = {
          memberIds: members.map(({ id }) => id),
          spaceId: organization.spaceId,
          startsAt: iso(startsAt),
          endsAt: iso(endsAt),
        };
        const begun = Date.now();
        const put = (version: number, status: string): Promise<unknown> =>
          api.ok('PUT', `/v1/bookings/${BOOKING}`, { ...booking, version, status });

        const granting = put(1, 'confirmed');
        await killWhileTelling(installation, 1);
        await granting;
        await installation.startWorker();
        await untilAllStand(installation, 1);

        const row = { from: null, until: iso(endsAt) };
        await expectEach(installation, members, {
          rows: [row],
          told: ['grant accepted', 'grant in_place'],
        });
        expectDone(installation, organization.organizationId, begun, { POST: MEMBERS, DELETE: 0 });

        const cancelling = put(2, 'cancelled');
        await killWhileTelling(installation, 2);
        await cancelling;
        await installation.startWorker();
        await untilAllStand(installation, 2);

        await expectEach(installation, members, {
          rows: [],
          told: ['grant accepted', 'grant in_place', 'revoke accepted', 'revoke removed'],
        });
        expectDone(installation, organization.organizationId, begun, {
          POST: MEMBERS,
          DELETE: MEMBERS,
        });
        for (const member of members) {
          await judgeSince(installation, member, lockId, begun);
          expect(rowsOf(member)).toEqual([]);
        }
        const all = await store.grants.list({}, { limit: 200 }, Date.now());
        expect(all.data).toHaveLength(MEMBERS);
      });
    },
    2 * AFTER_RETRY_MS + 60_000,
  );
});

/** Kills the worker once the first grant has heard the version, and sees that the last has not. */
async function killWhileTelling(installation: Installation, version: number): Promise<void> {
  const { store } = installation;
  const [worker] = installation.workers();
  const deadline = Date.now() + 30_000;
  let first: string | undefined;
  // That the first one exists is seen at once in MongoDB; Temporal takes longer to say so, and by then
  // all might have been told.
  const isTold = async (grantId: string): Promise<boolean> =>
    version === 1
      ? (await store.grants.get(grantId)) !== null
      : (await timesTold(installation, grantId)) >= version;
  while (first === undefined || !(await isTold(first))) {
    if (Date.now() > deadline) throw new Error('No grant was told');
    const record = await store.bookings.get(BOOKING);
    first = record?.version === version ? record.asked[0]?.grantId : undefined;
    await sleep(2);
  }
  await worker?.kill('SIGKILL');

  const record = await store.bookings.get(BOOKING);
  expect(record?.appliedVersion).not.toBe(version);
  const asked = record?.asked ?? [];
  expect(asked).toHaveLength(MEMBERS);
  const told = await Promise.all(asked.map(({ grantId }) => timesTold(installation, grantId)));
  expect(told.some((times) => times < version)).toBe(true);
}

/** How often the grant heard from its booking; 0: its workflow does not exist. */
async function timesTold({ client }: Installation, grantId: string): Promise<number> {
  try {
    const handle = client.workflow.getHandle(workflowIds.grant(grantId));
    // The call for a history says that there is none in its own way.
    await handle.describe();
    const { events } = await handle.fetchHistory();
    return (events ?? []).filter(
      ({ workflowExecutionSignaledEventAttributes: signal }) =>
        signal?.signalName === followSourceSignal.name,
    ).length;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 0;
    throw error;
  }
}

async function untilAllStand({ store }: Installation, version: number): Promise<void> {
  const deadline = Date.now() + AFTER_RETRY_MS;
  for (;;) {
    const record = await store.bookings.get(BOOKING);
    const asked = record?.asked ?? [];
    const grants = await store.grants.getMany(asked.map(({ grantId }) => grantId));
    const waiting = asked.filter(
      (one) => !standsAsAsked(one, grants.find(({ id }) => id === one.grantId) ?? null, Date.now()),
    );
    if (record?.appliedVersion === version && waiting.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`Not as asked: ${JSON.stringify({ record, waiting, grants }, null, 1)}`);
    }
    await sleep(100);
  }
}

/** Every member has one grant and one user at Kisi, exactly these rows, and a log without doubles. */
async function expectEach(
  installation: Installation,
  members: readonly Member[],
  wanted: { rows: { from: string | null; until: string }[]; told: string[] },
): Promise<void> {
  const { store, simulator, rowsOf } = installation;
  const { users } = simulator.state();
  for (const member of members) {
    const { data } = await store.grants.list({ memberId: member.id }, { limit: 10 }, Date.now());
    const found = {
      grants: data.length,
      users: users.filter(({ email }) => email === member.email).length,
      rows: rowsOf(member).map(({ from, until }) => ({ from, until })),
      told: await outcomesOf(installation, data[0]?.id ?? ''),
    };
    expect(found).toEqual({ grants: 1, users: 1, ...wanted });
  }
}

/** What was done at Kisi with role assignments since the instant (ms UTC). */
function expectDone(
  installation: Installation,
  organizationId: number,
  since: number,
  wanted: { POST: number; DELETE: number },
): void {
  const times = (method: string, path: RegExp): number =>
    timesDone(installation, { method, path, organizationId }, since);
  expect({
    POST: times('POST', /^\/role_assignments$/),
    DELETE: times('DELETE', /^\/role_assignments\/\d+$/),
  }).toEqual(wanted);
}
