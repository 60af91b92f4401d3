import {
  alertKeys,
  FLAPPING_HOLD_DOWN_MS,
  FLAPPING_MS,
  HOLD_DOWN_MS,
  judgeAlerts,
  SILENT_MS,
  type Alert,
  type AlertChanges,
  type AlertFact,
  type AlertKind,
} from '../../src/domain/alerts';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 10, 24, 10);
const SERVED = new Set(['int_1', 'int_2']);

function fact(kind: AlertKind, change: Partial<AlertFact> = {}): AlertFact {
  return {
    key:
      kind === 'start_at_risk'
        ? alertKeys.start('grt_1', BEGIN)
        : alertKeys.integration('int_1', kind),
    kind,
    integrationId: 'int_1',
    grantId: kind === 'start_at_risk' ? 'grt_1' : null,
    since: BEGIN - MINUTE,
    what: `${kind} is so.`,
    nextStep: 'Do something.',
    ...change,
  };
}

/** Keeps what is known from one look to the next, as the store does, and counts what people hear. */
class World {
  alerts: Alert[] = [];
  readonly notices: string[] = [];

  look(facts: AlertFact[], now: number, served: ReadonlySet<string> = SERVED): AlertChanges {
    const changes = judgeAlerts(facts, this.alerts, served, now);
    for (const { alert, notice } of changes.opened) {
      this.alerts.push(alert);
      if (notice && !this.notices.includes(notice.id)) this.notices.push(notice.id);
    }
    for (const { id, what, nextStep } of changes.reworded) this.#set(id, { what, nextStep });
    for (const { id, since } of changes.cleared) this.#set(id, { clearSince: since });
    for (const { id } of changes.closed) this.#set(id, { closedAt: now });
    for (const { notice } of changes.closed) if (notice) this.notices.push(notice.id);
    return changes;
  }

