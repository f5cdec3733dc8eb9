import {
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { compilePlan } from '../execute/compile-plan.ts';
import type { TypeTest } from '../execute/type-test.ts';
import { type Compilation, compileOperation } from './compile.ts';
import { checkDocument, parseDocument } from './document.ts';
import { everyMark } from './rules.ts';

const deepest = 4; // levels of fields
const widest = 5; // fields that have fields
const maxSelections = 100;
/** More make no code warmer. */
const maxRounds = 100;

/**
 * Compiles operations for nobody, for `withinMs` at most, and keeps nothing: the engine optimises what has run a few times,
 * and the first clients would wait for what has not.
 */
export async function rehearse(
  compilation: Omit<Compilation, 'observer'>,
  types: TypeTest,
  withinMs: number,
): Promise<void> {
  const { apiSchema } = compilation.supergraph;
  const observed: Compilation = { ...compilation, observer: unobserved };
  const end = performance.now() + withinMs;
  for (let round = 0; round < maxRounds && performance.now() < end; round++) {
    const text = rehearsalOf(apiSchema, round);
    try {
      const document = parseDocument(text, undefined);
      checkDocument(document, apiSchema, [], { ...noLimits, maxSelections: 10 * maxSelections });
      const compiled = await compileOperation('', document, undefined, observed);
      const plan = await compiled.plan({});
      if (plan.kind === 'operation' && plan.root) compilePlan(plan.root, types, { now: true });
      compiled.shape({}).json({}, () => null);
    } catch (error) {
      // Made without knowing what the schema means: not every one is valid, or can be planned.
      if (error instanceof GraphQLError || Array.isArray(error)) return;
      throw error;
    }
  }
}

const noLimits = { maxDepth: undefined, maxAliases: undefined, maxRootFields: undefined };
const unobserved: Compilation['observer'] = {
  compiling: (work) => work(),
  planning: (_, work) => work(),
};

/** An operation that a client of the schema could have written: with fragments, aliases and as much nesting as real ones. */
export function rehearsalOf(schema: GraphQLSchema, number: number): string {
  const query = schema.getQueryType();
  if (!query) return '{__typename}';
  const fragments = new Map<string, string>();
  let left = maxSelections;

  const selectionOf = (type: GraphQLCompositeType, depth: number): string => {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields()).filter(needsNothing);
    const leaves = fields.filter(({ type }) => !isComposite(type));
    left -= leaves.length + 1;
    const parts = ['__typename', spreadOf(type, leaves)];
    if (isAbstractType(type)) {
      for (const { name } of schema.getPossibleTypes(type).slice(0, 2))
        parts.push(`... on ${name}{__typename}`);
    }
    if (depth < deepest) {
      // From another one on each time, so that all of the schema is seen.
      const composite = fields.filter(({ type }) => isComposite(type));
      for (let index = 0; index < Math.min(widest, composite.length) && left > 0; index++) {
        const field = composite[(index + number) % composite.length]!;
        const below = selectionOf(getNamedType(field.type) as GraphQLCompositeType, depth + 1);
        parts.push(`${field.name}${below}`);
      }
    }
    return `{${parts.join(' ')}}`;
  };
  /** The leaves of a type, as a fragment that is used wherever the type is met. */
  const spreadOf = ({ name }: GraphQLNamedType, leaves: readonly { name: string }[]): string => {
    if (leaves.length === 0) return '';
    fragments.set(name, `fragment ${name}Parts on ${name}{${leaves.map((leaf) => leaf.name).join(' ')}}`);
    return `...${name}Parts`;
  };

  const selection = selectionOf(query, 1);
  return `query Rehearsal${number} ${selection.replace('{', `{n${number}:`)} ${[...fragments.values()].join(' ')}\n${everyMark}`;
}

function needsNothing(field: GraphQLField<unknown, unknown>): boolean {
  return !field.args.some(isRequiredArgument);
}

function isComposite(type: GraphQLField<unknown, unknown>['type']): boolean {
  return isCompositeType(getNamedType(type));
}
