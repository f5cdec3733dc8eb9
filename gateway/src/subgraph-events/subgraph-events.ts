import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { sockets } from './sockets.ts';
import type { OpenUpstream } from './upstream.ts';

/** Where the subscriptions of one subgraph are had. */
export interface SubgraphEvents {
  /** The same for the same place. */
  readonly key: string;
  readonly giveUpAfterMs: number;
  readonly open: OpenUpstream;
}

/** `urls` are those of its queries; each connection takes the next of them, unless there is a place for subscriptions. */
export function subgraphEvents(
  subgraph: string,
  urls: readonly string[],
  settings: SubgraphSettings,
): SubgraphEvents {
  const { protocol, url, path, giveUpAfterMs } = settings.subscriptions;
  const places = url === undefined ? urls.map((one) => atPath(one, path)) : [url];
  // Gateways that begin together must not all begin with the same one.
  let turn = Math.floor(Math.random() * places.length);
  const next = () => {
    turn = (turn + 1) % places.length;
    return places[turn]!;
  };
  const open = (protocol === 'ws' ? sockets : serverSentEvents)(subgraph, next, settings);
  return { key: [subgraph, protocol, ...places].join(' '), giveUpAfterMs, open };
}

function atPath(url: string, path: string | undefined): string {
  if (path === undefined) return url;
  const changed = new URL(url);
  changed.pathname = path;
  return changed.href;
}
