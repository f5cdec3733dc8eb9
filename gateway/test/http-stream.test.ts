import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StationWorld, startStations } from './stations.ts';

let world: StationWorld;
beforeAll(async () => {
  world = await startStations({
    settings: {
      subscriptions: { cursorSecret: 'a secret that signs the cursors of tests', keepAliveMs: 1_000 },
    },
  });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const reading = 'subscription R($id: ID!) { reading(id: $id) { degrees serial station { name } } }';

/** A response that is read as it comes, up to a text. */
async function open(accept: string, body: object, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const response = await fetch(`${world.federation.url}/graphql`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(body),
  });
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    async until(end: string): Promise<string> {
      while (!text.includes(end)) {
        const { value, done } = await chunks.read();
        if (done) throw new Error(`it ended without ${JSON.stringify(end)}: ${text}`);
        text += value;
      }
      const at = text.indexOf(end) + end.length;
      const part = text.slice(0, at);
      text = text.slice(at);
      return part;
    },
    [Symbol.asyncDispose]: async () => leaving.abort(),
  };
}

describe('GraphQL over Server-Sent Events', () => {
  const accept = 'text/event-stream';
  const dataOf = (event: string) => JSON.parse(/^data: (.*)$/m.exec(event)![1]!);
  const idOf = (event: string) => /^id: (.*)$/m.exec(event)![1]!;

  test('gives the state, the changes and heartbeats', async () => {
    await using stream = await open(accept, { query: reading, variables: { id: 'north' } });
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const first = await stream.until('}\n\n');
    expect(first).toContain('event: next\n');
    expect(dataOf(first)).toMatchObject({ data: { reading: { station: { name: 'Station north' } } } });
    await world.measure('north', 21);
    expect(dataOf(await stream.until('}\n\n'))).toMatchObject({ data: { reading: { degrees: 21 } } });
    await stream.until(':\n\n');
  });

  test('comes back with Last-Event-ID', async () => {
    let id: string;
    {
      await using stream = await open(accept, { query: reading, variables: { id: 'south' } });
      const first = await stream.until('}\n\n');
      id = idOf(first);
      expect(dataOf(first).extensions.cursor).toBe(id);
    }
    await world.measure('south', 1);
    await world.measure('south', 2);
    await using stream = await open(
      accept,
      { query: reading, variables: { id: 'south' } },
      { 'last-event-id': id },
    );
    expect(dataOf(await stream.until('}\n\n'))).toMatchObject({ data: { reading: { degrees: 1 } } });
    expect(dataOf(await stream.until('}\n\n'))).toMatchObject({ data: { reading: { degrees: 2 } } });
  });

  test('tells what is wrong as a message, then completes', async () => {
    for (const [body, code] of [
      [{ query: reading, variables: { id: 'nowhere' } }, 'NOT_FOUND'],
      [{ query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ] as const) {
      await using stream = await open(accept, body);
      expect(stream.response.status).toBe(200);
      expect(dataOf(await stream.until('event: complete\ndata:\n\n'))).toMatchObject({
        errors: [{ extensions: { code } }],
      });
    }
  });

  test('answers a query once, also by GET', async () => {
    const query = '{ reading(id: "north") { station { id } } }';
    const response = await fetch(`${world.federation.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept },
    });
    const text = await response.text();
    expect(dataOf(text)).toEqual({ data: { reading: { station: { id: 'north' } } } });
    expect(text).toMatch(/event: complete\ndata:\n\n$/);
  });

  test('is for those who like it best: urql names it last, with each query', async () => {
    const accepts =
      'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
    const query = '{ reading(id: "north") { station { id } } }';
    for (const [accept, type] of [
      [accepts, 'application/graphql-response+json'],
      ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ] as const) {
      await using answer = await open(accept, { query });
      expect(answer.response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
      await answer.until('{"data":{"reading":{"station":{"id":"north"}}}}');
    }
  });

  test('refuses a mutation by GET', async () => {
    const response = await fetch(
      `${world.federation.url}/graphql?query=${encodeURIComponent('mutation { clear }')}`,
      { headers: { accept } },
    );
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('refuses what is no operation', async () => {
    expect((await open(accept, { variables: {} })).response.status).toBe(400);
    expect((await open(accept, [1])).response.status).toBe(400);
  });
});

describe('multipart subscriptions', () => {
  const accept = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';
  const partOf = (text: string) => JSON.parse(/\r\n\r\n(.*)\r\n--graphql$/s.exec(text)![1]!);

  test('give the state, the changes and heartbeats', async () => {
    await using stream = await open(accept, { query: reading, variables: { id: 'north' } });
    expect(stream.response.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    );
    expect(await stream.until('--graphql')).toBe('--graphql');
    expect(partOf(await stream.until('\r\n--graphql'))).toMatchObject({
      payload: {
        data: { reading: { station: { name: 'Station north' } } },
        extensions: { cursor: expect.anything() },
      },
    });
    await world.measure('north', 22);
    expect(partOf(await stream.until('\r\n--graphql'))).toMatchObject({
      payload: { data: { reading: { degrees: 22 } } },
    });
    expect(partOf(await stream.until('\r\n--graphql'))).toEqual({});
  });

  test('are refused by an ordinary answer', async () => {
    const stream = await open(accept, { query: 'subscription { nothing }' });
    expect(stream.response.status).toBe(400);
    expect(JSON.parse(await stream.until('}]}'))).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });
});

test.each(['text/event-stream', 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0'])(
  'a gateway that ends lets the clients of its streams come back: %s',
  async (accept) => {
    const short = await startStations();
    const response = await fetch(`${short.federation.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: reading, variables: { id: 'north' } }),
    });
    const text = response.text();
    await short[Symbol.asyncDispose]();
    expect(await text).toContain('"code":"SHUTTING_DOWN"');
    // Without it a stream was cut off, which is when its clients open it again.
    expect(await text).not.toContain('event: complete');
  },
);
