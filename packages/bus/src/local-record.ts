import type { Headers, StreamDefinition } from './bus.ts';
import type { LocalDurable } from './local-durable.ts';
import type { LocalStream } from './local-stream.ts';

/** One line of the local bus's journal. Reading a line twice must change nothing the second time. */
export type LocalRecord =
  /** A stream is defined thus and has given out sequences up to `last`. */
  | ['stream', definition: StreamDefinition, last: number]
  | ['id', stream: string, messageId: string, at: number]
  | [
      'message',
      stream: string,
      sequence: number,
      at: number,
      messageId: string,
      subject: string,
      headers: Headers,
      payload: unknown,
    ]
  | [
      'durable',
      stream: string,
      durable: string,
      filter: string | null,
      cursor: number,
      open: (readonly [sequence: number, attempt: number])[],
    ]
  | ['taken', stream: string, durable: string, sequence: number, attempt: number]
  | ['acknowledged', stream: string, durable: string, sequence: number];

/** The journal line of a message; its payload is JSON already. */
export function messageLine(stream: string, message: Parameters<LocalStream['add']>[0]): string {
  const { sequence, at, messageId, subject, headers, body } = message;
  const head = JSON.stringify(['message', stream, sequence, at, messageId, subject, headers]);
  return `${head.slice(0, -1)},${body}]`;
}

export function recordLine(record: Exclude<LocalRecord, ['message', ...unknown[]]>): string {
  return JSON.stringify(record);
}

/**
 * The lines that say all that is known now, and nothing that is over. May be read while the bus goes on: what changes
 * meanwhile is said again by lines behind these.
 */
export function* snapshotLines(
  streams: ReadonlyMap<string, LocalStream>,
  durables: ReadonlyMap<string, ReadonlyMap<string, LocalDurable>>,
): Generator<string> {
  for (const [name, stream] of streams) {
    stream.trim(Date.now());
    yield recordLine(['stream', stream.definition, stream.last]);
    const retained = new Set<string>();
    for (const message of stream.messages.values()) {
      retained.add(message.messageId);
      yield messageLine(name, message);
    }
    for (const { id, at } of stream.ids.entries(Date.now())) {
      if (!retained.has(id)) yield recordLine(['id', name, id, at]);
    }
    for (const durable of durables.get(name)?.values() ?? []) yield durableLine(name, durable);
  }
}

export function durableLine(stream: string, durable: LocalDurable): string {
  const open = [...durable.open].map(([sequence, { attempt }]) => [sequence, attempt] as const);
  return recordLine(['durable', stream, durable.name, durable.filter ?? null, durable.cursor, open]);
}
