import type { Log } from '@alexandrite/telemetry/log';
import type { GraphQLSchema } from 'graphql';
import type { ApolloPlanner } from './apollo.ts';
import { HivePlanner } from './hive.ts';
import { lacksOfHive } from './hive-lacks.ts';
import { NativeHive } from './native-hive.ts';
import type { Planner, PlannerName } from './planner.ts';

/** What a planner is made of. */
export interface PlannerGround {
  sdl: string;
  /** All of it, with the directives of composition. */
  fullSchema: GraphQLSchema;
  /** There is always one. */
  apollo: ApolloPlanner;
  /** Begun already where that saves time. */
  native?: NativeHive | undefined;
  log: Log;
}

/** The planner that was asked for, or the other one where it lacks something: one line of the log says so. */
export async function choosePlanner(wanted: PlannerName, ground: PlannerGround): Promise<Planner> {
  const { sdl, fullSchema, apollo, native = new NativeHive(sdl), log } = ground;
  if (wanted === 'apollo') {
    await apollo.load();
    return apollo;
  }
  let reason = lacksOfHive(fullSchema);
  if (reason === null) {
    try {
      await native.start();
      return new HivePlanner(native, new NativeHive(sdl, 1), apollo, log);
    } catch (error) {
      // No binary for this platform, or a supergraph that it cannot read.
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  native.close();
  log.warn({ wanted, planner: apollo.name, reason }, 'the planner that was asked for lacks something');
  await apollo.load();
  return apollo;
}
