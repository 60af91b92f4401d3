import { watchAlerts } from '../../src/access/watch-alerts';
import type { Grant } from '../../src/domain/grant';
import { createLogger } from '../../src/logging';
import { sendDueNotices } from '../../src/notices/send-due';
import type { NoticeOutcome } from '../../src/notices/sender';
import type { ReconcileRun, StoredAlert } from '../../src/store';
import { admin, aGrant, freshId, freshNumber, HOUR, useStore } from '../store/fixtures';

const MINUTE = 60_000;
const DAY = 24 * HOUR;
const log = createLogger({ level: 'silent', process: 'test' });
const { store, clock } = useStore();

const LOCATION = 'loc_alerts';
let integrationId: string;
let organizationId: number;
let doorMappingId: string;

/** Each test has an integration of its own, and nothing of the one before stands. */
beforeEach(async () => {
  const earlier = await store().integrations.active();
  for (const { id } of earlier) {
    await store().integrations.beginRemoval(id, { mode: 'leave', jobId: 'job_1', by: admin });
  }
  clock.pass(DAY);
  await look();
  integrationId = freshId('int');
  organizationId = freshNumber();
  await store().locations.upsert({ id: LOCATION, name: 'Mitte', timeZone: 'Europe/Berlin' });
  await store().integrations.insert({
    id: integrationId,
    organizationId,
    organizationName: 'Demo',
    keyOwnerId: 1,
    apiKey: 'kisi-api-key-of-the-test',
    locationIds: [LOCATION],
    createdBy: admin,
  });
  doorMappingId = await mappingOf(integrationId);
});

async function mappingOf(of: string): Promise<string> {
  const id = freshId('dm');
  await store().doorMappings.insert({
    id,
    integrationId: of,
    organizationId,
    locationId: LOCATION,
    spaceId: null,
    resourceType: 'lock',
    resourceId: freshNumber(),
    name: 'Room 1',
    active: true,
    createdBy: admin,
  });
  return id;
}

async function look(): Promise<string[]> {
  const deps = { store: store(), clock, log, startLeadMs: 30 * MINUTE };
  return (await watchAlerts(deps)).channelIds;
}

async function openAlerts(): Promise<StoredAlert[]> {
  return (await store().alerts.open()).sort((a, b) => a.id.localeCompare(b.id));
}

/** A grant that begins in ten minutes, was changed five minutes ago, and has not reached Kisi. */
async function grant(fields: Partial<Grant> = {}): Promise<string> {
  const now = clock.now();
  const made = aGrant({
    doorMappingId,
    startsAt: now + 10 * MINUTE,
    endsAt: now + HOUR,
    changedAt: now - 5 * MINUTE,
    ...fields,
  });
  await store().grants.insertAccepted(made);
  return made.id;
}

async function channel(): Promise<string> {
  const id = freshId('achn');
  const target = { kind: 'email', to: 'desk@example.com' } as const;
  await store().alertChannels.insert({ id, name: 'Desk', enabled: true, target, createdBy: admin });
  return id;
}

/** Notices of a channel, oldest first, with what became of them. */
async function noticesOf(channelId: string): Promise<string[]> {
  const { data } = await store().alerts.list({ integrationId }, { limit: 100 });
  const ids = [...new Set(data.flatMap(({ noticeIds }) => noticeIds))];
  const notices = (await store().notices.of(ids)).filter((one) => one.channelId === channelId);
  return notices.map(({ subject, status }) => `${subject.split(':')[0] ?? ''} (${status})`);
}

async function fault(type: 'kisi_unavailable' | 'kisi_key_refused'): Promise<void> {
  const nextProbeAt = clock.now() + MINUTE;
  await store().integrations.recordFault(organizationId, { type, detail: 'Trouble.', nextProbeAt });
}

