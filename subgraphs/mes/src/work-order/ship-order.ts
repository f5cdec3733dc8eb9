import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { refusal } from '@alexandrite/baton/refusal';
import { atWork } from './at-work.ts';
import { trackingNumber } from './tracking-number.ts';

/** The parcel is with the carrier; from here on the order is the CRM's. */
export function shipOrder(baton: Baton, viewer: Viewer | null, id: string, tracking: string) {
  const number = trackingNumber(tracking);
  return atWork(baton, viewer, id, {
    from: ['PACKAGING'],
    passive: 'be shipped',
    mine: true,
    refuse: () =>
      number === null
        ? refusal(
            'INVALID_TRACKING_NUMBER',
            'Expected a tracking number of 4 to 40 letters and digits, in groups with spaces or dashes.',
          )
        : null,
    do: async (move, work) => {
      await move('SHIPPED', { by: viewer!.sub });
      work.trackingNumber = number;
    },
  });
}
