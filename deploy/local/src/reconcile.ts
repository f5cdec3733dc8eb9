/** `npm run reconcile`: compares what shop, CRM and MES know of the orders, and has repaired what is safe. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { operationsClient, runCommand } from './operations-client.ts';

const help = `Usage: npm run reconcile [-- --all] [--url <platform>]

Compares what shop, CRM and MES know of each order (of the last 45 days) and has said again what one of them has missed.
Prints what was found. Exit code 1 when something is left that a person must look at.

  --all   all orders there are
  --url   the platform; default the one that runs over this data folder
`;

await runCommand(help, async (argv) => {
  const { values } = parseArgs({
    args: argv,
    options: { all: { type: 'boolean' }, url: { type: 'string' } },
  });
  const ask = await operationsClient(values.url);
  const { reconcile } = await ask('mutation ($all: Boolean!) { reconcile(all: $all) { id } }', {
    all: values.all ?? false,
  });
  for (;;) {
    await sleep(500);
    const { reconciliation: run } = await ask(
      'query ($id: ID!) { reconciliation(id: $id) { outcome orders found repaired finishedAt } }',
      { id: reconcile.id },
    );
    if (!run.finishedAt || run.outcome === 'INTERRUPTED') continue;
    console.log(
      `${run.outcome}: ${run.orders} orders compared, ${run.found} found, ${run.repaired} repaired`,
    );
    for (let after: string | null = null; run.found > 0; ) {
      const { reconciliation } = await ask(
        `query ($id: ID!, $after: String) { reconciliation(id: $id) { divergences(first: 100, after: $after) {
           nodes { orderId system code version knownVersion repairedAt } pageInfo { hasNextPage endCursor } } } }`,
        { id: reconcile.id, after },
      );
      for (const one of reconciliation.divergences.nodes) {
        const state = one.repairedAt ? 'repaired' : 'OPEN';
        console.log(
          `${one.orderId}  ${one.system}  ${one.code}  knows ${one.version ?? 'nothing'} of ${one.knownVersion}  ${state}`,
        );
      }
      if (!reconciliation.divergences.pageInfo.hasNextPage) break;
      after = reconciliation.divergences.pageInfo.endCursor;
    }
    if (run.outcome !== 'DONE' || run.repaired < run.found) process.exitCode = 1;
    return;
  }
});
