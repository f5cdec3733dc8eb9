/** `npm run --silent price -- <file>`: the price of one model as JSON; a refusal is JSON too, with exit code 1. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contractAt, type Language, type Tariff, TariffError, tariffAt } from '@alexandrite/tariff';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { fixingAt, parseFixings, withFixing } from '@alexandrite/tariff/metal-fixings';
import { checkOptions, type PriceOptions } from '@alexandrite/tariff/price';
import type { Limits } from './limits.ts';
import { quote } from './quote.ts';
import { readLimits } from './read-limits.ts';
import { readModelFile } from './readers/read-file.ts';
import { Refusal, refuse } from './refusal.ts';
import { Pool } from './worker/pool.ts';

const usage = `npm run --silent price -- <file> [options]

  <file>             a model: STL, OBJ, PLY or 3MF, told by its content
  --alloy CODE       default SILVER_925
  --finish CODE      default POLISHED
  --quantity N       default 1
  --stones N         to be set in each piece; default 0
  --account ID       whose contract holds; default nobody's
  --language en|ru   of the labels and messages; default en
  --date INSTANT     the tariff that held then, e.g. 2026-01-31; default now
  --metals FILE      prices of metals, as the engine's feed tells or keeps them; default those of the tariff
  --help             this text

Prints the price as JSON and exits with 0, or {"error":{"code","message"}} and exits with 1.
`;

interface Command extends PriceOptions {
  file: string;
  account: string | null;
  /** A file of metal prices. */
  metals: string | null;
  language: Language;
  at: Date;
}

async function run(command: Command, limits: Limits): Promise<object> {
  const started = performance.now();
  const tariff = await tariffOf(command);
  command.contract = contractAt(tariff, command.account, command.at);
  checkOptions(tariff, command);
  await using pool = new Pool({ size: 1, limits });
  // The thread starts while the file is read.
  const [{ bytes, sha256 }] = await Promise.all([readModelFile(command.file, limits), pool.warm()]);
  const { file, features, timings } = await pool.run(bytes, { sha256 });
  const document = quote(file, features, command, tariff, command.language);
  const steps = Object.entries(timings).map(([step, ms]) => [`${step}Ms`, tenths(ms)]);
  return {
    ...document,
    timings: { totalMs: tenths(performance.now() - started), ...Object.fromEntries(steps) },
  };
}

/** The tariff of the day, with the metals' prices of the day where they are given. */
async function tariffOf({ at, metals }: Command): Promise<Tariff> {
  const tariff = tariffAt(loadTariffs(process.env.PRICING_TARIFFS || undefined), at);
  if (metals === null) return tariff;
  return withFixing(tariff, fixingAt(parseFixings(await readFile(metals, 'utf8'), metals), at));
}

function readCommand(args: string[]): Command | null {
  const { values, positionals } = parseCommandLine(args);
  if (values.help) return null;
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    throw refuse('USAGE', `Expected one file, got ${positionals.length}; see --help.`);
  const { language, date } = values;
  if (language !== 'en' && language !== 'ru')
    throw refuse('USAGE', `--language: expected en or ru, got "${language}".`);
  const at = date === undefined ? new Date() : new Date(date);
  if (Number.isNaN(at.getTime())) throw refuse('USAGE', `--date: expected an instant, got "${date}".`);
  // npm runs scripts in the project's folder; the file is named from where the command was given.
  const path = resolve(process.env.INIT_CWD ?? '.', file);
  const { alloy, finish, quantity, stones, account = null } = values;
  return {
    file: path,
    alloy,
    finish,
    quantity: wholeNumber(quantity),
    stones: wholeNumber(stones),
    account,
    metals: values.metals === undefined ? null : resolve(process.env.INIT_CWD ?? '.', values.metals),
    language,
    at,
  };
}

function parseCommandLine(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        alloy: { type: 'string', default: 'SILVER_925' },
        finish: { type: 'string', default: 'POLISHED' },
        quantity: { type: 'string', default: '1' },
        stones: { type: 'string', default: '0' },
        account: { type: 'string' },
        metals: { type: 'string' },
        language: { type: 'string', default: 'en' },
        date: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw refuse('USAGE', error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

let language: Language = 'en';
try {
  const command = readCommand(process.argv.slice(2));
  if (command) {
    language = command.language;
    print(await run(command, readLimits(process.env)));
  } else process.stdout.write(usage);
} catch (error) {
  if (!(error instanceof Refusal || error instanceof TariffError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    print({
      error: { code: 'PRICING_FAULT', message: 'The pricing engine met a fault; see standard error.' },
    });
  } else print({ error: { code: error.code, message: error.text[language] } });
  process.exitCode = 1;
}
