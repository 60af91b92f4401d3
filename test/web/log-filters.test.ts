import {
  readLogFilters,
  writeLogFilters,
} from '../../web/src/console/pages/door-mappings/log-filters';

const read = (address: string) => readLogFilters(new URLSearchParams(address));

describe('the filters of an access log in its address', () => {
  it.each([
    '',
    'memberId=mem_1',
    'search=Ada+Lovelace&action=unlock&status=opened',
    'from=2026-10-25T02%3A30&fromFold=second&to=2026-10-26T00%3A00',
  ])('stay as they are: %s', (address) => {
    expect(writeLogFilters(read(address)).toString()).toBe(address);
  });

  it('are none where the address means none', () => {
    expect(read('action=paint&status=toString&fromFold=second')).toEqual({
      ...read(''),
      from: { wall: '', fold: 'second' },
    });
    expect(writeLogFilters(read('action=paint&fromFold=second')).toString()).toBe('');
  });

  it('search for nobody where one member is named', () => {
    expect(read('memberId=mem_1&search=ada')).toMatchObject({ memberId: 'mem_1', search: '' });
    const after = writeLogFilters({ ...read('memberId=mem_1'), memberId: null, search: 'ada' });
    expect(after.toString()).toBe('search=ada');
  });
});
