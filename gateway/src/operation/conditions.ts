import { type DocumentNode, Kind, type SelectionNode, type ValueNode, visit } from 'graphql';
import { type JsonObject, own } from '../execute/json.ts';

/** Whether `@skip` and `@include` let a selection be. */
export function isIncluded(selection: SelectionNode, variables: JsonObject): boolean {
  for (const directive of selection.directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const argument = directive.arguments?.find((candidate) => candidate.name.value === 'if');
    if (argument && isTrue(argument.value, variables) !== (name === 'include')) return false;
  }
  return true;
}

function isTrue(value: ValueNode, variables: JsonObject): boolean {
  if (value.kind === Kind.BOOLEAN) return value.value;
  return value.kind === Kind.VARIABLE && own(variables, value.name.value) === true;
}

/** False when no directive can be in a document: its text has no mark of one. */
export function mayHaveDirectives({ loc }: DocumentNode): boolean {
  return !loc || loc.source.body.includes('@');
}

/** The variables that decide what a response looks like. */
export function conditionVariables(document: DocumentNode): string[] {
  if (!mayHaveDirectives(document)) return [];
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return;
      for (const { value } of directive.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
    },
  });
  return [...names];
}
