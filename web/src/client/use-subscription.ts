import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useSession } from '../session/session.ts';
import type { Failure } from './failure.ts';
import type { Operation } from './operation.ts';
import { type Connection, connection, subscribe, watchConnection } from './subscriptions.ts';

/**
 * Listens while it is shown; null variables listen to nothing. `resumed` is called when a lost socket is back.
 * Returns why it ended, if it did.
 */
export function useSubscription<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables | null,
  message: (data: Data) => void,
  resumed?: () => void,
): Failure | null {
  const { token } = useSession();
  const [failure, setFailure] = useState<Failure | null>(null);
  const handlers = useRef({ message, resumed });
  handlers.current = { message, resumed };
  const key = variables === null ? null : JSON.stringify(variables);
  // `token` is who listens and `key` stands for the variables: a change of either is another subscription
  useEffect(() => {
    setFailure(null);
    if (key === null) return;
    return subscribe(operation, JSON.parse(key) as Variables, {
      message: (data) => handlers.current.message(data),
      failed: setFailure,
      resumed: () => handlers.current.resumed?.(),
    });
  }, [operation, key, token]);
  return failure;
}

export function useConnection(): Connection {
  return useSyncExternalStore(watchConnection, connection, connection);
}
