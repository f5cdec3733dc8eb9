import { expect, test } from '@jest/globals';
import { serverBinary } from '../../../e2e/harness/servers.ts';
import { runChaos } from './chaos.ts';

const seed = Number(process.env.CHAOS_SEED ?? 20_261_122);

(serverBinary('nats-server') ? test : test.skip)(
  'nothing is lost without a word and nothing comes twice while gateways, broker and subgraph are killed',
  async () => {
    const lines: string[] = [`seed ${seed}`];
    const report = await runChaos({
      clients: 50,
      rounds: 1,
      rate: 50,
      seed,
      say: (line) => lines.push(line),
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${lines.join('\n')}`);
    });
    const { lost, doubled, wrongs, durable } = report;
    expect({ seed, lost, doubled, wrongs }).toEqual({ seed, lost: 0, doubled: 0, wrongs: [] });
    expect(durable).toMatchObject({ clients: 5, lost: 0, forgotten: 0 });
    expect(durable.acknowledged).toBeGreaterThan(0);
    expect(Object.keys(report.kills).sort()).toEqual(['gateway-1', 'gateway-2', 'nats', 'subgraph']);
    expect(report.heard).toBeGreaterThan(report.clients);
    expect(report.reconnections).toBeGreaterThanOrEqual(report.clients);
  },
  240_000,
);
