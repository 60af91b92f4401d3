import { KisiError } from '../../src/kisi';
import { KisiListTooLong, readAllPages, totalOfRange, type Page } from '../../src/kisi/pages';

interface Row {
  id: number;
}

const rows = (from: number, to: number): Row[] =>
  [...Array(Math.max(0, to - from)).keys()].map((n) => ({ id: from + n }));

const ids = (from: number, to: number): number[] => rows(from, to).map(({ id }) => id);

/** A list at Kisi that may change before each page is read. */
function listOf(all: Row[], change: (page: number, all: Row[]) => void = () => undefined) {
  const offsets: number[] = [];
  const read = (offset: number, limit: number): Promise<Page<Row>> => {
    change(offsets.length, all);
    offsets.push(offset);
    return Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length });
  };
  return { read, offsets };
}

describe('readAllPages', () => {
  it.each([0, 1, 9, 10, 11, 19, 20, 95])('reads a list of %i rows, each once', async (count) => {
    const { read } = listOf(rows(1, count + 1));
    await expect(readAllPages('/x', 10, read)).resolves.toEqual(rows(1, count + 1));
  });

  it('reads one page with one request', async () => {
    const { read, offsets } = listOf(rows(1, 11));
    await readAllPages('/x', 10, read);
    expect(offsets).toEqual([0]);
  });

  it.each([1, 24])('reads on when %i rows go meanwhile, none skipped', async (gone) => {
    const { read, offsets } = listOf(rows(1, 901), (page, all) => {
      if (page === 2) all.splice(0, gone);
    });
    const listed = await readAllPages('/x', 250, read);
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(ids(gone + 1, 901)));
    expect(offsets).toEqual([0, 225, 450, 675]);
  });

  it('starts anew when more rows go than pages overlap, so that none is skipped', async () => {
    const { read, offsets } = listOf(rows(1, 901), (page, all) => {
      if (page === 1) all.splice(0, 25);
    });
    await expect(readAllPages('/x', 250, read)).resolves.toEqual(rows(26, 901));
    expect(offsets[2]).toBe(0);
  });

  it.each([20_001, null])('does not begin what Kisi lets nobody end (total: %p)', async (total) => {
    const { read, offsets } = listOf(rows(1, 21_000));
    const counted = async (offset: number, limit: number) => ({
      ...(await read(offset, limit)),
      total,
    });
    await expect(readAllPages('/x', 250, counted)).rejects.toBeInstanceOf(KisiListTooLong);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(20_000);
    if (total !== null) expect(offsets).toEqual([0]);
  });

  it('starts anew even if another row came and the total stayed the same', async () => {
    const { read } = listOf(rows(1, 26), (page, all) => {
      if (page !== 1) return;
      all.splice(0, 6);
      all.push(...rows(90, 96));
    });
    await expect(readAllPages('/x', 10, read)).resolves.toEqual([...rows(7, 26), ...rows(90, 96)]);
  });

  it('shows a row that two pages hold once', async () => {
    const { read } = listOf(rows(1, 26), (page, all) => {
      if (page === 1) all.push({ id: 99 });
    });
    await expect(readAllPages('/x', 10, read)).resolves.toEqual([...rows(1, 26), { id: 99 }]);
  });

  it('says so when the list never stands still', async () => {
    const { read, offsets } = listOf(rows(1, 900), (_page, all) => {
      all.splice(0, 6);
    });
    const error: unknown = await readAllPages('/x', 10, read).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KisiError);
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(offsets.length).toBeLessThan(10);
  });

  it('never takes a failed page for an empty one', async () => {
    const failure = new KisiError('unavailable', 'down');
    const { read } = listOf(rows(1, 26));
    const call = readAllPages('/x', 10, (offset, limit) =>
      offset > 0 ? Promise.reject(failure) : read(offset, limit),
    );
    await expect(call).rejects.toBe(failure);
  });

  it('never takes an empty page for the end while Kisi counts more rows', async () => {
    const empty = () => Promise.resolve({ rows: [], total: 12 });
    await expect(readAllPages('/x', 10, empty)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('reads on where Kisi gives smaller pages than were asked for', async () => {
    const { read } = listOf(rows(1, 26));
    const capped = (offset: number) => read(offset, 4);
    await expect(readAllPages('/x', 10, capped)).resolves.toEqual(rows(1, 26));
    const unnumbered = async (offset: number) => ({ ...(await capped(offset)), total: null });
    await expect(readAllPages('/x', 10, unnumbered)).resolves.toEqual(rows(1, 26));
  });
});

describe('totalOfRange', () => {
  it.each([
    ['0-9/200', 200],
    ['10-19/15', 15],
    ['*/0', 0],
    [undefined, null],
  ])('%s', (header, total) => {
    expect(totalOfRange('/x', header)).toBe(total);
  });

  it('refuses what it cannot read', () => {
    expect(() => totalOfRange('/x', 'items 0-9')).toThrow(KisiError);
  });
});
