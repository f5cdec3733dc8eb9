import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { Random } from './random-operation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

/**
 * Random federated graphs whose every value follows from a type, an id and a field, so that one schema without subgraphs
 * can say what is right. What a field requires is computed from the representation: a plan that fetched the wrong thing
 * shows.
 */
export class RandomSupergraph {
  readonly #random: Random;
  readonly #subgraphs: string[];
  readonly #entities: Entity[];
  readonly #valueTypes: ValueType[];
  readonly #abstract: AbstractType[] = [];
  readonly #roots: Field[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#subgraphs = names('s', 2 + this.#upTo(3));
    this.#entities = names('E', 2 + this.#upTo(3)).map((name) => this.#entity(name));
    this.#valueTypes = names('V', this.#upTo(3)).map((name, index) => ({
      name,
      fields: names('v', 1 + this.#upTo(3)).map((field) => this.#leaf(field)),
      nested: index > 0 && random.chance(0.5) ? 'V0' : null,
    }));
    for (const name of names('A', this.#upTo(3))) this.#addAbstract(name);
    for (const entity of this.#entities) this.#addFields(entity);
    for (const entity of this.#entities) this.#addRequirements(entity);
    for (const entity of this.#entities) this.#addProvisions(entity);
    this.#addRoots();
  }

  definitions(): SubgraphDefinition[] {
    return this.#subgraphs.map((name) => ({ name, sdl: this.#sdl(name), resolvers: this.#resolvers(name) }));
  }

  /** Gives the fields of a schema that has no subgraphs their values. */
  resolveIn(schema: GraphQLSchema): void {
    const resolve = (name: string, fields: readonly Field[]) => {
      const type = schema.getType(name);
      if (!isObjectType(type)) return;
      const shown = type.getFields();
      for (const field of fields) {
        const target = shown[field.name];
        if (target) target.resolve = async (parent, args) => this.#compute(name, parent, field, args);
      }
    };
    resolve('Query', this.#roots);
    for (const entity of this.#entities) resolve(entity.name, entity.fields);
    for (const { name, fields } of this.#valueTypes) resolve(name, fields);
  }

  #upTo(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  #some<T>(items: readonly T[], probability: number): T[] {
    const chosen = items.filter(() => this.#random.chance(probability));
    return chosen.length > 0 ? chosen : [this.#random.pick(items)];
  }

  #entity(name: string): Entity {
    const random = this.#random;
    const mode = random.pick(['id', 'id', 'either', 'both', 'nested'] as const);
    const homes = new Map<string, string[]>();
    for (const subgraph of this.#some(this.#subgraphs, 0.65)) {
      homes.set(
        subgraph,
        mode === 'either'
          ? random.pick([['id'], ['code'], ['id', 'code']])
          : mode === 'both'
            ? ['id code']
            : mode === 'nested'
              ? random.pick([['id'], ['part { no }'], ['id', 'part { no }']])
              : ['id'],
      );
    }
    return { name, homes, fields: [] };
  }

  #leaf(name: string): Field {
    const type = this.#random.pick(['Int', 'String', 'Boolean', 'Color', 'Float']);
    return { ...plain, name, type, wrap: this.#random.pick(['T', 'T', 'T!', '[T]', '[T!]!']) };
  }

  #addAbstract(name: string): void {
    const random = this.#random;
    const subgraphs = random.chance(0.3) ? this.#some(this.#subgraphs, 0.7) : [random.pick(this.#subgraphs)];
    const kind = random.pick(['interface', 'union'] as const);
    const members = new Map<string, string[]>();
    for (const subgraph of subgraphs) {
      const here = this.#entities.filter(({ homes }) => homes.has(subgraph));
      if (here.length === 0) continue;
      const chosen = this.#some(here, 0.7);
      members.set(
        subgraph,
        chosen.map((entity) => entity.name),
      );
      if (kind !== 'interface') continue;
      for (const entity of chosen) {
        const known = entity.fields.find((field) => field.name === 'common');
        if (known) known.owners = [...new Set([...known.owners, subgraph])];
        else entity.fields.push({ ...plain, name: 'common', type: 'Int', wrap: 'T', owners: [subgraph] });
      }
    }
    if (members.size > 0) this.#abstract.push({ name, kind, members });
  }

  #addFields(entity: Entity): void {
    const random = this.#random;
    const homes = [...entity.homes.keys()];
    for (const name of names('f', 2 + this.#upTo(4))) {
      const [first, second] = random.chance(0.5) ? homes : [...homes].reverse();
      const owner = random.chance(0.5) ? first! : random.pick(homes);
      const other = second !== undefined && second !== owner ? second : first !== owner ? first : undefined;
      const field: Field = { ...this.#target(name, owner), owners: [owner] };
      const movable = scalars.has(field.type) && other !== undefined;
      if (movable && random.chance(0.25)) field.owners.push(other);
      else if (movable && random.chance(0.15)) field.overriddenIn = other;
      field.hasArgument = field.type === 'String' && random.chance(0.4);
      entity.fields.push(field);
    }
  }

  /** A field that `subgraph` can give. */
  #target(name: string, subgraph: string): Field {
    const random = this.#random;
    const wrap = random.pick(['T', 'T', 'T', 'T!', '[T]', '[T!]', '[T!]!', '[[T]]']);
    if (random.chance(0.3)) {
      return { ...plain, name, type: random.pick(this.#entities).name, wrap };
    }
    const abstract = this.#abstract.filter(({ members }) => members.has(subgraph));
    if (abstract.length > 0 && random.chance(0.35)) {
      const { name: type, members } = random.pick(abstract);
      return { ...plain, name, type, wrap, members: members.get(subgraph)! };
    }
    if (this.#valueTypes.length > 0 && random.chance(0.2)) {
      return { ...plain, name, type: random.pick(this.#valueTypes).name, wrap };
    }
    return { ...this.#leaf(name), fails: random.chance(0.15) };
  }

  #addRequirements(entity: Entity): void {
    const random = this.#random;
    for (const subgraph of entity.homes.keys()) {
      const foreign = entity.fields.filter(
        ({ owners, overriddenIn, type, requires }) =>
          scalars.has(type) && !owners.includes(subgraph) && overriddenIn !== subgraph && !requires,
      );
      if (foreign.length === 0 || !random.chance(0.5)) continue;
      const requires = this.#some(foreign, 0.5).slice(0, 2);
      for (const field of requires) {
        field.fails = false;
        field.externalIn.add(subgraph);
      }
      entity.fields.push({
        ...plain,
        externalIn: new Set(),
        name: `r${entity.fields.length}`,
        type: 'String',
        wrap: random.pick(['T', 'T!']),
        owners: [subgraph],
        requires,
      });
    }
  }

  #addProvisions(entity: Entity): void {
    const random = this.#random;
    for (const field of entity.fields) {
      const target = this.#entities.find(({ name }) => name === field.type);
      const [owner] = field.owners;
      if (!target || field.owners.length !== 1 || !owner || !target.homes.has(owner) || !random.chance(0.4))
        continue;
      const foreign = target.fields.filter(
        ({ owners, overriddenIn, type, requires, hasArgument }) =>
          scalars.has(type) && !owners.includes(owner) && !overriddenIn && !requires && !hasArgument,
      );
      if (foreign.length === 0) continue;
      const provided = random.pick(foreign);
      provided.fails = false;
      provided.externalIn.add(owner);
      provided.provided = true;
      field.provides = provided;
    }
  }

  #addRoots(): void {
    for (const subgraph of this.#subgraphs) {
      for (const { name, homes } of this.#entities) {
        if (!homes.has(subgraph) || !this.#random.chance(0.7)) continue;
        this.#roots.push({
          ...this.#root(`${subgraph}_${name.toLowerCase()}`, subgraph),
          type: name,
          wrap: this.#random.pick(['T', '[T]', '[T!]!']),
        });
      }
      for (const { name, members } of this.#abstract) {
        if (!members.has(subgraph)) continue;
        this.#roots.push({
          ...this.#root(`${subgraph}_${name.toLowerCase()}`, subgraph),
          type: name,
          wrap: '[T]',
          members: members.get(subgraph)!,
        });
      }
      this.#roots.push({ ...this.#root(`${subgraph}_leaf`, subgraph), fails: this.#random.chance(0.2) });
    }
  }

  #root(name: string, subgraph: string): Field {
    return { ...plain, externalIn: new Set(), name, type: 'Int', wrap: 'T', owners: [subgraph] };
  }

  #sdl(subgraph: string): string {
    const types = this.#entities
      .map((entity) => this.#entitySdl(entity, subgraph))
      .filter((sdl) => sdl !== '');
    const body = [
      `type Query { ${this.#roots
        .filter(({ owners }) => owners.includes(subgraph))
        .map((field) => declaration(field))
        .join(' ')} }`,
      ...types,
      ...this.#valueTypes.map(
        ({ name, fields, nested }) =>
          `type ${name} @shareable { ${fields.map((field) => declaration(field)).join(' ')} ${nested ? `nested: ${nested}` : ''} }`,
      ),
      ...this.#abstract.flatMap(({ name, kind, members }) => {
        const here = members.get(subgraph);
        if (!here) return [];
        return kind === 'union' ? `union ${name} = ${here.join(' | ')}` : `interface ${name} { common: Int }`;
      }),
      'enum Color { RED GREEN }',
    ].join('\n');
    const parts = /part/.test(body) ? 'type Part @shareable { no: ID! }' : '';
    return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
      import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override"])
${body}\n${parts}`;
  }

  #entitySdl({ name, homes, fields }: Entity, subgraph: string): string {
    const keys = homes.get(subgraph);
    if (!keys) {
      // Somebody here may speak of it: any of its keys will do, the first there is.
      const speaks = [...this.#entities.flatMap((entity) => entity.fields), ...this.#roots].some(
        (field) => field.type === name && field.owners.includes(subgraph),
      );
      const [key] = [...homes.values()].flat();
      return speaks ? `type ${name} @key(fields: "${key}", resolvable: false) { ${keyFields([key!])} }` : '';
    }
    const implemented = this.#abstract
      .filter(({ kind, members }) => kind === 'interface' && members.get(subgraph)?.includes(name))
      .map((type) => type.name);
    const declared = fields.flatMap((field) => {
      const shared = field.owners.length > 1 || field.provided ? ' @shareable' : '';
      if (field.overriddenIn === subgraph)
        return `${declaration(field)}${shared} @override(from: "${field.owners[0]}")`;
      if (field.externalIn.has(subgraph)) return `${declaration(field)} @external`;
      if (!field.owners.includes(subgraph)) return [];
      const requires = field.requires
        ? ` @requires(fields: "${field.requires.map((required) => requiredAs(required)).join(' ')}")`
        : '';
      const provides = field.provides ? ` @provides(fields: "${field.provides.name}")` : '';
      return `${declaration(field)}${shared}${requires}${provides}`;
    });
    return `type ${name}${implemented.length > 0 ? ` implements ${implemented.join(' & ')}` : ''} ${keys
      .map((key) => `@key(fields: "${key}")`)
      .join(' ')} { ${keyFields(keys)} ${declared.join(' ')} }`;
  }

  #resolvers(subgraph: string): SubgraphDefinition['resolvers'] {
    const resolvers: Record<string, Record<string, GraphQLFieldResolver<Parent, unknown>>> = { Query: {} };
    for (const field of this.#roots) {
      if (!field.owners.includes(subgraph)) continue;
      resolvers.Query![field.name] = (parent, args) => this.#compute('Query', parent, field, args);
    }
    for (const { name, homes, fields } of this.#entities) {
      if (!homes.has(subgraph)) continue;
      const own: Record<string, unknown> = {
        __resolveReference: (reference: Parent) => known(name, reference),
      };
      for (const field of fields) {
        own[field.name] = (parent: Parent, args: object) =>
          field.requires
            ? required(field, (needed) => parent[needed.name])
            : this.#compute(name, parent, field, args);
      }
      resolvers[name] = own as Record<string, GraphQLFieldResolver<Parent, unknown>>;
    }
    for (const { name, fields } of this.#valueTypes) {
      resolvers[name] = Object.fromEntries(
        fields.map((field) => [
          field.name,
          (parent: Parent, args: object) => this.#compute(name, parent, field, args),
        ]),
      );
    }
    return resolvers as SubgraphDefinition['resolvers'];
  }

  #compute(type: string, parent: Parent | undefined, field: Field, args: object): unknown {
    const id = parent?.id ?? 'root';
    if (field.requires) {
      return required(field, (needed) => this.#compute(type, parent, needed, { n: 7 }));
    }
    const seed = hash(`${type} ${id} ${field.name} ${field.hasArgument ? JSON.stringify(args) : ''}`);
    if (field.fails && seed % 3 === 0) throw new Error(`fails: ${type}.${field.name}`);
    return this.#wrapped(field, field.wrap, seed);
  }

  #wrapped(field: Field, wrap: string, seed: number): unknown {
    if (wrap.endsWith('!')) return this.#item(field, wrap.slice(0, -1), seed);
    return seed % 7 === 0 ? null : this.#item(field, wrap, seed);
  }

  #item(field: Field, wrap: string, seed: number): unknown {
    if (wrap.startsWith('[')) {
      const inner = wrap.slice(1, -1);
      return Array.from({ length: seed % 4 }, (_, index) =>
        this.#wrapped(field, inner, hash(`${seed} ${index}`)),
      );
    }
    const member = field.members ? field.members[seed % field.members.length]! : field.type;
    if (this.#entities.some(({ name }) => name === member)) {
      const found = object(member, seed % 5);
      const { provides } = field;
      // Who provides a field knows its value, also for fields of his own that require it.
      return provides ? { ...found, [provides.name]: this.#compute(member, found, provides, {}) } : found;
    }
    const value = this.#valueTypes.find(({ name }) => name === member);
    if (value) return { id: `v${seed}`, nested: value.nested && { id: `n${seed}` } };
    switch (field.type) {
      case 'Int':
        return seed % 100;
      case 'Float':
        return (seed % 100) / 4;
      case 'Boolean':
        return seed % 2 === 0;
      case 'Color':
        return seed % 2 === 0 ? 'RED' : 'GREEN';
      default:
        return `${field.name} ${seed % 1_000}`;
    }
  }
}

interface Field {
  name: string;
  type: string;
  wrap: string;
  owners: string[];
  externalIn: Set<string>;
  overriddenIn: string | null;
  hasArgument: boolean;
  requires: readonly Field[] | null;
  provides: Field | null;
  provided: boolean;
  /** Throws for some of the objects. */
  fails: boolean;
  /** Of an interface or a union, those that this field can be. */
  members: readonly string[] | null;
}

const plain = {
  owners: [] as string[],
  overriddenIn: null,
  hasArgument: false,
  requires: null,
  provides: null,
  provided: false,
  fails: false,
  members: null,
  get externalIn() {
    return new Set<string>();
  },
};

interface Entity {
  name: string;
  /** The subgraphs that resolve it, with its keys there. */
  homes: Map<string, string[]>;
  fields: Field[];
}

interface ValueType {
  name: string;
  fields: Field[];
  nested: string | null;
}

interface AbstractType {
  name: string;
  kind: 'interface' | 'union';
  /** By subgraph. */
  members: Map<string, string[]>;
}

type Parent = Record<string, unknown> & { id?: string; code?: string; part?: { no: string } };

const scalars: ReadonlySet<string> = new Set(['Int', 'Float', 'String', 'Boolean', 'Color']);

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function declaration({ name, type, wrap, hasArgument }: Field): string {
  return `${name}${hasArgument ? '(n: Int = 2)' : ''}: ${wrap.replace('T', type)}`;
}

function requiredAs({ name, hasArgument }: Field): string {
  return hasArgument ? `${name}(n: 7)` : name;
}

function keyFields(keys: readonly string[]): string {
  const all = keys.join(' ');
  return [
    /\bid\b/.test(all) && 'id: ID!',
    /\bcode\b/.test(all) && 'code: String!',
    /part/.test(all) && 'part: Part!',
  ]
    .filter((field) => field !== false)
    .map((field) => `${field} @shareable`.replace(/^id: ID! @shareable$/, 'id: ID!'))
    .join(' ');
}

function object(type: string, number: number): Parent {
  return { __typename: type, id: `${number}`, code: `c${number}`, part: { no: `p${number}` } };
}

/** The object of a representation, whichever of its keys is given, with what came beside the key. */
function known(type: string, reference: Parent): Parent {
  const key = reference.id ?? reference.code?.slice(1) ?? reference.part?.no.slice(1);
  return { ...reference, ...object(type, Number(key)) };
}

function required({ name, requires }: Field, read: (needed: Field) => unknown): string {
  return `${name} of ${(requires ?? []).map((needed) => `${needed.name}=${JSON.stringify(read(needed))}`).join()}`;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  }
  value ^= value >>> 15;
  return Math.imul(value, 2_246_822_519) >>> 0;
}
