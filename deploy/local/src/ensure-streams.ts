/** A deployment's first step: `NATS_URL=… node deploy/local/src/ensure-streams.ts`. */
import { createStreams } from './create-streams.ts';

const natsUrl = process.env.NATS_URL;
if (!natsUrl) throw new TypeError('NATS_URL: expected a URL, got none');
await createStreams(natsUrl);
