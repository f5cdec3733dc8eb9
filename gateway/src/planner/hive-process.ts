import { QueryPlanner } from '@graphql-hive/router-query-planner';
import type { FromHiveProcess, ToHiveProcess } from './native-hive.ts';

/** A process of its own, started by `NativeHive`: plans what it is sent. */
let planner: QueryPlanner | undefined;
const tell = (message: FromHiveProcess) => process.send?.(message);

// A terminal sends its signals to all: this process ends with the one that it works for.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
process.once('disconnect', () => process.exit());

process.on('message', async (message: ToHiveProcess) => {
  const id = 'sdl' in message ? 0 : message.id;
  try {
    if ('sdl' in message) {
      planner = new QueryPlanner(message.sdl);
      tell({ id });
    } else {
      const { text, operationName, labels, drawn, timeoutMs } = message;
      const signal = AbortSignal.timeout(timeoutMs);
      tell({ id, plan: await planner!.planAsync(text, operationName, new Set(labels), drawn, signal) });
    }
  } catch (error) {
    tell({ id, reason: error instanceof Error ? error.message : String(error) });
  }
});
