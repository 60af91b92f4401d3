import {
  badKeySaid,
  kisiDownSaid,
  noticeText,
  removalsHeldSaid,
  startAtRiskSaid,
  type AlertPlace,
} from '../../src/domain/alert-words';
import type { Alert, AlertKind } from '../../src/domain/alerts';
import { Words } from '../../src/domain/explain-words';

const AT = Date.UTC(2026, 10, 24, 9, 0, 0);
const berlin: AlertPlace = { name: 'Demo (Berlin Mitte)', words: new Words('Europe/Berlin') };

function alert(kind: AlertKind, change: Partial<Alert> = {}): Alert {
  return {
    id: `${kind}#1`,
    key: kind,
    kind,
    integrationId: 'int_1',
    grantId: null,
    since: AT,
    what: 'What is wrong.',
    nextStep: 'What to do.',
    episode: 1,
    openedAt: AT,
    isFlapping: false,
    clearSince: null,
    closedAt: null,
    ...change,
  };
}

it.each([
  [
    'a refused key',
    badKeySaid('int_1', 'kisi_key_refused', AT, berlin),
    'Kisi refuses the API key',
  ],
  ['a weak key', badKeySaid('int_1', 'kisi_rights_missing', AT, berlin), 'may not manage access'],
  ['an outage', kisiDownSaid('int_1', AT, berlin), 'Kisi has not answered'],
  [
    'held removals',
    removalsHeldSaid('int_1', { at: AT, removals: 11, openDoors: 40 }, berlin),
    '11 of 40',
  ],
])('%s: says what, where, since when in the zone, and the call that helps', (_, said, what) => {
  expect(said.what).toContain(what);
  expect(said.what).toContain('Demo (Berlin Mitte)');
  expect(said.what).toContain('24 Nov 2026, 10:00 (Europe/Berlin)');
  expect(said.nextStep).toContain('/v1/integrations/int_1');
});

describe('a start at risk', () => {
  const grant = {
    id: 'grt_1',
    memberId: 'mem_1',
    doorMappingId: 'dm_1',
    startsAt: AT,
    provisioning: 'attention',
    problem: {
      type: 'kisi_refused',
      detail: 'Kisi refused (422): email anna@example.com is taken',
    },
  } as const;

  it('names member and door, the time in the zone, why in our words, and where to look', () => {
    const said = startAtRiskSaid(grant, 'Room 1', berlin, AT - 60_000);
    expect(said.what).toBe(
      'Access of member mem_1 to Room 1, Demo (Berlin Mitte), begins 24 Nov 2026, 10:00 (Europe/Berlin) and is not in place: Kisi refuses it (grant grt_1).',
    );
    expect(said.nextStep).toContain('GET /v1/members/mem_1/explain?doorMappingId=dm_1');
  });

  it.each([
    ['pending', 'it is not set up at Kisi yet'],
    ['queued', 'Kisi still holds an earlier window of the member'],
  ] as const)('that is %s without a problem says so, and that its time has come', (state, why) => {
    const said = startAtRiskSaid(
      { ...grant, provisioning: state, problem: null },
      'Room 1',
      berlin,
      AT,
    );
    expect(said.what).toContain('should have begun 24 Nov 2026');
    expect(said.what).toContain(why);
  });
});

describe('a notice', () => {
  it('of an opening says what is wrong and what to do', () => {
    expect(noticeText('opened', [alert('kisi_down')], berlin)).toEqual({
      subject: 'Kisi does not answer: Demo (Berlin Mitte)',
      text: 'What is wrong.\n\nWhat to do: What to do.',
    });
  });

  it('of an end says how long it was', () => {
    const over = alert('kisi_down', { clearSince: AT + 3_600_000 });
    const { subject, text } = noticeText('closed', [over], berlin);
    expect(subject).toBe('Kisi answers again: Demo (Berlin Mitte)');
    expect(text).toContain(
      'from 24 Nov 2026, 10:00 (Europe/Berlin) until 24 Nov 2026, 11:00 (Europe/Berlin)',
    );
    expect(text).toContain('GET /v1/integrations/int_1/outage');
  });

  it('of starts lists twenty, and counts the rest', () => {
    const starts = [...Array(23).keys()].map((at) =>
      alert('start_at_risk', { id: String(at), what: `Start ${String(at)}.` }),
    ) as [Alert, ...Alert[]];
    const { subject, text } = noticeText('opened', starts, berlin);
    expect(subject).toBe('23 starts are near and not in place: Demo (Berlin Mitte)');
    expect(text).toContain('- Start 19.');
    expect(text).not.toContain('Start 20.');
    expect(text).toContain('and 3 more: GET /v1/alerts?open=true&kind=start_at_risk');
    const one = noticeText('opened', [alert('start_at_risk')], berlin);
    expect(one.subject).toBe('A start is near and not in place: Demo (Berlin Mitte)');
    expect(one.text).toBe('- What is wrong.\n\nWhat to do: What to do.');
  });
});