  #set(id: string, fields: Partial<Alert>): void {
    this.alerts = this.alerts.map((alert) => (alert.id === id ? { ...alert, ...fields } : alert));
  }

  get open(): string[] {
    return this.alerts.filter(({ closedAt }) => closedAt === null).map(({ id }) => id);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe.each(['bad_key', 'kisi_down', 'removals_held'] as const)('%s', (kind) => {
  const id = `integration:int_1:${kind}#1`;

  it('is told of once, however often it is looked at', () => {
    for (let minute = 0; minute < 120; minute += 1) {
      world.look([fact(kind)], BEGIN + minute * MINUTE);
    }
    expect(world.notices).toEqual([`${id}:opened`]);
    expect(world.open).toEqual([id]);
  });

  it('is told of anew when it comes again long after its end', () => {
    world.look([fact(kind)], BEGIN);
    for (const at of [1, 2, 3, 4]) world.look([], BEGIN + at * MINUTE);
    expect(world.open).toEqual([]);
    world.look([fact(kind)], BEGIN + FLAPPING_MS + 10 * MINUTE);
    expect(world.notices.filter((notice) => notice.endsWith(':opened'))).toHaveLength(2);
    expect(world.alerts.at(-1)).toMatchObject({ episode: 2, isFlapping: false });
  });

  it('ends in silence when its integration is removed', () => {
    world.look([fact(kind)], BEGIN);
    world.look([], BEGIN + MINUTE, new Set(['int_2']));
    expect(world.open).toEqual([]);
    expect(world.notices).toEqual([`${id}:opened`]);
  });
});

describe.each(['bad_key', 'kisi_down'] as const)('the end of %s', (kind) => {
  const id = `integration:int_1:${kind}#1`;

  it('is told of once, when it has been over for two minutes', () => {
    world.look([fact(kind)], BEGIN);
    world.look([], BEGIN + MINUTE);
    world.look([], BEGIN + MINUTE + HOLD_DOWN_MS - 1);
    expect(world.open).toEqual([id]);
    expect(world.alerts[0]?.clearSince).toBe(BEGIN + MINUTE);
    world.look([], BEGIN + MINUTE + HOLD_DOWN_MS);
    world.look([], BEGIN + 60 * MINUTE);
    expect(world.notices).toEqual([`${id}:opened`, `${id}:closed`]);
  });

  it('is not told of when it comes back before', () => {
    world.look([fact(kind)], BEGIN);
    world.look([], BEGIN + MINUTE);
    world.look([fact(kind)], BEGIN + 2 * MINUTE);
    expect(world.alerts[0]?.clearSince).toBeNull();
    world.look([], BEGIN + 4 * MINUTE);
    expect(world.notices).toEqual([`${id}:opened`]);
    expect(world.open).toEqual([id]);
  });

  it('is believed later when it keeps coming back', () => {
    // Three minutes of trouble, three without, for four hours.
    for (let minute = 0; minute < 240; minute += 1) {
      world.look(minute % 6 < 3 ? [fact(kind)] : [], BEGIN + minute * MINUTE);
    }
    expect(world.notices).toEqual([
      `${id}:opened`,
      `${id}:closed`,
      `integration:int_1:${kind}#2:opened`,
    ]);
    const over = BEGIN + 240 * MINUTE;
    world.look([], over);
    world.look([], over + FLAPPING_HOLD_DOWN_MS);
    expect(world.notices.at(-1)).toBe(`integration:int_1:${kind}#2:closed`);
  });
});

it('a hiccup of Kisi is no alert, and a bad key is one at once', () => {
  const since = BEGIN - SILENT_MS + 1;
  world.look([fact('kisi_down', { since }), fact('bad_key', { since: BEGIN })], BEGIN);
  expect(world.open).toEqual(['integration:int_1:bad_key#1']);
  world.look([fact('kisi_down', { since }), fact('bad_key', { since: BEGIN })], BEGIN + 1);
  expect(world.open).toHaveLength(2);
});

it('the end of what was held is plain to whoever gave their word', () => {
  world.look([fact('removals_held')], BEGIN);
  world.look([], BEGIN + MINUTE);
  expect(world.open).toEqual([]);
  expect(world.notices).toHaveLength(1);
});

it('the words of an open alert follow the facts, and nobody is told', () => {
  world.look([fact('bad_key')], BEGIN);
  const changes = world.look([fact('bad_key', { what: 'It is otherwise.' })], BEGIN + MINUTE);
  expect(changes.reworded).toEqual([
    { id: 'integration:int_1:bad_key#1', what: 'It is otherwise.', nextStep: 'Do something.' },
  ]);
  expect(world.notices).toHaveLength(1);
});

it('integrations are judged apart', () => {
  const other = fact('kisi_down', {
    key: alertKeys.integration('int_2', 'kisi_down'),
    integrationId: 'int_2',
  });
  world.look([fact('kisi_down')], BEGIN);
  world.look([fact('kisi_down'), other], BEGIN + MINUTE);
  expect(world.notices).toEqual([
    'integration:int_1:kisi_down#1:opened',
    'integration:int_2:kisi_down#1:opened',
  ]);
});

describe('starts at risk', () => {
  const start = (grantId: string, startsAt = BEGIN, integrationId = 'int_1'): AlertFact =>
    fact('start_at_risk', { key: alertKeys.start(grantId, startsAt), grantId, integrationId });

  it('share one notice for each integration and look, and each is told of once', () => {
    world.look([start('grt_1'), start('grt_2'), start('grt_3', BEGIN, 'int_2')], BEGIN);
    expect(world.notices).toEqual([`starts:int_1:${BEGIN}`, `starts:int_2:${BEGIN}`]);
    world.look([start('grt_1'), start('grt_2'), start('grt_4')], BEGIN + MINUTE);
    expect(world.notices).toHaveLength(3);
    expect(world.open).toHaveLength(3);
  });

  it('end in silence, and are not told of again within the hour', () => {
    world.look([start('grt_1')], BEGIN);
    world.look([], BEGIN + MINUTE);
    expect(world.open).toEqual([]);
    world.look([start('grt_1')], BEGIN + 2 * MINUTE);
    expect(world.open).toHaveLength(1);
    expect(world.notices).toHaveLength(1);
  });

  it('that are moved are told of anew', () => {
    world.look([start('grt_1')], BEGIN);
    world.look([start('grt_1', BEGIN + 5 * MINUTE)], BEGIN + MINUTE);
    expect(world.notices).toHaveLength(2);
    expect(world.open).toEqual([`${alertKeys.start('grt_1', BEGIN + 5 * MINUTE)}#1`]);
  });

  it('whose door mapping is gone are told of as well', () => {
    const lost = fact('start_at_risk', { integrationId: null });
    world.look([lost], BEGIN);
    expect(world.notices).toEqual([`starts:none:${BEGIN}`]);
    world.look([lost], BEGIN + MINUTE, new Set());
    expect(world.open).toHaveLength(1);
  });
});
