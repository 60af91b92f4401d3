import { memberSet, verdictOnKnown, type Booking, type Snapshot } from '../../src/domain/source';
import { S, T } from './fixtures';

const booking: Booking = {
  memberIds: ['mem_1', 'mem_2'],
  spaceId: 'spc_1',
  startsAt: T,
  endsAt: T + 3_600 * S,
  status: 'confirmed',
};
const at = (version: number, content: Booking | null = booking): Snapshot<Booking> => ({
  version,
  content,
});

describe('verdictOnKnown', () => {
  test('an older version changes nothing, whatever it says', () => {
    expect(verdictOnKnown(at(5), at(4))).toBe('older');
    expect(verdictOnKnown(at(5), at(4, null))).toBe('older');
  });

  test('the same version with the same content is a repetition, in whatever order its fields come', () => {
    const { status, ...rest } = booking;
    expect(verdictOnKnown(at(5), at(5, { status, ...rest }))).toBe('same');
    expect(verdictOnKnown(at(5, null), at(5, null))).toBe('same');
  });

  test.each([
    ['another member', { memberIds: ['mem_1'] }],
    ['another space', { spaceId: 'spc_2' }],
    ['another start', { startsAt: T + S }],
    ['another end', { endsAt: T + S }],
    ['another status', { status: 'pending' as const }],
  ])('the same version with %s is the mistake of its sender', (_, change) => {
    expect(verdictOnKnown(at(5), at(5, { ...booking, ...change }))).toBe('reused');
  });

  test('a deletion and a content are never the same', () => {
    expect(verdictOnKnown(at(5), at(5, null))).toBe('reused');
    expect(verdictOnKnown(at(5, null), at(5))).toBe('reused');
  });
});

test('members count once and in order', () => {
  expect(memberSet(['b', 'a', 'b'])).toEqual(['a', 'b']);
});
