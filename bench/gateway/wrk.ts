import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../src/child.ts';

export interface Load {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  requests: number;
  /** Answers with a status of 400 or more, and connections that failed. */
  failures: number;
}

const script = (body: string) => `
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [==[${body}]==]
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"us":%d,"failures":%d,"p50":%d,"p99":%d}\\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
`;

/** Posts the same body over and over, from one thread. */
export async function load(
  folder: string,
  url: string,
  body: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> {
  const file = join(folder, 'post.lua');
  writeFileSync(file, script(body));
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', file, url];
  const { output } = await runToEnd('wrk', args);
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (!line) throw new Error(`wrk ${args.join(' ')}:\n${output}`);
  const { requests, us, failures, p50, p99 } = JSON.parse(line);
  return {
    requests,
    requestsPerSecond: requests / (us / 1e6),
    failures,
    p50Ms: p50 / 1_000,
    p99Ms: p99 / 1_000,
  };
}
