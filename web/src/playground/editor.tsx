import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useEffect, useMemo, useState } from 'react';
import { useWords } from '../language/language.ts';
import { useSession } from '../session/session.ts';
import { createFetcher, type PlaygroundFetcher } from './fetcher.ts';
import { planPlugin } from './plan-panel.tsx';
import { firstTabs } from './tabs.ts';
import { words } from './words.ts';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';

const EXPLORER = explorerPlugin({ showAttribution: false });

/** GraphiQL, asking as the person of this tab; subscriptions go over graphql-transport-ws. */
export default function Editor() {
  const say = useWords(words);
  const { token } = useSession();
  const plugins = useMemo(() => [HISTORY_PLUGIN, EXPLORER, planPlugin(say.plan)], [say]);
  const [connection, setConnection] = useState<PlaygroundFetcher | null>(null);
  useEffect(() => {
    const opened = createFetcher(token);
    setConnection(opened);
    return () => opened[Symbol.dispose]();
  }, [token]);
  if (connection === null) return null;
  return (
    <GraphiQL
      fetcher={connection.fetcher}
      plugins={plugins}
      defaultTabs={firstTabs(say)}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo> </GraphiQL.Logo>
    </GraphiQL>
  );
}
