import type { Claims } from '@alexandrite/auth/token';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { directiveArguments, linkedDirective } from '../supergraph/linked-directive.ts';

/** Which claims say what a caller may see. */
export interface ScopeClaims {
  /** Instead of `scope`, `scopes` and `scp`. */
  scopesClaim: string | undefined;
  /** Absent where no policy is ever fulfilled. */
  policiesClaim: string | undefined;
}

/** Something that a caller must have: of the lists one, and all of it. */
type Rule =
  | { kind: 'authenticated' }
  | { kind: 'scopes' | 'policies'; anyOf: readonly (readonly string[])[] };

type Directive = 'authenticated' | 'requiresScopes' | 'policy';

/** Says of fields whether a caller must not see them. Fields are told by the type that they are asked of, and their name. */
export type Denies = (type: string, field: string) => boolean;

/** What `@authenticated`, `@requiresScopes` and `@policy` ask of callers. */
export class Scopes {
  readonly #full: GraphQLSchema;
  readonly #api: GraphQLSchema;
  readonly #claims: ScopeClaims;
  readonly #directives = new Map<string, Directive>();
  readonly #rules = new Map<string, readonly string[]>();
  readonly #granted = new WeakMap<Claims, Granted>();

  constructor(
    supergraph: { document: DocumentNode; fullSchema: GraphQLSchema; apiSchema: GraphQLSchema },
    claims: ScopeClaims,
  ) {
    this.#full = supergraph.fullSchema;
    this.#api = supergraph.apiSchema;
    this.#claims = claims;
    for (const directive of ['authenticated', 'requiresScopes', 'policy'] as const) {
      const url = new RegExp(`^https://specs\\.apollo\\.dev/${directive}/v0\\.\\d+$`);
      const name = linkedDirective(supergraph.document, { url, name: directive }, directive);
      if (name !== null) this.#directives.set(name, directive);
    }
  }

  /** What an operation and its fragments need; null when everybody may see all of it. */
  of(document: DocumentNode): OperationScopes | null {
    if (this.#directives.size === 0) return null;
    const byField = new Map<string, readonly string[]>();
    const info = new TypeInfo(this.#api);
    visit(
      document,
      visitWithTypeInfo(info, {
        Field: ({ name }) => {
          const parent = info.getParentType();
          if (!parent || name.value.startsWith('__')) return;
          const rules = this.#rulesOfField(parent, name.value);
          if (rules.length > 0) byField.set(coordinate(parent.name, name.value), rules);
        },
      }),
    );
    return byField.size === 0 ? null : new OperationScopes(byField, (claims) => this.#grantedTo(claims));
  }

  /** The operation without what is denied; what is left of an object is asked for its type. */
  without(document: DocumentNode, denies: Denies): DocumentNode {
    const info = new TypeInfo(this.#api);
    return visit(
      document,
      visitWithTypeInfo(info, {
        Field: ({ name }) => {
          const parent = info.getParentType();
          return parent && denies(parent.name, name.value) ? null : undefined;
        },
        SelectionSet: {
          leave(node, _key, parent) {
            const isRoot = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
            if (node.selections.length > 0 || isRoot) return undefined;
            return { ...node, selections: [typename] };
          },
        },
      }),
    );
  }

  /** As JSON, so that equal rules are known for it. */
  #rulesOfField(type: GraphQLNamedType, name: string): readonly string[] {
    const key = coordinate(type.name, name);
    let rules = this.#rules.get(key);
    if (!rules) {
      rules = [...new Set(this.#findRules(this.#full.getType(type.name), name))];
      this.#rules.set(key, rules);
    }
    return rules;
  }

  #findRules(type: GraphQLNamedType | undefined, name: string): string[] {
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const field = type.getFields()[name];
    if (!field) return [];
    const rules = [
      ...this.#rulesIn(type.astNode?.directives),
      ...this.#rulesIn(field.astNode?.directives),
      ...this.#rulesIn(getNamedType(field.type).astNode?.directives),
    ];
    // Whoever asks an interface may get any of its objects.
    if (isAbstractType(type)) {
      for (const object of this.#full.getPossibleTypes(type)) rules.push(...this.#findRules(object, name));
    }
    return rules;
  }

  #rulesIn(directives: readonly ConstDirectiveNode[] = []): string[] {
    return directives.flatMap((applied): string[] => {
      const directive = this.#directives.get(applied.name.value);
      if (!directive) return [];
      const { scopes, policies } = directiveArguments(applied);
      const rule: Rule =
        directive === 'authenticated'
          ? { kind: 'authenticated' }
          : directive === 'requiresScopes'
            ? { kind: 'scopes', anyOf: listsOf(scopes) }
            : { kind: 'policies', anyOf: listsOf(policies) };
      return [JSON.stringify(rule)];
    });
  }

  #grantedTo(claims: Claims): Granted {
    let granted = this.#granted.get(claims);
    if (!granted) {
      const { scopesClaim, policiesClaim } = this.#claims;
      const names = scopesClaim === undefined ? ['scope', 'scopes', 'scp'] : [scopesClaim];
      granted = {
        scopes: new Set(names.flatMap((name) => wordsOf(claims[name]))),
        policies: new Set(policiesClaim === undefined ? [] : wordsOf(claims[policiesClaim])),
      };
      this.#granted.set(claims, granted);
    }
    return granted;
  }
}

/** What a caller has. */
interface Granted {
  scopes: ReadonlySet<string>;
  policies: ReadonlySet<string>;
}

/** What one operation needs. */
export class OperationScopes {
  readonly #rules: readonly { rule: Rule; text: string }[];
  readonly #byField: ReadonlyMap<string, readonly string[]>;
  readonly #grantedTo: (claims: Claims) => Granted;

  constructor(byField: ReadonlyMap<string, readonly string[]>, grantedTo: (claims: Claims) => Granted) {
    this.#byField = byField;
    this.#grantedTo = grantedTo;
    const texts = [...new Set([...byField.values()].flat())];
    this.#rules = texts.map((text) => ({ text, rule: JSON.parse(text) as Rule }));
  }

  /** Equal for those who may see the same of it: a sign for each rule, `0` where it is broken. */
  viewOf(claims: Claims | null): string {
    const granted = claims && this.#grantedTo(claims);
    let view = '';
    for (const { rule } of this.#rules) view += granted && fulfils(granted, rule) ? '1' : '0';
    return view;
  }

  /** What is denied in a view; null when nothing is. */
  deniedIn(view: string): Denies | null {
    const broken = new Set(this.#rules.filter((_, index) => view[index] === '0').map(({ text }) => text));
    if (broken.size === 0) return null;
    const denied = new Set<string>();
    for (const [field, rules] of this.#byField) {
      if (rules.some((rule) => broken.has(rule))) denied.add(field);
    }
    return (type, field) => denied.has(coordinate(type, field));
  }
}

function fulfils({ scopes, policies }: Granted, rule: Rule): boolean {
  if (rule.kind === 'authenticated') return true;
  const has = rule.kind === 'scopes' ? scopes : policies;
  return rule.anyOf.some((all) => all.every((one) => has.has(one)));
}

function coordinate(type: string, field: string): string {
  return `${type}.${field}`;
}

function listsOf(value: unknown): string[][] {
  return Array.isArray(value)
    ? value.map((list) => (Array.isArray(list) ? list.map(String) : [String(list)]))
    : [];
}

/** A list, or words between spaces. */
function wordsOf(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.filter((word) => typeof word === 'string');
  return typeof claim === 'string' ? claim.split(' ').filter((word) => word !== '') : [];
}

const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;
