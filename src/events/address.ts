import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The host is, or resolves to, an address that the public internet does not lead to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';

  constructor() {
    super('The host has an address that is not public.');
  }
}

const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether the public internet leads to this IP address. Private, loopback, link-local (with the
 * metadata services of clouds), shared and reserved ones are not, nor are those that wrap an IPv4
 * address: who could make us call them would reach our own network from inside.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  // Of IPv6 only this block is given out, and older ways to wrap IPv4 lie outside of it.
  const isGivenOut = parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6);
  return isGivenOut && parsed.range() === 'unicast';
}

/**
 * Why events may not be sent to this address, as a sentence that goes on after "url"; `null`: they may.
 * What a name resolves to is seen only when it is sent to (`publicLookup`).
 */
export function urlFault(text: string, allowPrivateHosts: boolean): string | null {
  if (!URL.canParse(text)) return 'must be an address such as https://example.com/hooks.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivateHosts && url.protocol === 'http:')) {
    return 'must begin with https://.';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password.';
  if (url.hash !== '') return 'must not have a fragment (#…).';
  if (!allowPrivateHosts && isPrivateHost(url)) return 'must be on the public internet.';
  return null;
}

function isPrivateHost({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return !isPublicAddress(host);
  return host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Resolves a name as Node does, and refuses it when any of its addresses is not public. It is asked
 * while the connection is made, so that a name cannot lead elsewhere after it was checked.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, []);
      return;
    }
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
      callback(new AddressRefused(), []);
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
