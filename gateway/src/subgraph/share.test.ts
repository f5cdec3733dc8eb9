import { describe, expect, test } from '@jest/globals';
import { shareFetches } from './share.ts';
import { type SubgraphAnswer, SubgraphError, type SubgraphRequest } from './subgraph.ts';

const headers = { 'x-who': 'me', traceparent: '00-1' };
const query: SubgraphRequest = { subgraph: 'shop', kind: 'query', body: '{}', headers, signal: undefined };

/** A subgraph that answers when it is told to. */
function subgraph() {
  const asked: { request: SubgraphRequest; answer: PromiseWithResolvers<SubgraphAnswer> }[] = [];
  let shared = 0;
  const send = shareFetches(
    (request) => {
      const answer = Promise.withResolvers<SubgraphAnswer>();
      asked.push({ request, answer });
      return answer.promise;
    },
    () => shared++,
  );
  const answer = (data = { list: [{ id: 1 }] }) => {
    for (const each of asked.splice(0)) each.answer.resolve({ data, errors: [] });
  };
  return { send, asked, answer, shared: () => shared };
}

describe('equal fetches in flight', () => {
  test('are sent once, whatever trace they belong to, and everyone has an answer of their own', async () => {
    const { send, asked, answer, shared } = subgraph();
    const sent = ['00-1', '00-2', '00-3'].map((traceparent) =>
      send({ ...query, headers: { ...headers, traceparent } }),
    );
    expect([asked.length, shared()]).toEqual([1, 2]);
    answer();
    const answers = await Promise.all(sent);
    for (const [index, { data }] of answers.entries()) {
      expect(data).toEqual({ list: [{ id: 1 }] });
      (data!.list as unknown[]).push(index);
    }
    const again = send(query);
    expect(asked.length).toBe(1);
    answer();
    await again;
  });

  test.each<[string, Partial<SubgraphRequest>]>([
    ['the body', { body: '{ }' }],
    ['the subgraph', { subgraph: 'crm' }],
    ['who asks', { headers: { ...headers, 'x-who': 'you' } }],
    ['a header more', { headers: { ...headers, authorization: 'me' } }],
    ['that it is a mutation', { kind: 'mutation' }],
  ])('are not equal when they differ in %s', async (_, difference) => {
    const { send, asked, answer } = subgraph();
    const sent = [send(query), send({ ...query, ...difference }), send({ ...query, ...difference })];
    expect(asked.length).toBe(difference.kind === 'mutation' ? 3 : 2);
    answer();
    await Promise.all(sent);
  });

  test('fail together', async () => {
    const { send, asked } = subgraph();
    const sent = [send(query), send(query)];
    asked[0]!.answer.reject(new SubgraphError('SUBGRAPH_TIMEOUT', 'late'));
    for (const each of sent) await expect(each).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  });

  test('go on when the first one leaves, and end when the last one does', async () => {
    const { send, asked, answer } = subgraph();
    const clients = [new AbortController(), new AbortController()];
    const sent = clients.map(({ signal }) => send({ ...query, signal }));
    const left = sent.map((each) => expect(each).rejects.toMatchObject({ code: 'ABORTED' }));
    clients[0]!.abort();
    await left[0];
    expect(asked[0]!.request.signal?.aborted).toBe(false);
    clients[1]!.abort();
    await left[1];
    expect(asked[0]!.request.signal?.aborted).toBe(true);
    // Who comes now does not join what has been given up.
    const late = send(query);
    expect(asked.length).toBe(2);
    asked[0]!.answer.reject(new SubgraphError('ABORTED', 'gone'));
    const joined = send(query);
    expect(asked.length).toBe(2);
    answer();
    expect(await Promise.all([late, joined])).toHaveLength(2);
  });

  test('are waited for as long as each one would alone', async () => {
    const { send, asked, answer } = subgraph();
    const hasty = send({ ...query, deadline: performance.now() + 1 });
    const patient = send(query);
    await expect(hasty).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(asked.map(({ request }) => [request.deadline, request.signal?.aborted])).toEqual([
      [undefined, false],
    ]);
    answer();
    expect((await patient).data).toEqual({ list: [{ id: 1 }] });
  });

  test('of an answer too deep to be copied fail, and harm nobody', async () => {
    const { send, answer } = subgraph();
    const sent = [send(query), send(query)];
    answer(JSON.parse(`${'{"list":'.repeat(100_000)}1${'}'.repeat(100_000)}`));
    expect((await Promise.allSettled(sent)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
