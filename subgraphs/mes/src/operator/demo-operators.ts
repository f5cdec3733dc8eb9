import type { Database } from '@alexandrite/database';

const operators = [
  ['operator-1', 'Илья Громов'],
  ['operator-2', 'Ada Kowalska'],
] as const;

/** Names for the operators of the demonstration, by the subjects of their tokens. Harmless to repeat. */
export async function enterDemoOperators(database: Database): Promise<void> {
  for (const [id, name] of operators) {
    await database
      .em()
      .execute(
        'insert into operators (id, name, created_at) values (?, ?, now()) on conflict (id) do nothing',
        [id, name],
      );
  }
}
