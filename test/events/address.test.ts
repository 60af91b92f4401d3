import { isPublicAddress, urlFault } from '../../src/events/address';

it.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:2800:220:1:248:1893:25c8:1946'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

it.each([
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::1',
  '2001:db8::1',
  'hooks.example.com',
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each([
  ['https://hooks.example.com/a?b=c', null],
  ['https://93.184.216.34/', null],
  ['nonsense', 'must be an address such as https://example.com/hooks.'],
  ['http://hooks.example.com/', 'must begin with https://.'],
  ['ftp://hooks.example.com/', 'must begin with https://.'],
  ['https://user:secret@hooks.example.com/', 'must not hold a user name or a password.'],
  ['https://hooks.example.com/#part', 'must not have a fragment (#…).'],
  ['https://localhost/', 'must be on the public internet.'],
  ['https://localhost./', 'must be on the public internet.'],
  ['https://api.localhost/', 'must be on the public internet.'],
  ['https://127.0.0.1/', 'must be on the public internet.'],
  ['https://2130706433/', 'must be on the public internet.'],
  ['https://0x7f.1/', 'must be on the public internet.'],
  ['https://[::1]/', 'must be on the public internet.'],
  ['https://[::ffff:7f00:1]/', 'must be on the public internet.'],
])('%s: %s', (url, fault) => {
  expect(urlFault(url, false)).toBe(fault);
});

it('takes private hosts and plain http where they are allowed, and nothing else', () => {
  expect(urlFault('http://127.0.0.1:8080/hooks', true)).toBeNull();
  expect(urlFault('ftp://127.0.0.1/', true)).not.toBeNull();
  expect(urlFault('http://user:secret@127.0.0.1/', true)).not.toBeNull();
});
