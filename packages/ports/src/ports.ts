import type { Bus } from '@alexandrite/bus';
import type { Cache } from '@alexandrite/cache';
import type { Files } from '@alexandrite/files';

/** What every service is given: connected, owned by whoever opened them. */
export interface Ports {
  bus: Bus;
  cache: Cache;
  files: Files;
}
