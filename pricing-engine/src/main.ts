import { runService } from '@alexandrite/ports/run-service';
import { build } from './build.ts';
import { readEnv } from './env.ts';

await runService({ name: 'pricing-engine', readEnv, build });
