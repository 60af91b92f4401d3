import { randomUUID } from 'node:crypto';
import { explainAccess, type Explained } from '../../src/access/explain';
import { PROBLEM_STEPS } from '../../api/http/grant-problems';
import type { PassRef } from '../../src/domain/door';
import type { Explanation } from '../../src/domain/explain';
import type { Grant } from '../../src/domain/grant';
import type { BookingStatus, MembershipStatus } from '../../src/domain/source';
import type { DoorMapping, Member } from '../../src/store';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';
import { aMapping, aStoredGrant } from './keys-under-test';

let access: AccessUnderTest;
/** The door of Room 1, which all situations are about unless they say otherwise. */
let door: DoorMapping;

beforeAll(async () => {
  access = await accessUnderTest();
  const { store } = access;
  await store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await store.spaces.upsert({ id: 'spc_1', name: 'Room 1', locationId: 'loc_1' });
  await store.spaces.upsert({ id: 'spc_2', name: 'Room 2', locationId: 'loc_1' });
  await store.plans.upsert({ id: 'pln_1', name: 'Resident' });
  await store.plans.upsert({ id: 'pln_bare', name: 'Mailbox' });
  door = await aMapping(
    access,
    { lock: access.lockId },
    { name: 'Meeting Room 1', locationId: 'loc_1', spaceId: 'spc_1' },
  );
  await store.plans.addDoor('pln_1', door.id);
});
afterAll(() => access.close());

/** Explains, and holds the verdict to what the simulated Kisi's own ledger says. */
async function judged(
  member: Member,
  {
    mapping = door,
    lockId = access.lockId,
    at,
  }: Partial<{
    mapping: DoorMapping;
    lockId: number;
    at: number;
  }> = {},
): Promise<Explained> {
  const explained = await ask(member, mapping, at);
  const isOpen = access.couldOpen(member, lockId, at);
  expect({ access: explained.explanation.access }).toEqual({ access: isOpen ? 'yes' : 'no' });
  return explained;
}

async function ask(
  { id }: Member,
  { id: doorMappingId }: DoorMapping,
  at?: number,
): Promise<Explained> {
  const { store } = access;
  const [member, standing, mapping] = await Promise.all([
    store.members.get(id),
    store.doorMappings.get(doorMappingId),
    store.doorMappings.getEvenDeleted(doorMappingId),
  ]);
  if (!member || !mapping) throw new Error('The member or the mapping is not there');
  return explainAccess(access.deps, {
    member,
    mapping,
    isDeleted: standing === null,
    at,
    locationIds: null,
    remedies: PROBLEM_STEPS,
  });
}

/** Everything not as it must be has its one next step; the first is what the operator reads. */
function expectFirst({ explanation }: Explained, code: string, path: RegExp | null): void {
  for (const { ok, nextStep, text } of explanation.reasons) {
    if (ok === false) expect({ text, step: nextStep?.text ?? '' }).not.toMatchObject({ step: '' });
  }
  const [first] = explanation.reasons;
  expect({ code: first?.code, ok: first?.ok, all: codes(explanation) }).toMatchObject({
    code,
    ok: false,
  });
  expect(explanation.summary).toContain(first?.text ?? 'no reason at all');
  if (path === null) expect(first?.nextStep?.where).toContain('Kisi dashboard');
  else
    expect(`${first?.nextStep?.call?.method ?? ''} ${first?.nextStep?.call?.path ?? ''}`).toMatch(
      path,
    );
}

function codes({ reasons }: Explanation): string[] {
  return reasons.map(({ code, ok }) => `${code} ${String(ok)}`);
}

interface Held {
  member: Member;
  grant: Grant;
  pass: PassRef;
}

/** A member whose access stands at Kisi, from now for an hour unless said otherwise. */
async function held(change: Partial<Grant> = {}): Promise<Held> {
  const member = await access.member();
  const pass = await access.lockPass(member);
  const grant = await aStoredGrant(access, member, door, change);
  const { startsAt: from, endsAt: until } = grant;
  await access.wish(pass, { grantId: grant.id, from, until });
  await access.settle(pass);
  return { member, grant, pass };
}

async function aBooking(
  member: Member,
  status: BookingStatus,
  { spaceId = 'spc_1', from = -MINUTE }: { spaceId?: string; from?: number } = {},
): Promise<string> {
  const id = `bkg_${randomUUID().slice(0, 8)}`;
  const startsAt = access.now() + from;
  await access.store.bookings.accept(id, {
    version: 1,
    content: { memberIds: [member.id], spaceId, startsAt, endsAt: startsAt + HOUR, status },
  });
  return id;
}

