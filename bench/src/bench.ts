/** One benchmark, as `npm run bench -- <name>` sees it. */
export interface Bench {
  summary: string;
  /** Its flags, for `--help`. */
  usage: string;
  /** Programs of Debian without which it cannot run; named as their packages are. */
  programs: readonly string[];
  /** Whether it needs what `bench/package.json` lists. */
  peers: boolean;
  /** `argv` without the benchmark's name. Progress goes to stderr. */
  run(argv: string[]): Promise<Report>;
}

export interface Report {
  tables: Table[];
  /** The same figures for a program: one JSON object. */
  figures: Record<string, unknown>;
}

export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  /** What a reader must know to believe it. */
  notes?: readonly string[];
}

/** A flag, a file or a machine that does not do: told without a stack. */
export class BenchRefused extends Error {
  override readonly name = 'BenchRefused';
}
