/**
 * The platform names itself by one address (`http://localhost:4000`), a browser on the same machine may use another
 * (`http://127.0.0.1:4000`, the second gateway on 4001, Vite's), and those are other origins. Between addresses of this
 * machine the page's own is taken, which serves the same; any other stays.
 */
export function ownOrigin(address: string, page: string): string {
  const here = new URL(page);
  const there = new URL(address, page);
  if (isLoopback(there.hostname) && isLoopback(here.hostname))
    return here.origin + there.pathname + there.search;
  return there.href;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
