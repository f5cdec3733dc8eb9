import './no-telemetry.ts';
import { ApolloGateway } from '@apollo/gateway';
import { printSchema } from 'graphql';
import type { CheckMessage } from './check.ts';

/** A process of its own, started by `checkSupergraph`: takes one supergraph and tells what it is. */
const tell = (message: CheckMessage) => process.send?.(message);
const told = (level: 'trace' | 'debug' | 'warn' | 'error') => (message: unknown) =>
  tell({ kind: 'log', level, message: String(message) });

process.once('message', async (sdl: string) => {
  const subgraphs: [name: string, url: string][] = [];
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    // It says at "info" what we say ourselves.
    logger: { debug: told('trace'), info: told('debug'), warn: told('warn'), error: told('error') },
    buildService({ name, url }) {
      subgraphs.push([name, url ?? '']);
      return { process: () => Promise.reject(new Error(`${name} is asked by our own executor`)) };
    },
  });
  try {
    const { schema } = await gateway.load();
    tell({ kind: 'checked', apiSdl: printSchema(schema), subgraphs });
  } catch (error) {
    tell({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) });
  }
  await gateway.stop();
  process.disconnect();
});
