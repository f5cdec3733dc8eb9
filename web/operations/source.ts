import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  type TypeNode,
  visit,
} from 'graphql';

/** A page's `.graphql` file, and the TypeScript that is made of it. */
export interface Source {
  /** Path of the generated file below `web/src`, without `.ts`: `shop/operations`. */
  module: string;
  document: DocumentNode;
}

const HEADER =
  '// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.\n';
const UNFORMATTED = '// biome-ignore-all format: generated\n';

/** JSON forms of the schema's scalars. */
const SCALARS: Record<string, string> = {
  ID: 'string',
  String: 'string',
  DateTime: 'string',
  Int: 'number',
  Float: 'number',
  MinorUnits: 'number',
  Boolean: 'boolean',
};

/** Enumerations and inputs of the schema that documents can mention. */
export function schemaSource(schema: GraphQLSchema): string {
  const lines = [HEADER + UNFORMATTED];
  const types = Object.values(schema.getTypeMap()).sort((a, b) => a.name.localeCompare(b.name));
  for (const type of types) {
    if (type.name.includes('__')) continue; // of the composition or of introspection
    if (isEnumType(type)) {
      const values = type.getValues().map((value) => `'${value.name}'`);
      lines.push(`export type ${type.name} =\n  | ${values.join('\n  | ')};\n`);
    } else if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).map((field) => {
        const optional = !isNonNullType(field.type) || field.defaultValue !== undefined;
        return `  ${field.name}${optional ? '?' : ''}: ${outputType(field.type as GraphQLOutputType, inputName)};`;
      });
      lines.push(`export interface ${type.name} {\n${fields.join('\n')}\n}\n`);
    }
  }
  return lines.join('\n');
}

/** The fragments and operations of one document as types and `Operation` constants. */
export function operationsSource(schema: GraphQLSchema, source: Source, all: readonly Source[]): string {
  const fragments = new Map<string, { node: FragmentDefinitionNode; module: string }>();
  for (const { module, document } of all)
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, { node, module });

  const imports = new Map<string, Set<string>>();
  const use = (module: string, name: string) => {
    if (module !== source.module) imports.set(module, (imports.get(module) ?? new Set()).add(name));
    return name;
  };
  const nameOf = (type: GraphQLNamedType) => SCALARS[type.name] ?? use('client/schema', type.name);

  /** The TypeScript of a selection on `type`: an object type, or a union by its members. */
  const selection = (set: SelectionSetNode, type: GraphQLNamedType, indent: string): string => {
    if (isUnionType(type))
      return type
        .getTypes()
        .map((member) => `(${objectSelection(set, member, indent)})`)
        .join(' | ');
    if (isObjectType(type)) return objectSelection(set, type, indent);
    throw new Error(`expected an object or a union, got ${type.name}`);
  };
  const objectSelection = (set: SelectionSetNode, type: GraphQLObjectType, indent: string): string => {
    const parts: string[] = [];
    const fields: string[] = [];
    const collect = (of: SelectionSetNode) => {
      for (const node of of.selections) {
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          if (node.name.value === '__typename') {
            fields.push(`${indent}  ${key}: '${type.name}';`);
            continue;
          }
          const field = type.getFields()[node.name.value];
          if (field === undefined) throw new Error(`${type.name} has no field ${node.name.value}`);
          const inner = (named: GraphQLNamedType) =>
            node.selectionSet ? selection(node.selectionSet, named, `${indent}  `) : nameOf(named);
          fields.push(`${indent}  ${key}: ${outputType(field.type, inner)};`);
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          if (!node.typeCondition || node.typeCondition.name.value === type.name) collect(node.selectionSet);
        } else {
          const fragment = fragments.get(node.name.value);
          if (!fragment) throw new Error(`there is no fragment ${node.name.value}`);
          if (fragment.node.typeCondition.name.value === type.name)
            parts.push(use(fragment.module, node.name.value));
        }
      }
    };
    collect(set);
    if (fields.length > 0) parts.push(`{\n${fields.join('\n')}\n${indent}}`);
    return parts.length > 0 ? parts.join(' & ') : 'object';
  };

  const body: string[] = [];
  for (const node of source.document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) {
      const type = schema.getType(node.typeCondition.name.value)!;
      body.push(`export type ${node.name.value} = ${selection(node.selectionSet, type, '')};\n`);
    } else if (node.kind === Kind.OPERATION_DEFINITION) {
      const name = node.name!.value;
      const root = schema.getRootType(node.operation)!;
      body.push(`export type ${name}Data = ${selection(node.selectionSet, root, '')};\n`);
      body.push(`export type ${name}Variables = ${variables(node, use)};\n`);
      const text = [node, ...spreadFrom(node, fragments)].map((part) => print(part)).join('\n\n');
      body.push(
        `export const ${name}: Operation<${name}Data, ${name}Variables> = {\n` +
          `  kind: '${node.operation}',\n  name: '${name}',\n  text: \`${text}\`,\n};\n`,
      );
    }
  }
  if (body.some((part) => part.startsWith('export const'))) use('client/operation', 'Operation');

  const up = '../'.repeat(source.module.split('/').length - 1);
  const head = [...imports]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([module, names]) => `import type { ${[...names].sort().join(', ')} } from '${up}${module}.ts';`);
  return `${HEADER}${UNFORMATTED}${head.join('\n')}\n\n${body.join('\n')}`;
}

function outputType(type: GraphQLOutputType, inner: (named: GraphQLNamedType) => string): string {
  if (isNonNullType(type)) return nonNull(type.ofType as GraphQLOutputType, inner);
  return `${nonNull(type, inner)} | null`;
}

function nonNull(type: GraphQLOutputType, inner: (named: GraphQLNamedType) => string): string {
  if (isListType(type)) return `(${outputType(type.ofType as GraphQLOutputType, inner)})[]`;
  return inner(getNamedType(type));
}

function inputName(type: GraphQLNamedType): string {
  return SCALARS[type.name] ?? type.name;
}

function variables(node: OperationDefinitionNode, use: (module: string, name: string) => string): string {
  const fields = (node.variableDefinitions ?? []).map((definition) => {
    const optional = definition.type.kind !== Kind.NON_NULL_TYPE || definition.defaultValue !== undefined;
    return `  ${definition.variable.name.value}${optional ? '?' : ''}: ${variableType(definition.type, use)};`;
  });
  return fields.length === 0 ? 'Record<string, never>' : `{\n${fields.join('\n')}\n}`;
}

function variableType(node: TypeNode, use: (module: string, name: string) => string): string {
  if (node.kind === Kind.NON_NULL_TYPE) return variableType(node.type, use).replace(/ \| null$/, '');
  if (node.kind === Kind.LIST_TYPE) return `(${variableType(node.type, use)})[] | null`;
  return `${SCALARS[node.name.value] ?? use('client/schema', node.name.value)} | null`;
}

/** Every fragment that a definition needs, each once. */
function spreadFrom(
  node: OperationDefinitionNode,
  fragments: Map<string, { node: FragmentDefinitionNode; module: string }>,
): FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>();
  const look = (at: OperationDefinitionNode | FragmentDefinitionNode) =>
    visit(at, {
      FragmentSpread(spread) {
        const fragment = fragments.get(spread.name.value)?.node;
        if (!fragment || found.has(fragment)) return;
        found.add(fragment);
        look(fragment);
      },
    });
  look(node);
  return [...found];
}
