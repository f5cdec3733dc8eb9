import type { Metrics } from '@alexandrite/telemetry/metrics';

const withinMs = 5_000;

/** What is read of nats-server's monitoring endpoint, as 2.9 and later say it. */
interface ServerState {
  start: string;
  mem: number;
  connections: number;
  slow_consumers: number;
}

interface JetStreamState {
  storage: number;
  config?: { max_storage: number };
  account_details?: { stream_detail?: StreamState[] }[];
}

interface StreamState {
  name: string;
  config?: { max_msgs: number };
  state: { messages: number; bytes: number };
  consumer_detail?: ConsumerState[];
}

interface ConsumerState {
  name: string;
  config?: { durable_name?: string };
  num_pending: number;
  num_ack_pending: number;
  num_redelivered: number;
}

/**
 * nats-server's own state as metrics, read from its monitoring endpoint (`http://host:8222`) when they are. Consumers are
 * the durables only: each feed of a gateway has one of its own, with a name that nobody will see again.
 */
export function watchNats(metrics: Metrics, monitorUrl: string): void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    metrics.gauge({ name, help, labelNames });
  const startTime = gauge('nats_start_time_seconds', 'When nats-server was started, since 1970.');
  const memory = gauge('nats_memory_bytes', "nats-server's memory.");
  const connections = gauge('nats_connections', 'Clients of nats-server.');
  const storage = gauge('nats_jetstream_storage_bytes', 'What all streams have on disk.');
  const storageLimit = gauge('nats_jetstream_storage_limit_bytes', 'What they may have.');
  const ofStream = ['stream'];
  const messages = gauge('nats_stream_messages', 'Messages in a stream.', ofStream);
  const messagesLimit = gauge('nats_stream_messages_limit', 'The most that a stream keeps.', ofStream);
  const bytes = gauge('nats_stream_bytes', 'What a stream has on disk.', ofStream);
  const ofConsumer = ['stream', 'consumer'];
  const pending = gauge('nats_consumer_pending_messages', 'Not yet given to the consumer.', ofConsumer);
  const inFlight = gauge('nats_consumer_in_flight_messages', 'Given, and not yet acknowledged.', ofConsumer);
  const redelivered = gauge(
    'nats_consumer_redelivered_messages',
    'Those of them that were given more than once.',
    ofConsumer,
  );
  const slow = metrics.counter({
    name: 'nats_slow_consumers_total',
    help: 'Clients that nats-server cut off since they did not read, from its start.',
  });
  const streams = [messages, messagesLimit, bytes, pending, inFlight, redelivered];

  const up = gauge('nats_up', '1 when nats-server answers.');

  metrics.onRead(async () => {
    // Away is a figure, too, not a reading that fails.
    const [server, jetStream] = await read(monitorUrl).catch(() => [null, null]);
    up.set(server ? 1 : 0);
    // Rather no figure than an old one; a deleted stream goes, too.
    for (const each of streams) each.reset();
    if (!server || !jetStream) return;
    startTime.set(Date.parse(server.start) / 1_000);
    memory.set(server.mem);
    connections.set(server.connections);
    slow.reset();
    slow.inc(server.slow_consumers);
    storage.set(jetStream.storage);
    if (jetStream.config) storageLimit.set(jetStream.config.max_storage);
    for (const { name: stream, config, state, consumer_detail = [] } of streamsOf(jetStream)) {
      messages.set({ stream }, state.messages);
      bytes.set({ stream }, state.bytes);
      if (config && config.max_msgs > 0) messagesLimit.set({ stream }, config.max_msgs);
      for (const consumer of consumer_detail.filter((each) => each.config?.durable_name)) {
        const labels = { stream, consumer: consumer.name };
        pending.set(labels, consumer.num_pending);
        inFlight.set(labels, consumer.num_ack_pending);
        redelivered.set(labels, consumer.num_redelivered);
      }
    }
  });
}

function streamsOf({ account_details = [] }: JetStreamState): StreamState[] {
  return account_details.flatMap(({ stream_detail = [] }) => stream_detail);
}

function read(monitorUrl: string): Promise<[ServerState, JetStreamState]> {
  return Promise.all([
    ask<ServerState>(`${monitorUrl}/varz`),
    ask<JetStreamState>(`${monitorUrl}/jsz?streams=true&consumers=true&config=true`),
  ]);
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}
