import { BlockList, isIP } from 'node:net';

/** Everything that is not a host of the public internet: a webhook must not reach what only we can reach. */
const refused = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT, and clouds' own services
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local; the metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const)
  refused.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['2001::', 23], // Teredo, ORCHID and other protocols
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4 holds an IPv4 address
  ['3fff::', 20], // documentation
] as const)
  refused.addSubnet(network, prefix, 'ipv6');
/** What IPv6 has given out so far: unique-local, link-local, mapped and translated IPv4 and loopback lie outside. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address, not a name, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused.check(address, 'ipv4');
  // A zone (fe80::1%eth0) is never public, and BlockList does not read it.
  if (family === 6 && !address.includes('%'))
    return globalUnicast.check(address, 'ipv6') && !refused.check(address, 'ipv6');
  return false;
}
