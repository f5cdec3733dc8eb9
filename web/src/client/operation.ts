/** One GraphQL operation with the types of its answer and its variables, which exist for the compiler only. */
export interface Operation<Data, Variables> {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string;
  readonly text: string;
  /** Never set: carries the types. */
  readonly types?: (variables: Variables) => Data;
}
