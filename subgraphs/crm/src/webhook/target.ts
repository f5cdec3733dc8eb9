import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

const longestUrl = 2_048;

/** `host` or `host:port` that may be reached wherever they are, and without TLS: for development, and for partners inside. */
export type AllowedHosts = ReadonlySet<string>;

/** Where to connect: the name was asked once, and it is this address that was looked at. */
export interface Target {
  url: URL;
  address: string;
  family: 4 | 6;
}

/** A URL that nothing is sent to. The message is for the partner. */
export class RefusedTarget extends Error {
  override name = 'RefusedTarget';
}

/** What can be said of a URL without asking for its name. Throws `RefusedTarget`. */
export function checkUrl(text: string, allowed: AllowedHosts): URL {
  const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : null;
  if (!url) throw new RefusedTarget('The address is no URL.');
  if (url.username || url.password) throw new RefusedTarget('A URL with a user or a password is not taken.');
  if (url.hash) throw new RefusedTarget('A URL with a fragment is not taken.');
  if (isAllowed(url, allowed) && /^https?:$/.test(url.protocol)) return url;
  if (url.protocol !== 'https:') throw new RefusedTarget('The URL must begin with https://.');
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new RefusedTarget('The address is not a public one.');
  return url;
}

/**
 * Asks for the name of the URL. Throws `RefusedTarget` when any of its addresses is not public: who can choose between
 * them can choose the other one.
 */
export async function resolveTarget(text: string, allowed: AllowedHosts): Promise<Target> {
  const url = checkUrl(text, allowed);
  const addresses = await lookup(hostOf(url), { all: true });
  if (!isAllowed(url, allowed) && !addresses.every(({ address }) => isPublicAddress(address)))
    throw new RefusedTarget('The name leads to an address that is not a public one.');
  const [first] = addresses;
  if (!first) throw new RefusedTarget('The name has no address.');
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 };
}

function isAllowed(url: URL, allowed: AllowedHosts): boolean {
  return allowed.has(url.host) || allowed.has(url.hostname);
}

/** Without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
