/** `npm run dead-letters`: a person's tools for messages that were given up. */
import { parseArgs } from 'node:util';
import {
  type AskGraph,
  GraphRefused,
  operationsClient,
  runCommand,
  UsageError,
} from './operations-client.ts';

const help = `Usage: npm run dead-letters -- <command> [options]

  list [--durable <name>] [--state WAITING|REPLAYED|DISCARDED]   the latest first
  show <id>                                                      all of one letter, with what was done about it
  replay <id> [--reason <text>]                                  have it handled once more
  replay --all [--durable <name>] [--reason <text>]              all that wait, 500 at most, the oldest first
  discard <id> --reason <text>                                   nothing more will come of it

  --url   the platform; default the one that runs over this data folder

Everything that is done is kept with who, when and why. Acts with an administrator's token: ALEXANDRITE_TOKEN, or one of this
checkout's own. Exit code 1 when it was refused.
`;

const brief = 'id diedAt durable subject messageId attempts reason state order { id status }';
const full = `${brief} stream headers payload settledAt actions { at action by why outcome }`;

await runCommand(help, async (argv) => {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      durable: { type: 'string' },
      state: { type: 'string', default: 'WAITING' },
      reason: { type: 'string' },
      all: { type: 'boolean', default: false },
      url: { type: 'string' },
    },
  });
  const [command, id, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`expected one id, got ${id} ${more.join(' ')}`);
  const one = () => {
    if (!id) throw new UsageError(`${command}: expected the id of a letter`);
    return id;
  };
  const { durable = null, reason = null, state, url } = values;
  switch (command) {
    case 'list':
      return list(await operationsClient(url), durable, state);
    case 'show':
      return show(await operationsClient(url), one());
    case 'replay':
      if (values.all) return replayAll(await operationsClient(url), durable, reason);
      return settle(await operationsClient(url), 'replayDeadLetter(id: $id, reason: $reason)', one(), reason);
    case 'discard':
      if (!reason) throw new UsageError('discard: expected --reason, since it is kept');
      return settle(
        await operationsClient(url),
        'discardDeadLetter(id: $id, reason: $reason)',
        one(),
        reason,
      );
    default:
      throw new UsageError(`expected list, show, replay or discard, got ${command ?? 'nothing'}`);
  }
});

async function list(ask: AskGraph, durable: string | null, state: string): Promise<void> {
  let count = 0;
  for (let after: string | null = null; ; ) {
    const { deadLetters } = await ask(
      `query ($after: String, $durable: String, $state: DeadLetterState!) {
        deadLetters(first: 100, after: $after, durable: $durable, state: $state) {
          nodes { ${brief} } pageInfo { hasNextPage endCursor } } }`,
      { after, durable, state },
    );
    if (deadLetters === null)
      throw new GraphRefused('the token is no administrator’s, or the MES does not answer');
    for (const letter of deadLetters.nodes) {
      count++;
      const about = letter.order ? `  order ${letter.order.id} ${letter.order.status}` : '';
      console.log(
        `${letter.id}  ${letter.diedAt}  ${letter.durable}  ${letter.subject}${about}\n    ${letter.reason}`,
      );
    }
    if (!deadLetters.pageInfo.hasNextPage) break;
    after = deadLetters.pageInfo.endCursor;
  }
  console.log(count === 1 ? '1 letter' : `${count} letters`);
}

async function show(ask: AskGraph, id: string): Promise<void> {
  const { deadLetter } = await ask(`query ($id: ID!) { deadLetter(id: $id) { ${full} } }`, { id });
  if (deadLetter === null) throw new GraphRefused('there is no such dead letter');
  const { headers, payload, ...rest } = deadLetter;
  console.log(
    JSON.stringify({ ...rest, headers: JSON.parse(headers), payload: JSON.parse(payload) }, null, 2),
  );
}

async function settle(ask: AskGraph, field: string, id: string, reason: string | null): Promise<void> {
  const required = field.startsWith('discard') ? '!' : '';
  const { result } = await ask(
    `mutation ($id: ID!, $reason: String${required}) {
      result: ${field} { ... on DeadLetter { state actions { outcome } } ... on Refusal { code message } } }`,
    { id, reason },
  );
  if (result.code) throw new GraphRefused(`${result.code}: ${result.message}`);
  console.log(`${id}: ${result.state}, ${result.actions.at(-1).outcome}`);
}

async function replayAll(ask: AskGraph, durable: string | null, reason: string | null): Promise<void> {
  const { replayDeadLetters } = await ask(
    `mutation ($durable: String, $reason: String) {
      replayDeadLetters(durable: $durable, reason: $reason) { replayed refused } }`,
    { durable, reason },
  );
  const { replayed, refused } = replayDeadLetters;
  console.log(`${replayed} replayed, ${refused} refused`);
  if (refused > 0) process.exitCode = 1;
}
