// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { AccountKind, Role } from '../client/schema.ts';

export type MeData = {
  me: {
    id: string;
    role: Role;
    name: string;
    account: {
      id: string;
      kind: AccountKind;
      name: string;
    } | null;
  } | null;
};

export type MeVariables = Record<string, never>;

export const Me: Operation<MeData, MeVariables> = {
  kind: 'query',
  name: 'Me',
  text: `query Me {
  me {
    id
    role
    name
    account {
      id
      kind
      name
    }
  }
}`,
};
