import { createLog, type Log, type LogLevel } from './log.ts';

export interface LogEntry {
  level: LogLevel;
  message: string;
  service: string;
  traceId?: string;
  [attribute: string]: unknown;
}

/** A log for tests: every line is kept, parsed. */
export function memoryLog(service = 'test'): { log: Log; entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  const destination = { write: (line: string) => void entries.push(JSON.parse(line)) };
  return { log: createLog({ service, level: 'trace', destination }), entries };
}
