import { type SubgraphAnswer, SubgraphError } from '../subgraph/subgraph.ts';
import { own } from './json.ts';

/**
 * Throws a `SubgraphError` when an answer holds less than was asked and says no error: to the client, the nulls would look
 * like values. `expected` says how many entities each list must have; without it there must be data at all.
 */
export function checkComplete(
  subgraph: string,
  { data, errors }: SubgraphAnswer,
  expected: Iterable<readonly [responseName: string, entities: number]> = [],
): void {
  if (errors.length > 0) return;
  let complete = data !== null;
  for (const [responseName, count] of data ? expected : []) {
    const entities = own(data!, responseName);
    if (!Array.isArray(entities) || entities.length !== count) complete = false;
  }
  if (complete) return;
  throw new SubgraphError(
    'SUBGRAPH_BAD_ANSWER',
    `The subgraph "${subgraph}" answered less or more than was asked, without an error.`,
    { subgraph },
  );
}
