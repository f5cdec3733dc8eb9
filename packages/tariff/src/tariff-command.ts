/** `npm run tariff -- <command>`: an owner's tools for tariffs. */
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { explain } from './explain.ts';
import { loadTariffFiles, ownTariffs, readTariffFile, type TariffFile } from './load-tariffs.ts';
import { fixingAt, parseFixings } from './metal-fixings.ts';
import { type Piece, price } from './price.ts';
import { type Tariff, TariffError } from './tariff.ts';
import { TariffAudit } from './tariff-audit.ts';
import { changesBetween, changeText } from './tariff-changes.ts';

const help = `Usage: npm run --silent tariff -- <command>

  check <file>                        whether a tariff is right; what it changes, and what that means for three pieces
  install <file> --reason <text>      checks it and puts it into the folder of tariffs; running services take it up in seconds
  list                                the tariffs of the folder, the one in force marked
  history                             which versions were taken up, when, by whom and why
  metals <file>                       whether a file of metal prices is right, and what holds now

The folder is PRICING_TARIFFS, else packages/tariff/data; history lies in DATA_DIR (.data). A tariff that is in force is never
edited, since prices were quoted from it: copy the newest file, give it a new "version" and "validFrom", change the rest.
Exit code 1 for a tariff that is not right, 2 for a wrong command line.
`;

class UsageError extends Error {}

const folder = fromHere(process.env.PRICING_TARIFFS || ownTariffs);
const audit = new TariffAudit(join(fromHere(process.env.DATA_DIR || '.data'), 'tariff-audit.jsonl'));

/** Plain silver, heavy gold, and many small ones: what a change means shows differently in each. */
const samples: readonly { name: string; piece: Piece; alloy: string; quantity: number }[] = [
  {
    name: 'a silver ring, 4 g',
    piece: { volumeMm3: 452, areaMm2: 717, supportMm3: 1100, plateSeconds: 4756, piecesPerPlate: 8 },
    alloy: 'SILVER_925',
    quantity: 1,
  },
  {
    name: 'a gold ring, 12 g',
    piece: { volumeMm3: 950, areaMm2: 980, supportMm3: 1300, plateSeconds: 5200, piecesPerPlate: 8 },
    alloy: 'GOLD_585_YELLOW',
    quantity: 1,
  },
  {
    name: '100 silver charms of 1 g',
    piece: { volumeMm3: 110, areaMm2: 210, supportMm3: 240, plateSeconds: 3100, piecesPerPlate: 24 },
    alloy: 'SILVER_925',
    quantity: 100,
  },
];

function run(argv: string[]): void {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { reason: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return void process.stdout.write(help);
  const [command, file, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`expected less than ${more.join(' ')}`);
  const given = () => {
    if (!file) throw new UsageError(`${command}: expected a file`);
    return fromHere(file);
  };
  if (command === 'check') check(given());
  else if (command === 'install') install(given(), values.reason);
  else if (command === 'list') list();
  else if (command === 'history') history();
  else if (command === 'metals') metals(given());
  else throw new UsageError(`expected check, install, list, history or metals, got ${command ?? 'nothing'}`);
}

/** Throws `INVALID_TARIFF`. */
function check(path: string): TariffFile {
  const file = readTariffFile(path, basename(path));
  const { tariff } = file;
  const others = loadTariffFiles(folder).filter((other) => other.file !== file.file);
  for (const { tariff: other, file: name } of others) {
    if (other.version === tariff.version)
      throw invalid(`${file.file}: ${name} has the version ${tariff.version}, too`);
    if (+other.validFrom === +tariff.validFrom) throw invalid(`${file.file}: ${name} has the same validFrom`);
  }
  say(`${file.file} is right: version ${tariff.version}, in force from ${tariff.validFrom.toISOString()}`);
  if (tariff.validFrom <= new Date()) say('  it holds at once: "validFrom" is past');
  const before = others.findLast((other) => other.tariff.validFrom <= tariff.validFrom);
  if (!before) return file;
  const changes = changesBetween(json(join(folder, before.file)), json(path)).filter(
    (change) => !['version', 'validFrom', 'note'].includes(change.path),
  );
  say(`\nagainst ${before.file} it changes ${changes.length === 0 ? 'nothing' : `${changes.length} values`}`);
  for (const change of changes) say(`  ${changeText(change)}`);
  say('\nwhat that means, VAT included');
  for (const sample of samples)
    say(`  ${sample.name}: ${total(before.tariff, sample)} → ${total(tariff, sample)}`);
  return file;
}

function total(tariff: Tariff, { piece, alloy, quantity }: (typeof samples)[number]): string {
  const options = { alloy, finish: 'POLISHED', quantity };
  if (!tariff.alloys[alloy] || !tariff.finishes.POLISHED || quantity > tariff.maxQuantity) return 'not made';
  const { totalMinor, currency } = price(tariff, piece, options).price;
  return explain(
    currency,
    (spoken) => spoken.money(totalMinor),
    (spoken) => spoken.money(totalMinor),
  ).en;
}

function install(path: string, reason: string | undefined): void {
  if (!reason) throw new UsageError('install: expected --reason, since it is kept');
  const file = check(path);
  const target = join(folder, file.file);
  const there = existsSync(target) ? readTariffFile(target, file.file) : null;
  if (there && there.sha256 !== file.sha256 && there.tariff.validFrom <= new Date())
    throw invalid(`${file.file} is in force: prices were quoted from it, so make a new file`);
  // Beside it and moved: no service reads half a tariff.
  copyFileSync(path, `${target}.draft`);
  renameSync(`${target}.draft`, target);
  audit.note([file], userInfo().username, reason);
  say(`\ninstalled as ${target}`);
}

function list(): void {
  const files = loadTariffFiles(folder);
  const now = files.findLast(({ tariff }) => tariff.validFrom <= new Date());
  for (const each of files)
    say(
      `${each.tariff.validFrom.toISOString()}  ${each.tariff.version}  ${each.file}${each === now ? '  in force' : ''}`,
    );
}

function history(): void {
  for (const { at, version, validFrom, by, reason, sha256 } of audit.entries())
    say(
      `${at}  ${version} from ${validFrom}  ${sha256.slice(0, 12)}  by ${by}${reason ? `: ${reason}` : ''}`,
    );
}

function metals(path: string): void {
  const fixings = parseFixings(readFileSync(path, 'utf8'), basename(path));
  say(`${basename(path)} is right: ${fixings.length} fixings`);
  const now = fixingAt(fixings, new Date());
  say(now ? `now: ${JSON.stringify(now.minorPerGram)} of ${now.asOf}` : 'none of them holds yet');
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** npm runs scripts in the project's folder; files are named from where the command was given. */
function fromHere(path: string): string {
  return resolve(process.env.INIT_CWD ?? '.', path);
}

function invalid(text: string): TariffError {
  return new TariffError('INVALID_TARIFF', { en: text, ru: text });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const usage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS');
  if (!usage && !(error instanceof TariffError) && code !== 'ENOENT') throw error;
  process.stderr.write(usage ? `${message}\n\n${help}` : `${message}\n`);
  process.exitCode = usage ? 2 : 1;
}
