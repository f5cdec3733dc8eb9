import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import type { SubgraphError } from '../subgraph/subgraph.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { sockets } from './sockets.ts';
import type { OpenUpstream } from './upstream.ts';

/** Where the subscriptions of one subgraph are had. */
export interface SubgraphEvents {
  /** The same for the same place. */
  readonly key: string;
  readonly giveUpAfterMs: number;
  readonly open: OpenUpstream;
  /** Subscriptions that the subgraph serves now. */
  readonly running: number;
}

/** `urls` are those of its queries; each connection takes the next of them, unless there is a place for subscriptions. */
export function subgraphEvents(
  subgraph: string,
  urls: readonly string[],
  settings: SubgraphSettings,
  onLost: (error: SubgraphError) => void,
): SubgraphEvents {
  const { protocol, url, path, giveUpAfterMs } = settings.subscriptions;
  const places = url === undefined ? urls.map((one) => atPath(one, path)) : [url];
  // Gateways that begin together must not all begin with the same one.
  let turn = Math.floor(Math.random() * places.length);
  const next = () => {
    turn = (turn + 1) % places.length;
    return places[turn]!;
  };
  let running = 0;
  const open = (protocol === 'ws' ? sockets : serverSentEvents)(subgraph, next, settings);
  return {
    key: [subgraph, protocol, ...places].join(' '),
    giveUpAfterMs,
    get running() {
      return running;
    },
    open(request, listener) {
      running++;
      let over = false;
      const leave = () => {
        if (!over) running--;
        over = true;
      };
      const upstream = open(request, {
        opened: listener.opened,
        event: listener.event,
        ended(end) {
          leave();
          if (end.kind === 'lost') onLost(end.error);
          listener.ended(end);
        },
      });
      return {
        close() {
          leave();
          upstream.close();
        },
      };
    },
  };
}

function atPath(url: string, path: string | undefined): string {
  if (path === undefined) return url;
  const changed = new URL(url);
  changed.pathname = path;
  return changed.href;
}
