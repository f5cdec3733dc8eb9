import { formatError } from '../errors.ts';
import type { Sink, Subscription } from '../subscriptions/subscriber.ts';
import type { AnswerInParts } from './deferred-operations.ts';
import { initialPayload, nextPayloads } from './incremental.ts';

/**
 * Sends an answer in parts over a transport of messages, one at a time: what comes while the client does not read waits
 * and goes out together. `onBegun` gives the handle of what is under way.
 */
export async function sendParts(
  { initial, pending, rest }: AnswerInParts,
  sink: Sink,
  onBegun: (begun: Subscription) => void,
): Promise<void> {
  const left = new AbortController();
  let onDrain = () => {};
  onBegun({
    drain: () => onDrain(),
    close() {
      left.abort();
      onDrain();
    },
  });
  const write = async (payload: object) => {
    while (!left.signal.aborted && !sink.writable()) {
      await new Promise<void>((resolve) => {
        onDrain = resolve;
      });
    }
    if (!left.signal.aborted) sink.write(JSON.stringify(payload), undefined);
  };
  const { errors, ...told } = initial;
  const first = errors ? { errors: errors.map(formatError), ...told } : told;
  await write(initialPayload('20220824', first, pending));
  for await (const payload of nextPayloads('20220824', rest)) {
    await write(payload);
    if (left.signal.aborted) return;
  }
  sink.end(null);
}
