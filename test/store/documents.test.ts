import { mongo } from 'mongoose';
import { idsUnder, retryUpsertRace, startsWith, upsertIfNewer } from '../../src/store/documents';

const duplicate = new mongo.MongoServerError({ message: 'E11000', code: 11000 });
const other = new mongo.MongoServerError({ message: 'not primary', code: 10107 });

/** An upsert that fails with these errors in turn, then succeeds. */
function failing(...errors: Error[]): jest.Mock<Promise<string>, []> {
  const upsert = jest.fn<Promise<string>, []>();
  for (const error of errors) upsert.mockRejectedValueOnce(error);
  return upsert.mockResolvedValue('written');
}

// Which of two upserts loses the race is up to the server, so the race is played here.
describe('retryUpsertRace', () => {
  it('runs the loser of a race once more', async () => {
    await expect(retryUpsertRace(failing(duplicate))).resolves.toBe('written');
  });

  it('passes on what is refused twice, and every other error at once', async () => {
    await expect(retryUpsertRace(failing(duplicate, duplicate))).rejects.toBe(duplicate);
    const upsert = failing(other);
    await expect(retryUpsertRace(upsert)).rejects.toBe(other);
    expect(upsert).toHaveBeenCalledTimes(1);
  });
});

describe('upsertIfNewer', () => {
  it('writes when only an older document was inserted in between', async () => {
    await expect(upsertIfNewer(failing(duplicate))).resolves.toBe(true);
  });

  it('says that a newer document is there', async () => {
    await expect(upsertIfNewer(failing(duplicate, duplicate))).resolves.toBe(false);
  });

  it('does not take another error for a newer document', async () => {
    await expect(upsertIfNewer(failing(other))).rejects.toBe(other);
  });
});

describe('startsWith', () => {
  it('takes the text as it stands', () => {
    expect(startsWith('a.b(')).toEqual(/^a\.b\(/);
    expect(startsWith('a.b(').test('a.b(c')).toBe(true);
    expect(startsWith('.*').test('anything')).toBe(false);
  });
});

describe('idsUnder', () => {
  it.each([
    ['m:lock:5|', true],
    ['m:lock:5|grt_1', true],
    ['m:lock:5|\u{10ffff}', true],
    ['m:lock:55|grt_1', false],
    ['m:lock:5', false],
    ['m:lock:5}', false],
  ])('%j: %j', (id, inside) => {
    const { $gte, $lt } = idsUnder('m:lock:5');
    expect($gte <= id && id < $lt).toBe(inside);
  });
});
