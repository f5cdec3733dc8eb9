import type { GraphClient } from './graph-client.ts';
import { createOrder, type Journey, orderExists, submit, travel } from './journey.ts';
import { crowdOrder, demoOrders, orderBeingPriced, type SownOrder } from './orders.ts';
import { SeedProgress } from './progress.ts';

export interface SowOptions {
  graph: GraphClient;
  /** Where is kept what has been sown; another database needs another file. */
  progressFile: string;
  /** How many orders are on their way at a time. */
  concurrency: number;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** Whether the demonstration's orders are there. */
export function isDemoSown(progressFile: string): boolean {
  return new SeedProgress(progressFile).isDone('demo');
}

/** The demonstration: orders in every status. Goes on where it was interrupted; does nothing when it is there. */
export async function sowDemo(options: SowOptions): Promise<void> {
  const progress = new SeedProgress(options.progressFile);
  if (progress.isDone('demo')) return;
  const orders = demoOrders();
  const failed = await sowAll(orders.values(), orders.length, progress, options);
  const last = orderBeingPriced();
  // It is not waited for: seeing it being priced is the point.
  await submit(options.graph, await known(last.key, last.journey, progress, options.graph), last.journey);
  if (failed === 0) progress.finished('demo');
  progress.flush();
}

/** A crowd of `count` orders in all, by many customers. */
export async function sowCrowd(count: number, options: SowOptions): Promise<void> {
  const progress = new SeedProgress(options.progressFile);
  const orders = (function* () {
    for (let n = 0; n < count; n++) yield crowdOrder(n);
  })();
  const failed = await sowAll(orders, count, progress, options);
  progress.flush();
  if (failed > 0) throw new Error(`${failed} of ${count} orders did not get where they were meant to`);
}

async function sowAll(
  orders: Iterator<SownOrder>,
  total: number,
  progress: SeedProgress,
  { graph, concurrency, say, signal }: SowOptions,
): Promise<number> {
  let finished = 0;
  let failed = 0;
  let toldAt = Date.now();
  const worker = async () => {
    for (let next = orders.next(); !next.done && !signal?.aborted; next = orders.next()) {
      const order = next.value;
      try {
        await sow(order, progress, graph);
        finished += 1;
      } catch (error) {
        failed += 1;
        say(`${order.key}: ${(error as Error).message}`);
      }
      if (Date.now() - toldAt < 2_000) continue; // a line every 2 seconds
      toldAt = Date.now();
      say(`${finished} of ${total} orders`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  signal?.throwIfAborted();
  return failed;
}

async function sow({ key, journey }: SownOrder, progress: SeedProgress, graph: GraphClient): Promise<void> {
  if (progress.isDone(key)) return;
  const orderId = await known(key, journey, progress, graph);
  await travel(graph, orderId, journey);
  progress.finished(key);
}

/** The order made earlier under this key, or a new one. */
async function known(
  key: string,
  journey: Journey,
  progress: SeedProgress,
  graph: GraphClient,
): Promise<string> {
  const earlier = progress.orderOf(key);
  if (earlier !== undefined && (await orderExists(graph, earlier, journey.customer))) return earlier;
  const orderId = await createOrder(graph, journey);
  progress.created(key, orderId);
  return orderId;
}
