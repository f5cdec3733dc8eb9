import type { StoredMsg } from '@nats-io/jetstream';
import { type Msg, type MsgHdrs, headers as newHeaders } from '@nats-io/transport-node';
import type { BusMessage, Headers } from './bus.ts';

/** What JetStream says of a delivered message, in the subject to which it is acknowledged. */
export interface DeliveryInfo {
  stream: string;
  /** 1 for the first delivery. */
  deliveries: number;
  sequence: number;
  /** Counts what this consumer was sent: a hole means that something was lost on the way. */
  consumerSequence: number;
  publishedAt: Date;
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<consumer sequence>.<nanoseconds>.<pending>`; newer servers put
 * domain and account behind `ACK`. Null when the message is no delivery. */
export function deliveryInfo(reply: string | undefined): DeliveryInfo | null {
  const tokens = reply?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return null;
  const at = tokens.length >= 11 ? 4 : 2;
  return {
    stream: tokens[at]!,
    deliveries: Number(tokens[at + 2]),
    sequence: Number(tokens[at + 3]),
    consumerSequence: Number(tokens[at + 4]),
    publishedAt: new Date(Number(BigInt(tokens[at + 5]!) / 1_000_000n)),
  };
}

/** A status line of the server instead of a message: 100 is a heartbeat, 4xx and 5xx end a request. */
export function statusOf(message: Msg): number {
  return message.headers?.code ?? 0;
}

const messageIdHeader = 'Nats-Msg-Id';

export function toNatsHeaders(headers: Headers): MsgHdrs {
  const all = newHeaders();
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return all;
}

/** The headers of ours: those of the server are not the business of whoever reads. */
export function fromNatsHeaders(all: MsgHdrs | undefined): { messageId: string; headers: Headers } {
  const headers: Record<string, string> = {};
  if (!all) return { messageId: '', headers };
  for (const name of all.keys()) if (!name.startsWith('Nats-')) headers[name] = all.get(name);
  return { messageId: all.get(messageIdHeader), headers };
}

/** A message kept for later reading: text, so that the connection's buffers are let go. */
export interface KeptMessage {
  subject: string;
  info: Pick<DeliveryInfo, 'stream' | 'sequence' | 'publishedAt'>;
  messageId: string;
  headers: Headers;
  body: string;
}

/** A message as the stream gives it to those who ask. */
export function fromStored(stream: string, stored: StoredMsg): KeptMessage {
  const { subject, seq: sequence, time: publishedAt } = stored;
  const info = { stream, sequence, publishedAt };
  return { subject, info, ...fromNatsHeaders(stored.header), body: stored.string() };
}

/** Throws `SyntaxError` when the payload is no JSON, which our publishers do not write. */
export function toBusMessage({ subject, info, messageId, headers, body }: KeptMessage): BusMessage {
  const { stream, sequence, publishedAt } = info;
  return { subject, payload: JSON.parse(body), headers, stream, sequence, messageId, publishedAt };
}
