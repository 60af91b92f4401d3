import { judgeRowEvent, type RowEventFacts } from '../../src/domain/kisi-drift';

const NOW = 1_795_514_400_000;
const HOUR = 3_600_000;
const OLD = NOW - 2 * HOUR;
const row = { from: null, until: NOW + HOUR, createdAt: NOW - HOUR };

/** Somebody in the dashboard deleted a row that one live grant needs, unless said otherwise. */
function judged(change: Partial<RowEventFacts> = {}): ReturnType<typeof judgeRowEvent> {
  return judgeRowEvent({
    change: 'deleted',
    at: NOW,
    now: NOW,
    row,
    others: [],
    isOurs: false,
    isByPerson: true,
    deletionSent: false,
    asking: [{ grantId: 'grt_1', from: NOW - HOUR, until: NOW + HOUR, changedAt: OLD }],
    meaning: 'repair',
    ...change,
  });
}
const repaired = { kind: 'drift', revoked: [], repaired: ['grt_1'] };
const revoked = { kind: 'drift', revoked: ['grt_1'], repaired: [] };

describe('judgeRowEvent', () => {
  it("takes somebody else's deletion and change of what a live grant needs for drift", () => {
    expect(judged()).toEqual(repaired);
    expect(judged({ change: 'changed' })).toEqual(repaired);
  });

  it('knows what we did ourselves, and what was to go anyway', () => {
    expect(judged({ isOurs: true, deletionSent: true })).toEqual({ kind: 'own' });
    expect(judged({ isOurs: true, deletionSent: true, row: null })).toEqual({ kind: 'own' });
    expect(judged({ change: 'changed', isOurs: true })).toEqual({ kind: 'own' });
    expect(judged({ deletionSent: true })).toEqual({ kind: 'overtaken' });
    expect(judged({ change: 'changed', deletionSent: true })).toEqual(repaired);
  });

  it('makes a deletion a revoke where the integration says so, and a change never', () => {
    expect(judged({ meaning: 'revoke' })).toEqual(revoked);
    expect(judged({ meaning: 'revoke', change: 'changed' })).toEqual(repaired);
    const deletionSent = true;
    expect(judged({ meaning: 'revoke', isOurs: true, deletionSent })).toEqual({ kind: 'own' });
    expect(judged({ meaning: 'revoke', deletionSent })).toEqual({ kind: 'overtaken' });
  });

  it('revokes nothing where nobody deleted it: Kisi itself, or an app', () => {
    expect(judged({ meaning: 'revoke', isByPerson: false })).toEqual(repaired);
  });

  it('revokes nothing for a row that has a successor already', () => {
    const newer = { from: null, until: NOW + HOUR, createdAt: NOW };
    expect(judged({ meaning: 'revoke', others: [newer] })).toEqual(repaired);
    const older = { ...newer, createdAt: row.createdAt - 1 };
    const elsewhere = { from: NOW + HOUR, until: NOW + 2 * HOUR, createdAt: NOW };
    expect(judged({ meaning: 'revoke', others: [older, elsewhere] })).toEqual(revoked);
  });

  it('revokes nothing that was decided after the deletion, but for how far clocks differ', () => {
    const deletedAt = NOW - HOUR / 2;
    const asks = (grantId: string, changedAt: number) => ({
      grantId,
      from: NOW - HOUR,
      until: null,
      changedAt,
    });
    const asking = [
      asks('before', deletedAt),
      asks('as good as before', deletedAt + 10_000),
      asks('after', deletedAt + 10_001),
      asks('now', NOW),
    ];
    const late = { meaning: 'revoke', at: deletedAt, asking } as const;
    expect(judged(late)).toEqual({
      kind: 'drift',
      revoked: ['before', 'as good as before'],
      repaired: ['after', 'now'],
    });
    // Older than the row, although Kisi's clock says otherwise.
    const younger = { ...row, createdAt: deletedAt + 20_000 };
    expect(judged({ ...late, row: younger })).toMatchObject({ repaired: ['now'] });
    expect(judged({ ...late, meaning: 'repair' })).toMatchObject({ revoked: [] });
    expect(judged({ ...late, asking: [asks('now', NOW)] })).toEqual({
      ...repaired,
      repaired: ['now'],
    });
  });

  it('passes over rows that it does not know, that are over, or that nobody needs', () => {
    expect(judged({ row: null })).toEqual({ kind: 'unknown' });
    expect(judged({ row: { ...row, until: NOW } })).toEqual({ kind: 'unneeded' });
    expect(judged({ asking: [] })).toEqual({ kind: 'unneeded' });
    const later = { grantId: 'grt_2', from: NOW + HOUR, until: null, changedAt: OLD };
    expect(judged({ asking: [later] })).toEqual({ kind: 'unneeded' });
  });

  it('names every grant that led to the row from now on, and no other', () => {
    const asking = [
      { grantId: 'now', from: NOW - HOUR, until: NOW + 1, changedAt: OLD },
      { grantId: 'ahead', from: NOW + HOUR - 1, until: null, changedAt: OLD },
      { grantId: 'after', from: NOW + HOUR, until: null, changedAt: OLD },
      { grantId: 'past', from: NOW - HOUR, until: NOW, changedAt: OLD },
    ];
    expect(judged({ asking })).toEqual({ ...repaired, repaired: ['now', 'ahead'] });
    expect(judged({ asking, row: { ...row, from: NOW + 10 } })).toEqual({
      ...repaired,
      repaired: ['ahead'],
    });
    expect(judged({ asking, row: { ...row, until: null } })).toEqual({
      ...repaired,
      repaired: ['now', 'ahead', 'after'],
    });
  });
});