describe('a start', () => {
  it.each<[string, () => Partial<Grant>]>([
    ['is pending', () => ({})],
    ['has a problem', () => ({ provisioning: 'attention' })],
    ['is past', () => ({ startsAt: clock.now() - HOUR })],
    [
      'waits for its turn although it has come',
      () => ({ provisioning: 'queued', startsAt: clock.now() - 3 * MINUTE }),
    ],
    ['is open-ended', () => ({ startsAt: clock.now() - DAY, endsAt: null })],
    ['lies exactly at the lead', () => ({ startsAt: clock.now() + 30 * MINUTE })],
  ])('that is near and %s is an alert, in the words of the place', async (_, fields) => {
    const grantId = await grant(fields());
    await look();
    const [alert, ...others] = await openAlerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: 'start_at_risk', grantId, integrationId });
    expect(alert?.what).toContain('Room 1, Demo (Mitte)');
    expect(alert?.what).toContain('(Europe/Berlin)');
  });

  it.each<[string, () => Partial<Grant>]>([
    ['is in place', () => ({ provisioning: 'in_place' })],
    ['is farther away', () => ({ startsAt: clock.now() + 31 * MINUTE })],
    ['was changed just now', () => ({ changedAt: clock.now() - 59_000 })],
    ['waits for its turn', () => ({ provisioning: 'queued' })],
    ['is stopped', () => ({ stops: ['admin'] })],
    ['is over', () => ({ startsAt: clock.now() - HOUR, endsAt: clock.now() })],
    [
      'is kept shut by a hold',
      () => ({
        problem: { type: 'member_on_hold', detail: 'On hold.' },
        provisioning: 'attention',
      }),
    ],
  ])('that %s is none', async (_, fields) => {
    await grant(fields());
    await look();
    expect(await openAlerts()).toEqual([]);
  });

  it('at a removed integration is none, and with a deleted mapping it is one', async () => {
    const other = freshId('int');
    await store().integrations.insert({
      id: other,
      organizationId: freshNumber(),
      organizationName: 'Gone',
      keyOwnerId: 1,
      apiKey: 'another-kisi-api-key',
      locationIds: [],
      createdBy: admin,
    });
    const elsewhere = await mappingOf(other);
    await store().integrations.beginRemoval(other, { mode: 'leave', jobId: 'j', by: admin });
    await grant({ doorMappingId: elsewhere });
    const lost = await grant({ doorMappingId: 'dm_deleted' });
    await look();
    expect(await openAlerts()).toMatchObject([{ grantId: lost, integrationId: null }]);
  });

  it('is told of once with the others of the same look, and ends when it is in place', async () => {
    const desk = await channel();
    const ids = [await grant(), await grant()];
    await look();
    await grant();
    clock.pass(MINUTE);
    await look();
    await look();
    expect(await noticesOf(desk)).toEqual([
      '2 starts are near and not in place (owed)',
      'A start is near and not in place (owed)',
    ]);
    for (const id of ids) {
      const stored = await store().grants.get(id);
      if (!stored) throw new Error('The grant is gone');
      await store().grants.replaceGrant({ ...stored, provisioning: 'in_place', recordNumber: 1 });
    }
    await look();
    expect(await openAlerts()).toHaveLength(1);
    expect(await noticesOf(desk)).toHaveLength(2);
  });
});

describe('the guard of the reconciliation', () => {
  const run = (change: Partial<ReconcileRun>): ReconcileRun => ({
    id: freshId('run'),
    organizationId,
    startedAt: clock.now(),
    finishedAt: clock.now(),
    expired: 0,
    started: 0,
    repaired: 0,
    removed: 0,
    foreignRows: { count: 0, sample: [] },
    plannedRemovals: 12,
    openDoors: 40,
    refused: true,
    disabledUserIds: [],
    skipped: null,
    ...change,
  });

  it('is an alert until somebody has given their word', async () => {
    await store().reconcileRuns.save(run({}));
    await look();
    expect(await openAlerts()).toMatchObject([
      { kind: 'removals_held', what: expect.stringContaining('12 of 40') as unknown },
    ]);
    await store().integrations.setRemovalApproval(integrationId, admin);
    await look();
    expect(await openAlerts()).toEqual([]);
  });

  it('stays one when the next runs compare nothing, or the word was not taken in time', async () => {
    await store().reconcileRuns.save(run({}));
    clock.pass(HOUR);
    await store().reconcileRuns.save(run({ refused: false, skipped: 'Kisi answered 503' }));
    await look();
    expect(await openAlerts()).toHaveLength(1);
    await store().integrations.setRemovalApproval(integrationId, admin);
    clock.pass(2 * HOUR);
    await look();
    expect(await openAlerts()).toHaveLength(1);
    await store().reconcileRuns.save(run({ refused: false }));
    await look();
    expect(await openAlerts()).toEqual([]);
  });
});

