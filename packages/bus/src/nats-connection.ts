import { connect, type NatsConnection } from '@nats-io/transport-node';
import { BusError, type BusLog } from './bus.ts';

export interface ConnectNatsOptions {
  /** `nats://host:port`, several with commas; credentials as `nats://user:password@…`. */
  url: string;
  /** Shown by the server's monitoring. */
  name: string;
  log: BusLog;
  /** How long a server that is not there yet is waited for. Default 30 000 ms. */
  withinMs?: number;
}

/** A connection to NATS that comes back for ever, and knows whether it is there. Whoever opens it closes it. */
export interface NatsLink extends AsyncDisposable {
  readonly connection: NatsConnection;
  readonly connected: boolean;
  /** Called after each time the connection has come back; returns how to stop that. */
  onReconnect(listener: () => void): () => void;
  /** Resolves when connected; rejects with `UNAVAILABLE` after `withinMs`, or `CLOSED`. */
  whenConnected(withinMs: number): Promise<void>;
  /**
   * Asks until there is an answer: again, when the connection was lost on the way and came back in time. What is asked
   * must therefore bear to be done twice. Rejects with `UNAVAILABLE` after `withinMs`.
   */
  ask<T>(withinMs: number, question: (remainingMs: number) => Promise<T>): Promise<T>;
  /** Sends what has been said, then closes. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function connectNats({
  url,
  name,
  log,
  withinMs = 30_000,
}: ConnectNatsOptions): Promise<NatsLink> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      const connection = await connect({
        servers: url.split(',').map((server) => server.trim()),
        name,
        timeout: 3_000, // 3 seconds to connect once
        maxReconnectAttempts: -1,
        ignoreAuthErrorAbort: true, // a password being changed must not end a service
        reconnectTimeWait: 200,
        reconnectJitter: 600, // 0.2 to 0.8 seconds between attempts, so that not all come back at once
        pingInterval: 10_000,
        maxPingOut: 2, // a dead line is noticed within 30 seconds
        noAsyncTraces: true,
      });
      return watch(connection, log);
    } catch (cause) {
      if (Date.now() >= deadline)
        throw new BusError('UNAVAILABLE', `no NATS within ${withinMs} ms`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 600));
    }
  }
}

const lostOnTheWay = Symbol('lost on the way');

function watch(connection: NatsConnection, log: BusLog): NatsLink {
  const listeners = new Set<() => void>();
  /** Questions on their way: without the connection their answers will not come. */
  const asking = new Set<(lost: typeof lostOnTheWay) => void>();
  let connected = true;
  let back = waiter();

  const watching = (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        if (connected) back = waiter();
        connected = false;
        for (const giveUp of asking) giveUp(lostOnTheWay);
        log.warn({ server: status.server }, 'NATS is away');
      } else if (status.type === 'reconnect') {
        connected = true;
        back.resolve();
        log.info({ server: status.server }, 'NATS is back');
        for (const listener of listeners) listener();
      } else if (status.type === 'error') {
        log.warn({ err: status.error }, 'NATS reports an error');
      }
    }
    connected = false;
    back.reject(new BusError('CLOSED', 'the connection to NATS is closed'));
  })();

  const whenConnected = async (withinMs: number): Promise<void> => {
    if (connection.isClosed()) throw new BusError('CLOSED', 'the connection to NATS is closed');
    if (connected) return;
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      timeout.reject(new BusError('UNAVAILABLE', `NATS has been away for ${Math.round(withinMs)} ms`));
    }, withinMs);
    try {
      await Promise.race([back.promise, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

  const ask = async <T>(withinMs: number, question: (remainingMs: number) => Promise<T>): Promise<T> => {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const remainingMs = Math.max(0, deadline - performance.now());
      await whenConnected(remainingMs);
      const lost = Promise.withResolvers<typeof lostOnTheWay>();
      asking.add(lost.resolve);
      try {
        const answer = await Promise.race([question(Math.max(100, remainingMs)), lost.promise]);
        if (answer !== lostOnTheWay) return answer as T;
      } finally {
        asking.delete(lost.resolve);
      }
    }
  };

  let closing: Promise<void> | undefined;
  return {
    connection,
    whenConnected,
    ask,
    get connected() {
      return connected && !connection.isClosed();
    },
    onReconnect: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => {
      closing ??= (async () => {
        // What has been said must be out; without a server there is nobody to say it to.
        if (connected) await connection.flush().catch(() => log.warn({}, 'NATS went away while closing'));
        await connection.close();
        await watching;
      })();
      return closing;
    },
  };
}

/** Settled for those who wait; when nobody does, its rejection is nobody's concern. */
function waiter(): PromiseWithResolvers<void> {
  const all = Promise.withResolvers<void>();
  all.promise.catch(() => undefined);
  return all;
}
