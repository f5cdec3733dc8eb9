import type { GraphqlAnswer } from './federation.ts';

export interface PartSeen {
  data: Record<string, unknown> | null;
  path: (string | number)[];
  label?: string;
  errors?: GraphqlAnswer['errors'];
  extensions?: Record<string, unknown>;
}

/** A message of an answer in parts, by the draft of August 2022. */
export interface MessageSeen {
  data?: unknown;
  errors?: GraphqlAnswer['errors'];
  incremental?: PartSeen[];
  extensions?: Record<string, unknown>;
  hasNext: boolean;
}

export const acceptsParts =
  'multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json';

/** Asks for an answer in parts; `next` gives its messages one by one, as they come. */
export async function askForParts(
  url: string,
  query: string,
  variables = {},
  headers: Record<string, string> = {},
) {
  const leaving = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/json', accept: acceptsParts, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { response, messages: messagesOf(response), leave: () => leaving.abort() };
}

/** Reads multipart/mixed by RFC 2046, to the byte. */
async function* messagesOf(response: Response): AsyncGenerator<MessageSeen, void> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('multipart/mixed')) {
    yield { ...((await response.json()) as object), hasNext: false };
    return;
  }
  const boundary = /boundary="([^"]+)"/.exec(type)![1]!;
  const delimiter = `\r\n--${boundary}`;
  let text = '';
  let parts = 0;
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter)) {
      const part = text.slice(0, end);
      text = text.slice(end + delimiter.length);
      // Before the first delimiter there is nothing.
      if (parts++ === 0) continue;
      const [head = '', body = ''] = part.split('\r\n\r\n');
      if (head.trim() !== 'content-type: application/json; charset=utf-8')
        throw new Error(`a part of ${head}`);
      yield JSON.parse(body) as MessageSeen;
    }
  }
  if (text !== '--\r\n') throw new Error(`expected the end of the parts, got ${JSON.stringify(text)}`);
}

export async function allMessages(
  url: string,
  query: string,
  variables = {},
  headers: Record<string, string> = {},
): Promise<MessageSeen[]> {
  return collected((await askForParts(url, query, variables, headers)).messages);
}

/** The rest of them. */
export async function collected<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

/** What a client has in the end. Throws when the messages are not what the draft says. */
export function merged(messages: readonly MessageSeen[]): {
  data: unknown;
  errors: NonNullable<GraphqlAnswer['errors']>;
} {
  const [first, ...rest] = messages;
  if (!first) throw new Error('expected a first message');
  messages.forEach(({ hasNext }, index) => {
    if (hasNext !== index < messages.length - 1)
      throw new Error(`hasNext: ${hasNext} in message ${index} of ${messages.length}`);
  });
  const whole = { data: structuredClone(first.data) };
  const errors = [...(first.errors ?? [])];
  for (const { incremental = [], data } of rest) {
    if (data !== undefined) throw new Error('expected data in the first message only');
    for (const part of incremental) {
      errors.push(...(part.errors ?? []));
      const at = part.path.reduce<unknown>(
        (value, step) => (value as Record<string | number, unknown>)[step],
        whole.data,
      );
      if (typeof at !== 'object' || at === null)
        throw new Error(`expected an object at ${part.path.join('.')}`);
      if (part.data) mergeInto(at as Record<string, unknown>, part.data);
    }
  }
  return { data: whole.data, errors };
}

function mergeInto(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key];
    if (typeof present === 'object' && present !== null && typeof value === 'object' && value !== null) {
      mergeInto(present as Record<string, unknown>, value as Record<string, unknown>);
    } else if (present !== undefined && JSON.stringify(present) !== JSON.stringify(value)) {
      throw new Error(`expected ${JSON.stringify(present)} again at ${key}, got ${JSON.stringify(value)}`);
    } else {
      target[key] = value;
    }
  }
}