describe('a look', () => {
  it('that died before it wrote the notices is made up for, and two at once tell once', async () => {
    const desk = await channel();
    await fault('kisi_key_refused');
    // What the first of two looks does before it dies.
    const dying = jest.spyOn(store().notices, 'record').mockRejectedValue(new Error('it died'));
    await expect(look()).rejects.toThrow('it died');
    dying.mockRestore();
    expect(await openAlerts()).toMatchObject([{ kind: 'bad_key', noticeIds: [] }]);
    await Promise.all([look(), look()]);
    await look();
    expect(await noticesOf(desk)).toEqual(['The Kisi API key does not work (owed)']);
  });

  it('tells only channels that are enabled, and answers whom something is owed to', async () => {
    const [desk, quiet] = [await channel(), await channel()];
    await store().alertChannels.update(quiet, { enabled: false });
    await fault('kisi_key_refused');
    const owed = await look();
    expect(owed).toContain(desk);
    expect(owed).not.toContain(quiet);
    expect(await noticesOf(quiet)).toEqual([]);
  });
});

describe('what a channel is owed', () => {
  let desk: string;
  let outcomes: NoticeOutcome[];
  let sent: string[];
  beforeEach(async () => {
    desk = await channel();
    outcomes = [];
    sent = [];
    await fault('kisi_unavailable');
    clock.pass(MINUTE);
    await look();
    await store().integrations.clearFault(organizationId);
    await look();
    clock.pass(2 * MINUTE);
    await look();
  });

  async function send(): Promise<void> {
    const noticeSender = {
      canMail: true,
      send: (_target: object, { subject }: { subject: string }) => {
        sent.push(subject.split(':')[0] ?? '');
        return Promise.resolve(outcomes.shift() ?? ({ is: 'sent' } as const));
      },
      close: () => undefined,
    };
    await sendDueNotices({ store: store(), noticeSender, clock, log }, { channelId: desk });
  }
  const [DOWN, BACK] = ['Kisi does not answer', 'Kisi answers again'];

  it('is sent in order, and once', async () => {
    await send();
    await send();
    expect(sent).toEqual([DOWN, BACK]);
    expect(await noticesOf(desk)).toEqual([`${DOWN} (sent)`, `${BACK} (sent)`]);
  });

  it('waits behind what did not arrive, with growing pauses of ten minutes at most', async () => {
    outcomes = Array.from({ length: 12 }, () => ({ is: 'unreached', detail: 'Nobody there.' }));
    const tries: number[] = [];
    for (let minute = 0; outcomes.length > 0; minute += 1) {
      const before = sent.length;
      await send();
      if (sent.length > before) tries.push(minute);
      clock.pass(MINUTE);
    }
    expect(new Set(sent)).toEqual(new Set([DOWN]));
    const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(pauses[0]).toBe(1);
    expect(Math.max(...pauses)).toBeGreaterThan(6);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(13);
    clock.pass(HOUR);
    sent = [];
    await send();
    expect(sent).toEqual([DOWN, BACK]);
  });

  it('is not held up by what was refused, which is given up after a day', async () => {
    outcomes = [{ is: 'refused', detail: 'The webhook answered 404.' }];
    await send();
    expect(sent).toEqual([DOWN, BACK]);
    expect(await noticesOf(desk)).toEqual([`${DOWN} (owed)`, `${BACK} (sent)`]);
    clock.pass(DAY);
    outcomes = [{ is: 'refused', detail: 'The webhook answered 404.' }];
    await send();
    expect(await noticesOf(desk)).toEqual([`${DOWN} (failed)`, `${BACK} (sent)`]);
  });

  it('is skipped when the channel is disabled, and forgotten when it is deleted', async () => {
    await store().alertChannels.update(desk, { enabled: false });
    await send();
    expect(await noticesOf(desk)).toEqual([`${DOWN} (skipped)`, `${BACK} (skipped)`]);
    const [other] = [await channel()];
    await fault('kisi_key_refused');
    await look();
    await store().alertChannels.delete(other);
    desk = other;
    await send();
    expect(await noticesOf(other)).toEqual([]);
    expect(sent).toEqual([]);
  });
});
