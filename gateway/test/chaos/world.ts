/** What is true, whatever is killed: a database of the tests, and the outbox beside it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bus, BusError } from '@alexandrite/bus';

export interface Station {
  id: string;
  serial: number;
  degrees: number;
}

export class World implements AsyncDisposable {
  readonly stations = new Map<string, Station>();
  /** Changes that were published. */
  published = 0;
  /** Attempts that the broker did not take. */
  refused = 0;
  readonly #bus: Bus;
  readonly #outboxes = new Map<string, Promise<void>>();
  /** What subgraphs read their state from. */
  readonly #server = createServer((request, response) => {
    const station = this.stations.get(decodeURIComponent((request.url ?? '').slice(1)));
    response.writeHead(station ? 200 : 404).end(JSON.stringify(station ?? null));
  });
  url = '';

  constructor(bus: Bus, stations: number) {
    this.#bus = bus;
    for (let n = 0; n < stations; n++) {
      const id = `s${n}`;
      this.stations.set(id, { id, serial: 1, degrees: 0 });
    }
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A change is there at once; its event follows when the broker takes it, behind those before it. */
  change(id: string, degrees: number): void {
    const station = { ...this.stations.get(id)!, degrees };
    station.serial++;
    this.stations.set(id, station);
    const before = this.#outboxes.get(id) ?? Promise.resolve();
    const publishing = before.then(() => this.#publish(station));
    this.#outboxes.set(id, publishing);
  }

  /** Resolves when everything that was changed is published. */
  async settled(): Promise<void> {
    await Promise.all(this.#outboxes.values());
  }

  async #publish({ id, serial, degrees }: Station): Promise<void> {
    const payload = { station: { id }, serial, degrees };
    for (;;) {
      try {
        await this.#bus.publish(`readings.${id}`, payload, { messageId: `${id}:${serial}` });
        this.published++;
        return;
      } catch (error) {
        if (!(error instanceof BusError) || error.code !== 'UNAVAILABLE') throw error;
        this.refused++;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