async function aMembership(
  member: Member,
  status: MembershipStatus,
  planId = 'pln_1',
): Promise<string> {
  const id = `mbs_${randomUUID().slice(0, 8)}`;
  await access.store.memberships.accept(id, {
    version: 1,
    content: {
      memberIds: [member.id],
      planId,
      locationId: 'loc_1',
      startsAt: access.now() - HOUR,
      endsAt: null,
      status,
    },
  });
  return id;
}

const userOf = async ({ id }: Member): Promise<number> =>
  (await access.store.memberLinks.get(access.integration.organizationId, id))?.kisiUserId ?? 0;

const rowOf = async (pass: PassRef): Promise<number> => (await access.rows(pass))[0]?.id ?? 0;

describe('a door that opens', () => {
  it('says yes, with every reason as it must be, and shows what only Kisi shows', async () => {
    const { member, grant } = await held();
    const { explanation, facts } = await judged(member);
    expect(explanation).toMatchObject({ open: 'yes', access: 'yes' });
    expect(explanation.reasons.filter(({ ok }) => ok === false)).toEqual([]);
    expect(codes(explanation)).toEqual(
      expect.arrayContaining([
        'door_mapping true',
        'grant true',
        'provisioning true',
        'kisi_row true',
      ]),
    );
    const credentials = explanation.reasons.find(({ code }) => code === 'kisi_credentials');
    expect(credentials?.nextStep?.where).toMatch(
      /^Kisi dashboard > Users > .+ > Digital Credentials$/,
    );
    expect(explanation.summary).toContain('can open Meeting Room 1');
    expect(explanation.summary).toContain('(Europe/Berlin)');
    expect(facts).toMatchObject({
      basis: 'live',
      kisi: { silence: null, rows: [{ ours: true, until: grant.endsAt }] },
    });
  });

  it('opens through another mapping of the same lock, whichever of them is asked about', async () => {
    const { member } = await held();
    const other = await aMapping(
      access,
      { lock: access.lockId },
      { name: 'Side', locationId: 'loc_1' },
    );
    const { explanation } = await judged(member, { mapping: other });
    expect(explanation.open).toBe('yes');
    expect(codes(explanation)).toContain('grant true');
  });

  it('tells of a later time by what is written ahead', async () => {
    const startsAt = access.now() + HOUR;
    const { member } = await held({ startsAt, endsAt: startsAt + HOUR });
    await judged(member, { at: startsAt + MINUTE });
    const before = await judged(member);
    expectFirst(before, 'grant_starts_later', /^PATCH \/v1\/grants\//);
    await judged(member, { at: startsAt + 2 * HOUR });
  });
});

/** Brings about one thing that is wrong; answers who stands at the door. */
interface Situation {
  name: string;
  arrange: () => Promise<Member>;
  first: string;
  /** The call of the next step; `null`: it is done in Kisi's dashboard. */
  step: RegExp | null;
  open?: Explanation['open'];
}

const SITUATIONS: Situation[] = [
  {
    name: 'nothing gives access',
    arrange: () => access.member(),
    first: 'no_grant',
    step: /^POST \/v1\/members\/.+\/grants$/,
  },
  {
    name: 'the booking is not confirmed',
    arrange: async () => {
      const member = await access.member();
      await aBooking(member, 'pending');
      return member;
    },
    first: 'booking_pending',
    step: /^PUT \/v1\/bookings\/bkg_/,
  },
  {
    name: 'the booking was cancelled',
    arrange: async () => {
      const member = await access.member();
      await aBooking(member, 'cancelled');
      return member;
    },
    first: 'booking_cancelled',
    step: /^PUT \/v1\/bookings\/bkg_/,
  },
  {
    name: 'the booking is for another space',
    arrange: async () => {
      const member = await access.member();
      await aBooking(member, 'confirmed', { spaceId: 'spc_2' });
      return member;
    },
    first: 'booking_elsewhere',
    step: /^PATCH \/v1\/door-mappings\/dm_/,
  },
  {
    name: 'the booking was accepted a moment ago',
    arrange: async () => {
      const member = await access.member();
      await aBooking(member, 'confirmed');
      return member;
    },
    first: 'source_being_applied',
    step: /^GET \/v1\/bookings\/bkg_/,
  },
  {
    name: 'the membership is paused',
    arrange: async () => {
      const member = await access.member();
      await aMembership(member, 'paused');
      return member;
    },
    first: 'membership_paused',
    step: /^PUT \/v1\/memberships\/mbs_/,
  },
  {
    name: 'the membership was cancelled',
    arrange: async () => {
      const member = await access.member();
      await aMembership(member, 'cancelled');
      return member;
    },
    first: 'membership_cancelled',
    step: /^PUT \/v1\/memberships\/mbs_/,
  },
  {
    name: 'the plan does not list the door',
    arrange: async () => {
      const member = await access.member();
      await aMembership(member, 'active', 'pln_bare');
      return member;
    },
    first: 'membership_of_other_doors',
    step: /^POST \/v1\/plans\/pln_bare\/door-access$/,
  },
  {
    name: 'the grant ended an hour ago',
    arrange: async () => {
      const member = await access.member();
      const endsAt = access.now() - HOUR;
      await aStoredGrant(access, member, door, {
        startsAt: endsAt - HOUR,
        endsAt,
        provisioning: 'removed',
      });
      return member;
    },
    first: 'grant_ended',
    step: /^POST \/v1\/members\/.+\/grants$/,
  },
  {
    name: 'the grant was revoked by hand',
    arrange: async () => {
      const member = await access.member();
      await aStoredGrant(access, member, door, { stops: ['admin'], provisioning: 'removed' });
      return member;
    },
    first: 'grant_revoked',
    step: /^POST \/v1\/grants\/.+\/restore$/,
  },
  {
    name: "the grant's workflow was terminated",
    arrange: async () => {
      const member = await access.member();
      await aStoredGrant(access, member, door, { stops: ['terminated'], provisioning: 'removed' });
      return member;
    },
    first: 'grant_terminated',
    step: /^POST \/v1\/grants\/.+\/restore$/,
  },
  {
    name: 'the booking was deleted',
    arrange: async () => {
      const member = await access.member();
      const gone = { source: 'booking', sourceId: 'bkg_gone', stops: ['source'] } as const;
      await aStoredGrant(access, member, door, {
        ...gone,
        stops: ['source'],
        provisioning: 'removed',
      });
      return member;
    },
    first: 'source_withdrawn',
    step: /^GET \/v1\/bookings\/bkg_gone$/,
  },
  {
    name: 'the member is on hold',
    arrange: async () => {
      const { member, pass } = await held();
      await access.store.members.setHold(member.id, { reason: 'unpaid', by: BY });
      await access.settle(pass);
      return member;
    },
    first: 'member_on_hold',
    step: /^DELETE \/v1\/members\/.+\/hold$/,
  },
  {
    name: 'the grant is only just accepted',
    arrange: async () => {
      const member = await access.member();
      await aStoredGrant(access, member, door, { provisioning: 'pending', settled: false });
      return member;
    },
    first: 'being_set_up',
    step: /^POST \/v1\/grants\/.+\/retry$/,
  },
  {
    name: 'the e-mail address is somebody else’s at Kisi',
    arrange: async () => {
      const member = await access.member();
      await aStoredGrant(access, member, door, {
        provisioning: 'attention',
        problem: { type: 'kisi_user_taken', detail: 'The user belongs to another member.' },
      });
      return member;
    },
    first: 'provisioning_problem',
    step: /^POST \/v1\/grants\/.+\/retry$/,
  },
  {
    name: 'somebody deleted the role assignment in the dashboard',
    arrange: async () => {
      const { member, pass } = await held();
      access.simulator.drift({ kind: 'deleteRow', id: await rowOf(pass) });
      return member;
    },
    first: 'kisi_row_missing',
    step: /^POST \/v1\/grants\/.+\/retry$/,
  },
  {
    name: 'somebody ended the role assignment in the dashboard',
    arrange: async () => {
      const { member, pass } = await held();
      const validUntil = access.now() - MINUTE;
      access.simulator.drift({ kind: 'editRow', id: await rowOf(pass), validUntil });
      return member;
    },
    first: 'kisi_row_missing',
    step: /^POST \/v1\/grants\/.+\/retry$/,
  },
  {
    name: 'somebody deleted the user at Kisi',
    arrange: async () => {
      const { member } = await held();
      access.simulator.drift({ kind: 'deleteUser', id: await userOf(member) });
      return member;
    },
    first: 'kisi_user_missing',
    step: /^POST \/v1\/grants\/.+\/retry$/,
  },
  {
    name: "somebody switched the user's access off at Kisi",
    arrange: async () => {
      const { member } = await held();
      const id = await userOf(member);
      access.simulator.drift({ kind: 'editUser', id, accessEnabled: false });
      return member;
    },
    first: 'kisi_user_disabled',
    step: null,
  },
  {
    name: 'somebody else gave access at Kisi, and nothing here asks for it',
    arrange: async () => {
      const member = await access.member();
      const groupId = access.simulator.state().groups[0]?.id ?? 0;
      const holder = await userOf(member);
      access.simulator.drift({ kind: 'addGroupLock', groupId, lockId: access.lockId });
      access.simulator.drift({ kind: 'addRow', assigneeId: holder, groupId });
      return member;
    },
    first: 'no_grant',
    step: /^POST \/v1\/members\/.+\/grants$/,
    open: 'yes',
  },
  {
    name: 'the access of a revoked grant lingers',
    arrange: async () => {
      const { member, grant } = await held();
      const { recordNumber } = grant;
      await access.store.grants.replaceGrant({
        ...grant,
        stops: ['admin'],
        provisioning: 'removing',
        recordNumber: recordNumber + 1,
      });
      return member;
    },
    first: 'grant_revoked',
    step: /^POST \/v1\/grants\/.+\/restore$/,
    open: 'yes',
  },
];

describe.each(SITUATIONS)('$name', ({ arrange, first, step, open }) => {
  it(`says so first (${first}), with the next step, and as the ledger has it`, async () => {
    const member = await arrange();
    const explained = await judged(member);
    expectFirst(explained, first, step);
    expect(explained.explanation.open).toBe(open ?? explained.explanation.access);
  });
});

describe('at a door that is not as it must be', () => {
  it.each([
    [{ lockedDown: true }, 'locked down', 'no', 'lockdown'],
    [{ online: false }, 'offline', 'no', 'offline'],
    [{ geofenceRestrictionEnabled: true }, 'asks for the place', 'unknown', 'geofence'],
    [{ readerRestrictionEnabled: true }, 'asks for its reader', 'unknown', 'reader'],
  ] as const)('%j: access is told apart from opening', async (change, _name, open, word) => {
    const { member } = await held();
    const undo = Object.fromEntries(Object.keys(change).map((key) => [key, key === 'online']));
    access.simulator.drift({ kind: 'editLock', id: access.lockId, ...change });
    try {
      const explained = await judged(member);
      expectFirst(explained, 'obstacle', null);
      expect(explained.explanation).toMatchObject({ access: 'yes', open });
      expect(explained.explanation.summary).toContain(word);
    } finally {
      access.simulator.drift({ kind: 'editLock', id: access.lockId, ...undo });
    }
  });

  it('a group without app access bars those who come through it', async () => {
    const mapping = await aMapping(access, { group: access.group.id }, { locationId: 'loc_1' });
    const member = await access.member();
    const grant = await aStoredGrant(access, member, mapping);
    const pass = access.groupPass(member);
    await access.wish(pass, { grantId: grant.id, from: grant.startsAt, until: grant.endsAt });
    await access.settle(pass);
    const { lockId, id } = access.group;
    expect((await judged(member, { mapping, lockId })).explanation.open).toBe('yes');
    access.simulator.drift({ kind: 'editGroup', id, loginEnabled: false });
    try {
      const explained = await judged(member, { mapping, lockId });
      expectFirst(explained, 'obstacle', null);
      expect(explained.explanation.open).toBe('unknown');
    } finally {
      access.simulator.drift({ kind: 'editGroup', id, loginEnabled: true });
    }
  });
});

describe('a mapping that is not as it must be', () => {
  it('unassigned: no booking reaches it, but a grant by hand does', async () => {
    const bare = await aMapping(access, { lock: access.lockId }, { name: 'New door' });
    const stranger = await access.member();
    expectFirst(await judged(stranger, { mapping: bare }), 'mapping_unassigned', /^PATCH/);
    const { member } = await held();
    const { explanation } = await judged(member, { mapping: bare });
    expect(codes(explanation)).toContain('mapping_unassigned null');
    expect(explanation.open).toBe('yes');
  });

  it('deleted: says so, and how to map it again', async () => {
    const gone = await aMapping(access, { lock: access.lockId }, { locationId: 'loc_1' });
    await access.store.doorMappings.remove(gone.id);
    const explained = await judged(await access.member(), { mapping: gone });
    expectFirst(explained, 'mapping_deleted', /^POST \/v1\/door-mappings$/);
  });
});

describe('an instant that is past', () => {
  it('is answered by the log: what was in place then, and what was not', async () => {
    const member = await access.member();
    const startsAt = access.now() - 4 * HOUR;
    const grant = await aStoredGrant(access, member, door, { startsAt, endsAt: startsAt + HOUR });
    const row = (recordNumber: number, at: number, change: Partial<Grant>) => ({
      id: `${grant.id}:${String(recordNumber)}`,
      action: 'grant' as const,
      status: 'in_place' as const,
      reason: null,
      problem: null,
      by: BY,
      at,
      grant: { ...grant, recordNumber, ...change },
    });
    await access.store.accessLog.append([
      row(1, startsAt - MINUTE, { provisioning: 'pending' }),
      row(2, startsAt + 10 * MINUTE, { provisioning: 'in_place' }),
      row(3, startsAt + 30 * MINUTE, {
        provisioning: 'removed',
        stops: ['admin'],
        reason: 'noise',
      }),
    ]);
    const verdictAt = async (minutes: number) => {
      const { explanation, facts } = await ask(member, door, startsAt + minutes * MINUTE);
      expect(facts.basis).toBe('recorded');
      expect(explanation.summary).toMatch(/^As recorded, /);
      return [explanation.open, explanation.reasons[0]?.code];
    };
    expect(await verdictAt(-5)).toEqual(['no', 'no_grant']);
    expect(await verdictAt(-0.5)).toEqual(['no', 'grant_starts_later']);
    expect(await verdictAt(5)).toEqual(['no', 'being_set_up']);
    expect((await verdictAt(20))[0]).toBe('yes');
    expect(await verdictAt(40)).toEqual(['no', 'grant_revoked']);
  });
});

describe('when Kisi does not answer', () => {
  afterEach(() => {
    access.simulator.setSwitches({ outage: 'none' });
  });

  it('says unknown, and what was last known', async () => {
    const { member, grant } = await held();
    access.simulator.setSwitches({ outage: 'unavailable' });
    const { explanation, facts } = await ask(member, door);
    expect(explanation).toMatchObject({ open: 'unknown', access: 'unknown' });
    expect(facts).toMatchObject({ basis: 'stored', kisi: { rows: [{ until: grant.endsAt }] } });
    expect(codes(explanation)).toEqual(
      expect.arrayContaining(['kisi_not_heard null', 'kisi_row null', 'provisioning true']),
    );
    expect(explanation.summary).toContain('Kisi was not heard');
  });

  it('during a known outage asks nobody, names the outage first, and how to help', async () => {
    const member = await access.member();
    await aStoredGrant(access, member, door, {
      provisioning: 'pending',
      settled: false,
      problem: { type: 'kisi_unavailable', detail: 'Kisi does not answer.' },
    });
    const { organizationId } = access.integration;
    access.simulator.setSwitches({ outage: 'unavailable' });
    await access.store.integrations.recordFault(organizationId, {
      type: 'kisi_unavailable',
      detail: 'Kisi does not answer.',
      nextProbeAt: access.now() + 10_000,
    });
    try {
      access.calls();
      const explained = await ask(member, door);
      expect(access.calls()).toEqual([]);
      expectFirst(explained, 'integration_fault', /^GET \/v1\/integrations\/.+\/outage$/);
      expect(codes(explained.explanation)).not.toContain('provisioning_problem false');
    } finally {
      await access.store.integrations.clearFault(organizationId);
    }
  });
});

it('says that the key is refused, and where another one is made', async () => {
  const { member } = await held();
  access.simulator.addFault({ kind: 'answerBefore', status: 401 });
  try {
    const { explanation, facts } = await ask(member, door);
    expect(explanation.access).toBe('unknown');
    expect(facts.kisi.silence).toBe('Kisi refuses the API key');
  } finally {
    access.simulator.clearFaults();
  }
});

it('says that an emergency stop holds the access back, and how to release it', async () => {
  const { id } = access.integration;
  const { member: inside } = await held();
  const outside = await access.member();
  await aStoredGrant(access, outside, door, {
    provisioning: 'pending',
    problem: { type: 'emergency_stop', detail: 'An emergency stop holds it back.' },
  });
  await access.store.integrations.setEmergencyStop(id, {
    reason: 'burglary',
    includeRemovals: false,
    by: BY,
  });
  try {
    const stopped = await judged(outside);
    expectFirst(stopped, 'integration_stopped', /^DELETE .+\/emergency-stop$/);
    expect(stopped.explanation.summary).toContain('burglary');
    expect((await judged(inside)).explanation.open).toBe('yes');
  } finally {
    await access.store.integrations.clearEmergencyStop(id);
  }
});

// Last, since what it takes away stays away.
it('says that the connection was removed, and that nothing opens since', async () => {
  const { member, pass } = await held();
  const { id } = access.integration;
  const removal = { mode: 'remove', jobId: 'job_1', by: BY } as const;
  await access.store.integrations.beginRemoval(id, removal);
  await access.store.doorMappings.setActive(id, false);
  await access.settle(pass);
  await access.store.integrations.finishRemoval(id, removal.jobId);
  const explained = await judged(member);
  expectFirst(explained, 'integration_removed', /^POST \/v1\/integrations$/);
});
