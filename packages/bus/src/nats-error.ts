import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { BusError } from './bus.ts';

/** Error codes of the JetStream API, as its documentation lists them. */
const codes: Record<number, 'FULL' | 'CONFLICT' | 'NO_STREAM'> = {
  10059: 'NO_STREAM', // stream not found
  10065: 'CONFLICT', // subjects overlap with an existing stream
  10099: 'CONFLICT', // multiple non-filtered consumers not allowed on workqueue stream
  10100: 'CONFLICT', // filtered consumer not unique on workqueue stream
};

/** What the NATS client throws, in our codes. `doing` begins the sentence: "publish orders.a". */
export function busError(error: unknown, doing: string): unknown {
  if (error instanceof BusError) return error;
  if (error instanceof JetStreamApiError) {
    const full = error.code === 10077 && /maximum (messages|bytes)/.test(error.message); // stream store failed
    const code = full ? 'FULL' : codes[error.code];
    // Anything else of 500 and above is the server's own trouble, which passes; the rest is a mistake of ours.
    if (code) return new BusError(code, `cannot ${doing}: ${error.message}`, { cause: error });
    if (error.status < 500) return error;
  } else if (error instanceof TypeError || error instanceof errors.InvalidArgumentError) {
    return error;
  }
  const closed =
    error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError;
  return new BusError(closed ? 'CLOSED' : 'UNAVAILABLE', `cannot ${doing} now`, { cause: error });
}

export function isConsumerNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
}

export function isStreamNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** Nobody listens on a subject: no stream takes it, or JetStream is not up yet. */
export function isNoResponders(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof errors.RequestError && cause.isNoResponders();
}
