import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'graphql';
import { ApolloPlanner } from './apollo.ts';
import { translateDeferring } from './apollo-deferring.ts';
import type { Planned, ToPlan } from './deferring-planner.ts';

/** A thread of its own, started by `DeferringPlanner`: plans one operation after another. */
const planner = new ApolloPlanner((workerData as { sdl: string }).sdl);

async function plan({ text, operationName, labels }: ToPlan): Promise<Omit<Planned, 'id'>> {
  try {
    const document = parse(text, { noLocation: true });
    return { plan: translateDeferring(await planner.planAsIs(document, operationName, labels)) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', async (message: ToPlan) => {
  const planned: Planned = { id: message.id, ...(await plan(message)) };
  parentPort?.postMessage(planned);
});
