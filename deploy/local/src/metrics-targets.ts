import { renameSync, writeFileSync } from 'node:fs';

/**
 * Where the metrics of this platform are: a file as Prometheus' `file_sd_configs` read it, since the ports differ with each
 * start. `prometheus --config.file=deploy/monitoring/prometheus.local.yml` finds everything by it.
 */
export class MetricsTargets {
  readonly #file: string;
  readonly #targets: { targets: string[]; labels: { job: string } }[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(job: string, port: number): void {
    this.#targets.push({ targets: [`127.0.0.1:${port}`], labels: { job } });
  }

  write(): void {
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(this.#targets, null, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
