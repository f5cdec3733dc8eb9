import { type Environment, wholeNumber } from '@alexandrite/lifecycle/environment';
import { leastDays } from './archive-orders.ts';

/** `ARCHIVE_AFTER_DAYS`; undefined where nothing is to be archived. Throws a TypeError that names the variable. */
export function archiveAfterDays(environment: Environment): number | undefined {
  if (!environment.ARCHIVE_AFTER_DAYS) return undefined;
  return wholeNumber(environment, 'ARCHIVE_AFTER_DAYS', leastDays, [leastDays, 36_500]);
}
