import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** One sentence for each subject under which messages were given up. */
export async function deadLetters(natsUrl: string): Promise<string[]> {
  const connection = await connect({ servers: natsUrl });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info('DEAD_LETTERS', { subjects_filter: '>' });
    return Object.entries(state.subjects ?? {}).map(
      ([subject, times]) => `${times} dead letters in ${subject}`,
    );
  } finally {
    await connection.close();
  }
}
