import { BlockList, isIP } from 'node:net';

/**
 * Addresses that lead to this machine, its network or nobody (IANA's special-purpose registries, RFC 6890): a webhook there
 * would let its owner reach what only this server can.
 */
const ranges: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Everything in IPv6 that is not global unicast, and of that what carries another address inside, or is for examples. */
const ranges6: readonly (readonly [network: string, bits: number])[] = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Whether nobody on the internet is there; also of what is no address at all. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return blockedOf(4).check(plain, 'ipv4');
  return family !== 6 || blockedOf(6).check(plain, 'ipv6');
}

/** One list a family: in a common one an IPv4 address would also be taken for the IPv6 address that holds it. */
function blockedOf(family: 4 | 6): BlockList {
  const list = new BlockList();
  for (const [network, bits] of family === 4 ? ranges : ranges6) {
    list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
