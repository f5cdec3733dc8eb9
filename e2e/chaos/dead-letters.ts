import type { DeadLetter } from '@alexandrite/bus';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** For each subject under which messages were given up one sentence, with the newest one's reason. */
export async function deadLetters(natsUrl: string): Promise<string[]> {
  const connection = await connect({ servers: natsUrl });
  try {
    const { streams } = await jetstreamManager(connection);
    const { state } = await streams.info('DEAD_LETTERS', { subjects_filter: '>' });
    const sentence = async ([subject, times]: [string, number]) => {
      const newest = await streams.getMessage('DEAD_LETTERS', { last_by_subj: subject });
      const reason = newest ? newest.json<DeadLetter>().reason : 'gone by now';
      return `${times} dead letters in ${subject}: ${reason}`;
    };
    return await Promise.all(Object.entries(state.subjects ?? {}).map(sentence));
  } finally {
    await connection.close();
  }
}
