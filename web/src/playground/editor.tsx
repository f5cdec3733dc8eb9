import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createClient } from 'graphql-ws';
import { useEffect, useMemo } from 'react';
import { ENDPOINT } from '../client/request.ts';
import { useWords } from '../language/language.ts';
import { useSession } from '../session/session.ts';
import { firstTabs } from './tabs.ts';
import { words } from './words.ts';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

/** GraphiQL, asking as the person of this tab; subscriptions go over graphql-transport-ws. */
export default function Editor() {
  const say = useWords(words);
  const { token } = useSession();
  const { fetcher, socket } = useMemo(() => {
    const authorization = token === null ? undefined : `Bearer ${token}`;
    const socket = createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${ENDPOINT}`,
      connectionParams: authorization === undefined ? {} : { authorization },
      lazy: true,
    });
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    return { fetcher: createGraphiQLFetcher({ url: ENDPOINT, headers, wsClient: socket }), socket };
  }, [token]);
  useEffect(() => () => void socket.dispose(), [socket]);
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={PLUGINS}
      defaultTabs={firstTabs(say)}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo> </GraphiQL.Logo>
    </GraphiQL>
  );
}
