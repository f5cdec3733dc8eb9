import {
  GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLScalarType,
  type GraphQLSchema,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';
import { isObject, type JsonObject } from '../execute/json.ts';
import { isDeeper, maxLevels } from '../execute/levels.ts';
import { withCode } from './document.ts';

/** The variables as the operation declares them, with defaults. */
export type Coerce = (variables: JsonObject) => { values: JsonObject } | { errors: readonly GraphQLError[] };

/** Whether a value is what graphql-js would make of it: then there is nothing to do. */
type Fits = (value: unknown) => boolean;

interface Variable {
  name: string;
  fits: Fits;
  required: boolean;
  /** Undefined when there is none; a default of null is null. */
  defaultValue: unknown;
}

/** Wrong variables told at a time. */
const maxErrors = 20;

/**
 * What depends on the operation only is done once. Variables that nearly everybody sends as they are to be pass a few
 * tests; all others are graphql-js's to make them fit, or to say what is wrong.
 */
export function compileCoerce(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]): Coerce {
  const coerce = compileFits(schema, definitions);
  return (variables) => {
    if (!isDeeper(variables, maxLevels + 1)) return coerce(variables);
    const tooDeep = Object.keys(variables).filter((name) => isDeeper(variables[name], maxLevels));
    return {
      errors: tooDeep.slice(0, maxErrors).map((name) => {
        const nodes = definitions.find(({ variable }) => variable.name.value === name);
        const message = `Expected the variable "$${name}" to have at most ${maxLevels} levels of lists and objects, got more.`;
        return new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } });
      }),
    };
  };
}

function compileFits(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]): Coerce {
  const byTheBook: Coerce = (variables) => {
    const { coerced, errors } = getVariableValues(schema, definitions, variables, { maxErrors });
    if (errors) return { errors: errors.map((error) => withCode(error, 'BAD_USER_INPUT')) };
    return { values: coerced };
  };
  const known = definitions.map((definition) => compileVariable(schema, definition));
  if (!known.every((variable) => variable !== null)) return byTheBook;
  const asTheyAre = (variables: JsonObject): JsonObject | null => {
    const values: JsonObject = {};
    for (const { name, fits, required, defaultValue } of known) {
      if (Object.hasOwn(variables, name)) {
        const value = variables[name];
        if (!fits(value)) return null;
        values[name] = value;
      } else if (defaultValue !== undefined) values[name] = defaultValue;
      else if (required) return null;
    }
    return values;
  };
  return (variables) => {
    const values = asTheyAre(variables);
    return values ? { values } : byTheBook(variables);
  };
}

function compileVariable(schema: GraphQLSchema, definition: VariableDefinitionNode): Variable | null {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type as never) as GraphQLInputType | undefined;
  // Such names are not for ordinary objects.
  if (!type || !isInputType(type) || name in Object.prototype) return null;
  return {
    name,
    fits: new FitCompiler().of(type),
    required: isNonNullType(type),
    defaultValue: definition.defaultValue && valueFromAST(definition.defaultValue, type),
  };
}

const never: Fits = () => false;
/** What scalars of the schema's own do with a value that comes as JSON: nothing. */
const asItIs = new GraphQLScalarType({ name: 'Any' }).parseValue;
const maxInt = 2 ** 31 - 1;
const minInt = -(2 ** 31);

const scalars: Readonly<Record<string, Fits>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => Number.isInteger(value) && (value as number) <= maxInt && (value as number) >= minInt,
  Float: (value) => Number.isFinite(value),
};

class FitCompiler {
  /** Input objects may have fields of their own type. */
  readonly #objects = new Map<string, Fits>();

  of(type: GraphQLInputType): Fits {
    if (isNonNullType(type)) return this.#present(type.ofType);
    const present = this.#present(type);
    return (value) => value === null || present(value);
  }

  #present(type: GraphQLInputType): Fits {
    if (isListType(type)) {
      const item = this.of(type.ofType);
      return (value) => Array.isArray(value) && value.every(item);
    }
    if (isEnumType(type)) {
      return (value) => typeof value === 'string' && type.getValue(value)?.value === value;
    }
    if (isInputObjectType(type)) return this.#object(type);
    if (isSpecifiedScalarType(type)) return scalars[type.name] ?? never;
    return (type as GraphQLScalarType).parseValue === asItIs
      ? (value) => value !== null && value !== undefined
      : never;
  }

  #object(type: GraphQLInputObjectType): Fits {
    const known = this.#objects.get(type.name);
    if (known) return known;
    const fields = new Map<string, Fits>();
    /** What must be there, or would be put there. */
    const needed: string[] = [];
    let simple = !type.isOneOf;
    const fits: Fits = (value) => {
      if (!simple || !isObject(value)) return false;
      for (const name in value) if (!fields.get(name)?.(value[name])) return false;
      return needed.every((name) => Object.hasOwn(value, name));
    };
    this.#objects.set(type.name, fits);
    for (const field of Object.values(type.getFields())) {
      if (field.name in Object.prototype) simple = false;
      fields.set(field.name, this.of(field.type));
      if (field.defaultValue !== undefined || isNonNullType(field.type)) needed.push(field.name);
    }
    return fits;
  }
}
