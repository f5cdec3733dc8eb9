import { openNatsBus } from '@alexandrite/bus/nats';
import { streams } from '@alexandrite/schema/subjects';
import { createLog } from '@alexandrite/telemetry/log';

/** Creates or updates the streams of a NATS; for whoever deploys, once, before anything publishes. */
export async function createStreams(natsUrl: string): Promise<void> {
  await using bus = await openNatsBus({
    url: natsUrl,
    name: 'deploy',
    log: createLog({ service: 'deploy', level: 'warn' }),
  });
  await bus.ensureStreams(streams);
}
