import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

/** Whether objects fit type conditions, by the whole supergraph (also by what clients may not see). */
export class TypeTest {
  readonly #schema: GraphQLSchema;
  readonly #known = new Map<string, boolean>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** `withoutTypename` is the answer for an object that does not say what it is. */
  is(typename: unknown, condition: string, withoutTypename = false): boolean {
    if (typeof typename !== 'string' || typename === '') return withoutTypename;
    if (typename === condition) return true;
    // Typenames come from subgraphs: only those of the schema are remembered.
    const key = `${typename} ${condition}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const type = this.#schema.getType(typename);
    const abstract = this.#schema.getType(condition);
    if (!type || !abstract) return false;
    const fits =
      isAbstractType(abstract) &&
      (isObjectType(type) || isInterfaceType(type)) &&
      this.#schema.isSubType(abstract, type);
    this.#known.set(key, fits);
    return fits;
  }

  /** Whether it is the name of an object's type. */
  isObject(typename: unknown): boolean {
    return typeof typename === 'string' && isObjectType(this.#schema.getType(typename));
  }
}
