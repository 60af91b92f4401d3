import mongoose from 'mongoose';
import type { SentRowChange } from '../../src/store';
import { freshNumber, useStore } from './fixtures';

const { store, clock, uri } = useStore();
const organizationId = freshNumber();
const SPAN_MS = 1_000;

const note = (rowId: number, kind: SentRowChange = 'change'): Promise<string> =>
  store().rowChanges.note(organizationId, rowId, kind);
const notesOf = (rowId: number, kind: SentRowChange = 'change', at = clock.now()) => ({
  organizationId,
  roleAssignmentId: rowId,
  kind,
  spans: [{ from: at - SPAN_MS, to: at + SPAN_MS }],
});
const claim = (uuid: string, rowId: number, at = clock.now()): Promise<boolean> =>
  store().rowChanges.claimForEvent(uuid, notesOf(rowId, 'change', at));

describe('rowChanges', () => {
  it('gives each note to one event, and that event the same one whenever it comes again', async () => {
    const row = freshNumber();
    expect(await claim('first', row)).toBe(false);
    await note(row);
    expect(await claim('first', row)).toBe(true);
    expect(await claim('first', row)).toBe(true);
    expect(await claim('second', row)).toBe(false);
    await note(row);
    expect(await claim('second', row)).toBe(true);
    // Kisi sends what we did not acknowledge again, perhaps much later.
    expect(await claim('first', row, clock.now() + 10 * SPAN_MS)).toBe(true);
  });

  it('gives events that come at once no more than there are notes', async () => {
    const row = freshNumber();
    await note(row);
    await note(row);
    const uuids = [...Array(6).keys()].map((index) => `event ${String(index)}`);
    // Two copies of each.
    const [given, again] = await Promise.all(
      [uuids, uuids].map((events) => Promise.all(events.map((uuid) => claim(uuid, row)))),
    );
    const anew = await Promise.all(uuids.map((uuid) => claim(uuid, row)));
    expect(anew.filter(Boolean)).toHaveLength(2);
    expect(given).toEqual(anew);
    expect(again).toEqual(anew);
  });

  it('knows a note by organization, row, kind and time', async () => {
    const row = freshNumber();
    await note(row);
    const far = clock.now() + SPAN_MS + 1;
    const others = [
      { ...notesOf(row), organizationId: freshNumber() },
      notesOf(freshNumber()),
      notesOf(row, 'deletion'),
      notesOf(row, 'change', far),
      { ...notesOf(row), spans: [] },
    ];
    for (const notes of others) {
      expect(await store().rowChanges.wasSent(notes)).toBe(false);
      expect(await store().rowChanges.claimForEvent('any', notes)).toBe(false);
    }
    const both = {
      ...notesOf(row),
      spans: [others, [notesOf(row)]].flat().flatMap((n) => n.spans),
    };
    expect(await store().rowChanges.wasSent(both)).toBe(true);
    expect(await claim('mine', row)).toBe(true);
    // What was sent stays sent, whichever event has the note.
    expect(await store().rowChanges.wasSent(notesOf(row))).toBe(true);
  });

  it('forgets what Kisi has surely not done', async () => {
    const row = freshNumber();
    await store().rowChanges.withdraw(await note(row));
    expect(await store().rowChanges.wasSent(notesOf(row))).toBe(false);
    expect(await claim('any', row)).toBe(false);
  });

  it('reads notes of a version that gave them to no event', async () => {
    const row = freshNumber();
    const connection = await mongoose.createConnection(uri).asPromise();
    try {
      await connection.collection<{ _id: string }>('rowChanges').insertOne({
        _id: `old-${String(row)}`,
        organizationId,
        roleAssignmentId: row,
        kind: 'change',
        at: new Date(clock.now()),
      } as { _id: string });
    } finally {
      await connection.close();
    }
    expect(await claim('first', row)).toBe(true);
    expect(await claim('second', row)).toBe(false);
  });
});
