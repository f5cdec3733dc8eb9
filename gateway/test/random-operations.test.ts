import { createLog } from '@alexandrite/telemetry/log';
import { describe, expect, test } from '@jest/globals';
import { graphql } from 'graphql';
import { plannerNames } from '../src/planner/planner.ts';
import { loadSupergraph } from '../src/supergraph/supergraph.ts';
import { startFederation } from './federation.ts';
import { museum, ratingsOfWorks, wholeMuseum } from './museum.ts';
import { randomOperations } from './random-operation.ts';

/** More, and others, for who wants to search: `OPERATIONS=5000 SEED=7`. */
const count = Number(process.env.OPERATIONS ?? 120);
const seed = Number(process.env.SEED ?? 1);

const aliases = [
  'id',
  'title',
  'worth',
  'painter',
  'fee',
  'name',
  'a',
  'b',
  '_internal_qp_alias_0',
  'id__alias_0',
];
const texts = ['p1', 'p3', 's2', 'none', 'EUR', 'USD', 'GBP'];

describe.each([
  ['entities', museum],
  ['interface objects', [...museum, ratingsOfWorks]],
])('a graph of %s', (_, definitions) => {
  test.each(plannerNames)(
    'answers as one schema would, planned by %s',
    async (planner) => {
      await using federation = await startFederation(definitions, { settings: { planner } });
      const silent = createLog({ service: 'test', level: 'silent' });
      const { apiSchema } = await loadSupergraph(federation.supergraphSdl, silent);
      const whole = wholeMuseum(apiSchema);
      const operations = randomOperations({ schema: apiSchema, aliases, texts }, seed);
      for (let done = 0; done < count; done++) {
        const { query, variables } = operations.next().value;
        const right = await graphql({ schema: whole, source: query, variableValues: variables });
        const { status: _, ...ours } = await federation.ask(query, variables);
        expect({ query, variables, ...ours }).toEqual({
          query,
          variables,
          ...JSON.parse(JSON.stringify(right)),
        });
      }
    },
    30_000 + count * 100,
  );
});
