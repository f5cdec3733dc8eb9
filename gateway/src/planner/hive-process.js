// A process of its own, started by `NativeHive`: plans what it is sent. In JavaScript, since it would hold 17 MB more
// for what strips the types.
import { QueryPlanner } from '@graphql-hive/router-query-planner';

/** @type {QueryPlanner | undefined} */
let planner;
/** @param {import('./native-hive.ts').FromHiveProcess} message */
const tell = (message) => process.send?.(message);

// A terminal sends its signals to all: this process ends with the one that it works for.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.once('disconnect', () => process.exit());

process.on('message', async (/** @type {import('./native-hive.ts').ToHiveProcess} */ message) => {
  const id = 'sdl' in message ? 0 : message.id;
  try {
    if ('sdl' in message) {
      planner = new QueryPlanner(message.sdl);
      tell({ id });
    } else {
      const { text, operationName, labels, drawn, brief } = message;
      const active = new Set(labels);
      const plan = brief
        ? planner.plan(text, operationName, active, drawn)
        : await planner.planAsync(text, operationName, active, drawn);
      tell({ id, plan });
    }
  } catch (error) {
    tell({ id, reason: error instanceof Error ? error.message : String(error) });
  }
});
