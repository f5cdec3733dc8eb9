import {
  doTypesOverlap,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  parse,
  validate,
} from 'graphql';

export interface RandomOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** What operations are made of. */
export interface Material {
  schema: GraphQLSchema;
  /** Aliases that get in the way of fields. */
  aliases: readonly string[];
  /** Values for arguments of the types String and ID. */
  texts: readonly string[];
  /** Whether fragments may be deferred. */
  defers?: boolean;
}

/** Valid operations without end, the same for the same seed: fragments, aliases, conditions, arguments, in each other. */
export function* randomOperations(material: Material, seed: number): Generator<RandomOperation> {
  const random = new Random(seed);
  for (;;) {
    const query = new Writer(material, random).query();
    if (material.defers && !query.includes('@defer')) continue;
    if (validate(material.schema, parse(query)).length > 0) continue;
    const variables = {
      ...(query.includes('$yes') ? { yes: random.chance(0.5) } : {}),
      ...(query.includes('$no') && random.chance(0.5) ? { no: random.chance(0.5) } : {}),
      ...(query.includes('$n:') && random.chance(0.5) ? { n: random.pick([0, 1, 2, null]) } : {}),
    };
    yield { query, variables };
  }
}

/** The same numbers for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }
}

const depth = 4;
const declarations = { $yes: 'Boolean!', $no: 'Boolean = false', $n: 'Int' };

class Writer {
  readonly #material: Material;
  readonly #random: Random;
  readonly #fragments: string[] = [];
  #labels = 0;

  constructor(material: Material, random: Random) {
    this.#material = material;
    this.#random = random;
  }

  query(): string {
    const body = [this.#selections(this.#material.schema.getQueryType()!, depth), ...this.#fragments].join(
      '\n',
    );
    const declared = Object.entries(declarations)
      .filter(([name]) => new RegExp(`\\${name}\\b`).test(body))
      .map(([name, type]) => `${name}: ${type}`);
    return `query${declared.length > 0 ? `(${declared.join(', ')})` : ''} ${body}`;
  }

  #selections(type: GraphQLCompositeType, left: number): string {
    const selections: string[] = [];
    for (let count = 1 + Math.floor(this.#random.next() * 3); count > 0; count--) {
      selections.push(this.#selection(type, left));
    }
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, left: number): string {
    const random = this.#random;
    if (left > 0 && random.chance(isAbstractType(type) ? 0.55 : 0.15)) return this.#fragment(type, left);
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    if (fields.length === 0 || random.chance(0.06))
      return random.chance(0.2) ? 't: __typename' : '__typename';
    const field = random.pick(fields);
    const below = getNamedType(field.type);
    if (isCompositeType(below) && left === 0) return '__typename';
    const alias = random.chance(0.35) ? `${random.pick(this.#material.aliases)}: ` : '';
    const named = `${alias}${field.name}${this.#arguments(field)}${this.#conditions()}`;
    return isCompositeType(below) ? `${named} ${this.#selections(below, left - 1)}` : named;
  }

  #fragment(type: GraphQLCompositeType, left: number): string {
    const random = this.#random;
    const { schema } = this.#material;
    const on = random.pick(
      Object.values(schema.getTypeMap()).filter(
        (other) =>
          isCompositeType(other) &&
          (isObjectType(other) || isInterfaceType(other)) &&
          doTypesOverlap(schema, type, other),
      ) as GraphQLCompositeType[],
    );
    const conditions = this.#conditions() + this.#defer();
    const body = this.#selections(on, left - 1);
    if (!random.chance(0.3))
      return `...${random.chance(0.1) && on === type ? '' : ` on ${on.name}`}${conditions} ${body}`;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${on.name} ${body}`);
    return `...${name}${conditions}${random.chance(0.2) ? ` ...${name}` : ''}`;
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.filter((argument) => isRequiredArgument(argument) || this.#random.chance(0.5));
    if (given.length === 0) return '';
    return `(${given.map(({ name, type }) => `${name}: ${this.#value(type)}`).join(', ')})`;
  }

  #value(type: GraphQLInputType): string {
    const random = this.#random;
    const nullable = getNullableType(type);
    if (isListType(nullable)) return `[${this.#value(nullable.ofType)}]`;
    if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
    switch (getNamedType(nullable).name) {
      case 'Int':
        return type === nullable && random.chance(0.3) ? '$n' : String(random.pick([0, 1, 3]));
      case 'Boolean':
        return String(random.chance(0.5));
      default:
        return JSON.stringify(random.pick(this.#material.texts));
    }
  }

  #defer(): string {
    const random = this.#random;
    if (!this.#material.defers || random.chance(0.4)) return '';
    const given = [
      ...(random.chance(0.5) ? [`label: "l${this.#labels++}"`] : []),
      ...(random.chance(0.3) ? [`if: ${random.pick(['$yes', '$no', 'true', 'false'])}`] : []),
    ];
    return given.length > 0 ? ` @defer(${given.join(', ')})` : ' @defer';
  }

  #conditions(): string {
    const random = this.#random;
    const condition = (name: string) =>
      ` @${name}(if: ${random.pick(['$yes', '$no', '$yes', '$no', 'true', 'false'])})`;
    if (random.chance(0.03)) return `${condition('skip')}${condition('include')}`;
    return random.chance(0.17) ? condition(random.pick(['skip', 'include'])) : '';
  }
}
