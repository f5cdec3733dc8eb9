import { createContext, type ReactNode, useContext } from 'react';
import { useQuery } from '../client/use-query.ts';
import { Me, type MeData } from './operations.ts';
import { useSession } from './session.ts';

export type Viewer = NonNullable<MeData['me']>;

const ViewerContext = createContext<Viewer | null>(null);
const NO_VARIABLES = {};

/** Asks the platform once who the token belongs to. */
export function ViewerProvider({ children }: { children: ReactNode }) {
  const { token } = useSession();
  const { data } = useQuery(Me, token === null ? null : NO_VARIABLES);
  return <ViewerContext value={data?.me ?? null}>{children}</ViewerContext>;
}

/** Who the platform says you are; null until it has said so, and when nobody is signed in. */
export function useViewer(): Viewer | null {
  return useContext(ViewerContext);
}
