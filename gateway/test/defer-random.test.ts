import { createLog } from '@alexandrite/telemetry/log';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { describe, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';
import { loadSupergraph } from '../src/supergraph/supergraph.ts';
import { compose, startFederation } from './federation.ts';
import { museum, ratingsOfWorks, wholeMuseum } from './museum.ts';
import { allMessages, merged } from './parts.ts';
import { randomOperations } from './random-operation.ts';

/** More, and others, for who wants to search: `OPERATIONS=5000 SEED=7`. */
const count = Number(process.env.OPERATIONS ?? 60);
const seed = Number(process.env.SEED ?? 1);

const aliases = ['id', 'title', 'worth', 'painter', 'fee', 'name', 'a', 'b'];
const texts = ['p1', 'p3', 's2', 'none', 'EUR', 'USD', 'GBP'];

describe.each([
  ['entities', museum],
  ['interface objects', [...museum, ratingsOfWorks]],
])('a graph of %s', (_, definitions) => {
  test(
    'gives in parts what it gives at once',
    async () => {
      await using federation = await startFederation(definitions);
      const silent = createLog({ service: 'test', level: 'silent' });
      const { apiSchema } = await loadSupergraph(federation.supergraphSdl, silent);
      const whole = wholeMuseum(apiSchema);
      const operations = randomOperations({ schema: apiSchema, aliases, texts, defers: true }, seed);
      let inParts = 0;
      for (let done = 0; done < count; done++) {
        const { query, variables } = operations.next().value;
        const right = await graphql({ schema: whole, source: query, variableValues: variables });
        const messages = await allMessages(federation.url, query, variables);
        if (messages.length > 1) inParts++;
        const ours = asks(() => merged(messages));
        expect({ query, variables, ...ours, messages }).toEqual({
          query,
          variables,
          data: JSON.parse(JSON.stringify(right.data)),
          errors: [],
          messages,
        });
      }
      expect(inParts).toBeGreaterThan(count / 3);
    },
    30_000 + count * 1_000,
  );
});

test('a planner that knows @defer plans all else as one that does not', () => {
  const supergraph = Supergraph.build(
    compose([...museum, ratingsOfWorks].map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` }))),
  );
  const knowing = new QueryPlanner(supergraph, { incrementalDelivery: { enableDefer: true } });
  const plain = new QueryPlanner(supergraph);
  const schema = supergraph.apiSchema();
  const operations = randomOperations({ schema: schema.toGraphQLJSSchema(), aliases, texts }, seed);
  for (let done = 0; done < count; done++) {
    const operation = operationFromDocument(schema, parse(operations.next().value.query));
    expect(knowing.buildQueryPlan(operation)).toEqual(plain.buildQueryPlan(operation));
  }
});

function asks<T>(work: () => T): T | { failed: string } {
  try {
    return work();
  } catch (error) {
    return { failed: (error as Error).message };
  }
}
