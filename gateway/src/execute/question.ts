import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { EntityFetchNode } from '../planner/plan.ts';

/** What an entity fetch wants to know of the entities of one input, free of the operation in which it was written. */
export interface Question {
  subgraph: string;
  /** Equal questions have equal texts, in whatever order they name their fields. */
  text: string;
  selection: Named;
  fragments: ReadonlyMap<string, Named>;
  /** The client's variables that it uses, with their declarations. */
  variables: ReadonlyMap<string, string>;
}

/** A piece of a document, cut where it names fragments: piece, name, piece, name, …, piece. */
type Named = readonly string[];

/** One for each output of the fetch; null where the outputs are not one for each input, so that they must stay together. */
export function questionsOf(node: EntityFetchNode): readonly Question[] | null {
  if (node.outputs.length !== node.inputs.length) return null;
  const { definitions } = parse(node.operation);
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as
    | OperationDefinitionNode
    | undefined;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const questions: Question[] = [];
  for (const { responseName, input } of node.outputs) {
    const field = operation?.selectionSet.selections.find(
      (selection): selection is FieldNode =>
        selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === responseName,
    );
    const [argument, ...others] = field?.arguments ?? [];
    if (
      !field?.selectionSet ||
      field.directives?.length ||
      others.length > 0 ||
      argument?.value.kind !== Kind.VARIABLE ||
      argument.value.name.value !== node.inputs[input]?.variable
    ) {
      return null;
    }
    questions.push(questionOf(node, field.selectionSet, operation!, fragments));
  }
  return questions;
}

function questionOf(
  { subgraph, operation: text }: EntityFetchNode,
  selectionSet: SelectionSetNode,
  operation: OperationDefinitionNode,
  definitions: ReadonlyMap<string, FragmentDefinitionNode>,
): Question {
  const variables = new Map<string, string>();
  const fragments = new Map<string, Named>();
  const cut = (node: SelectionSetNode | FragmentDefinitionNode): Named => {
    const pieces: string[] = [];
    const used: string[] = [];
    let from = node.loc!.start;
    const name = ({ value, loc }: { value: string; loc?: { start: number; end: number } | undefined }) => {
      pieces.push(text.slice(from, loc!.start), value);
      from = loc!.end;
    };
    visit(node, {
      FragmentDefinition: (definition) => name(definition.name),
      FragmentSpread(spread) {
        name(spread.name);
        used.push(spread.name.value);
      },
      Variable({ name: { value } }) {
        const definition = operation.variableDefinitions?.find(
          (candidate) => candidate.variable.name.value === value,
        );
        if (definition) variables.set(value, text.slice(definition.loc!.start, definition.loc!.end));
      },
    });
    pieces.push(text.slice(from, node.loc!.end));
    for (const fragment of used) {
      const definition = definitions.get(fragment);
      if (!definition || fragments.has(fragment)) continue;
      fragments.set(fragment, []);
      fragments.set(fragment, cut(definition));
    }
    return pieces;
  };
  const selection = cut(selectionSet);
  return {
    subgraph,
    text: [selectionSet, ...[...fragments.keys()].sort().map((name) => definitions.get(name)!)]
      .map(inOrder)
      .join(' '),
    selection,
    fragments,
    variables,
  };
}

/** A text that does not depend on the order of fields. */
function inOrder(node: SelectionSetNode | FragmentDefinitionNode): string {
  if (node.kind === Kind.FRAGMENT_DEFINITION) {
    return `fragment ${node.name.value} on ${node.typeCondition.name.value}${inOrder(node.selectionSet)}`;
  }
  const selections = node.selections.map((selection) =>
    'selectionSet' in selection && selection.selectionSet
      ? print({ ...selection, selectionSet: undefined } as SelectionNode) + inOrder(selection.selectionSet)
      : print(selection),
  );
  return `{${selections.sort().join(' ')}}`;
}

/** Several questions to one subgraph as one operation: the list of question `i` is called `e<i>` in its answer. */
export interface CombinedQuestions {
  operation: string;
  /** The variables that take the representations of each question. */
  lists: readonly string[];
  /** The client's variables that it uses. */
  variables: readonly string[];
}

export function combine(
  questions: readonly Question[],
  operationName: string | undefined,
): CombinedQuestions {
  const variables = new Map(questions.flatMap((question) => [...question.variables]));
  const lists = questions.map((_, index) => {
    let name = `r${index}`;
    while (variables.has(name)) name += '_';
    return name;
  });
  const fragments = new Map<string, string>();
  const fields = questions.map((question, index) => {
    // Fragments of one name need not be the same ones.
    const write = (pieces: Named): string =>
      pieces.map((piece, position) => (position % 2 === 0 ? piece : `${piece}_${index}`)).join('');
    for (const [name, pieces] of question.fragments) fragments.set(`${name}_${index}`, write(pieces));
    return `e${index}:_entities(representations:$${lists[index]})${write(question.selection)}`;
  });
  const declared = [...lists.map((name) => `$${name}:[_Any!]!`), ...variables.values()];
  return {
    operation: `query ${operationName ?? ''}(${declared.join(',')}){${fields.join(' ')}}${[...fragments.values()].join('')}`,
    lists,
    variables: [...variables.keys()],
  };
}
