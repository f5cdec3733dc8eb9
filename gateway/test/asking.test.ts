import { describe, expect, test } from '@jest/globals';
import { Kind, parse, print } from 'graphql';
import { plannerNames } from '../src/planner/planner.ts';
import { type Federation, startFederation } from './federation.ts';
import { museum } from './museum.ts';

const query = `{
  offer { painter { name rival { name born } } }
  painting(id: "p4") { painter { born name paintings { inStock painter { name } } } }
  works { ... on Painting { inStock painter { name } } ... on Statue { inStock maker { name rival { born name } } } }
  artists { rival { name } paintings { inStock fee } }
}`;

/** What was asked of entities: subgraph, selection, representation. */
function questions({ subgraphs }: Federation): string[] {
  return Object.values(subgraphs).flatMap(({ name, seen }) =>
    seen.splice(0).flatMap(({ query, variables }) => {
      const [operation, ...fragments] = parse(query).definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('expected an operation first');
      return operation.selectionSet.selections.flatMap((selection) => {
        if (selection.kind !== Kind.FIELD || selection.name.value !== '_entities') return [];
        const list = selection.arguments?.[0]?.value;
        if (list?.kind !== Kind.VARIABLE) throw new TypeError('expected a variable');
        const asked = [selection.selectionSet!, ...fragments].map(print).join(' ');
        return (variables[list.name.value] as object[]).map(
          (each) => `${name} ${asked} ${JSON.stringify(each)}`,
        );
      });
    }),
  );
}

describe.each(plannerNames)('over plans of %s', (planner) => {
  test('an entity is asked for with the same selection once, and the answer is the same as without', async () => {
    await using saving = await startFederation(museum, { settings: { planner } });
    await using plain = await startFederation(museum, {
      settings: { planner, askOnce: false, joinFetches: false },
    });
    const answer = await saving.ask(query);
    expect(answer.errors).toBeUndefined();
    expect(await plain.ask(query)).toEqual(answer);
    const requests = (federation: Federation) =>
      Object.values(federation.subgraphs).reduce((count, { seen }) => count + seen.length, 0);
    const [few, many] = [requests(saving), requests(plain)];
    const [once, again] = [questions(saving), questions(plain)];
    expect(new Set(once).size).toBe(once.length);
    if (planner === 'apollo') {
      expect(new Set(again).size).toBeLessThan(again.length);
      expect(few).toBeLessThan(many);
    }
    const metrics = await (await fetch(`${saving.url}/metrics`)).text();
    const counted = (name: string) => Number(new RegExp(`^${name}(?:{.*})? (\\d+)`, 'm').exec(metrics)?.[1]);
    if (planner === 'apollo') {
      expect(counted('gateway_entities_known_total')).toBeGreaterThan(0);
      expect(counted('gateway_joined_fetches_total')).toBeGreaterThan(0);
    }
  });
});
