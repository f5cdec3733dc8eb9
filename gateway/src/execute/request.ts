import { clientName } from '../planner/client-names.ts';
import type { EntityFetchNode, FetchNode } from '../planner/plan.ts';
import type { SubgraphAnswer } from '../subgraph/subgraph.ts';
import { type JsonObject, reader } from './json.ts';
import type { Run } from './run.ts';

/** What of a request depends on the plan only. */
export interface RequestTemplate {
  subgraph: string;
  kind: FetchNode['operationKind'];
  /** The body up to its first variable. */
  beginning: string;
  variables: readonly { before: string; read: (variables: JsonObject) => unknown }[];
}

export function requestTemplate({
  subgraph,
  operation,
  operationName,
  variables,
  kind,
}: Pick<EntityFetchNode, 'subgraph' | 'operation' | 'operationName' | 'variables'> & {
  kind: FetchNode['operationKind'];
}): RequestTemplate {
  const name = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`;
  return {
    subgraph,
    kind,
    beginning: `{"query":${JSON.stringify(operation)},${name}"variables":{`,
    variables: variables.map((variable) => ({
      before: `${JSON.stringify(variable)}:`,
      read: reader(clientName(variable)),
    })),
  };
}

/** The body of a request. `lists` is the JSON of variables of the plan's own, with their names. */
export function bodyOf(template: RequestTemplate, variables: JsonObject, lists: string): string {
  let body = template.beginning + lists;
  let empty = lists === '';
  for (const { before, read } of template.variables) {
    const value = read(variables);
    if (value === undefined) continue;
    body += `${empty ? '' : ','}${before}${JSON.stringify(value)}`;
    empty = false;
  }
  return `${body}}}`;
}

/** `lists` is the JSON of variables of the plan's own, with their names. Rejects with a SubgraphError. */
export function send(run: Run, template: RequestTemplate, lists: string): Promise<SubgraphAnswer> {
  const { input, fetched } = run;
  fetched.fetches++;
  return input.send({
    subgraph: template.subgraph,
    kind: template.kind,
    body: bodyOf(template, input.variables, lists),
    headers: input.headers(),
    signal: input.signal,
    deadline: input.deadline,
  });
}
