import Negotiator from 'negotiator';
import { formatError } from '../errors.ts';
import type { AnswerInParts, NextParts } from './deferred-operations.ts';
import type { Result } from './engine.ts';
import type { Pending } from './parts.ts';

/** Drafts of the specification by which an answer in parts is written; clients say which one they read. */
export type IncrementalSpec = '20220824' | 'v0.2';

/** One message of an answer in parts. */
export type Payload = Record<string, unknown> & { hasNext: boolean };

const mediaTypes = new Map<string, IncrementalSpec | null>([
  // What nothing says about a draft is not for us to guess.
  ['multipart/mixed', null],
  ['multipart/mixed; incrementalSpec=v0.2', 'v0.2'],
  ['multipart/mixed; deferSpec=20220824', '20220824'],
]);

/** The draft that a client reads over multipart HTTP; null when he takes one answer only. Apollo Server chooses alike. */
export function incrementalSpec(accept: string | undefined): IncrementalSpec | null {
  if (!accept?.includes('multipart/mixed')) return null;
  const preferred = new Negotiator({ headers: { accept } }).mediaType([...mediaTypes.keys()]);
  return preferred === undefined ? null : (mediaTypes.get(preferred) ?? null);
}

/** `result` is formatted already. */
export function initialPayload(spec: IncrementalSpec, result: object, pending: readonly Pending[]): Payload {
  return { ...result, ...(spec === 'v0.2' ? { pending } : {}), hasNext: true };
}

/** All messages behind the first one. With `keepAliveMs`, whoever hears nothing for so long is told to wait on. */
export async function* nextPayloads(
  spec: IncrementalSpec,
  rest: AnswerInParts['rest'],
  keepAliveMs?: number,
): AsyncGenerator<Payload, void> {
  try {
    for (;;) {
      const next = rest.next();
      while (keepAliveMs !== undefined && (await isSilent(next, keepAliveMs))) yield { hasNext: true };
      const { value } = await next;
      if (!value) return;
      yield spec === 'v0.2' ? asOfV02(value) : asOf2022(value);
    }
  } finally {
    await rest.return?.();
  }
}

async function isSilent(next: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, true);
  });
  try {
    return await Promise.race([next.then(() => false), silence]);
  } finally {
    clearTimeout(timer);
  }
}

function asOf2022({ parts, hasNext, extensions }: NextParts): Payload {
  const incremental = parts.map(({ path, label, ...result }) => ({
    data: result.data,
    path,
    ...(label === undefined ? {} : { label }),
    ...told(result),
  }));
  return {
    ...(incremental.length > 0 ? { incremental } : {}),
    ...(extensions ? { extensions } : {}),
    hasNext,
  };
}

function asOfV02({ parts, pending, hasNext, extensions }: NextParts): Payload {
  const incremental = parts.flatMap(({ id, data, ...result }) =>
    data === null ? [] : [{ id, data, ...told(result) }],
  );
  const completed = parts.map(({ id, data, ...result }) => ({ id, ...(data === null ? told(result) : {}) }));
  return {
    ...(pending.length > 0 ? { pending } : {}),
    ...(incremental.length > 0 ? { incremental } : {}),
    ...(completed.length > 0 ? { completed } : {}),
    ...(extensions ? { extensions } : {}),
    hasNext,
  };
}

function told({ errors, extensions }: Result): object {
  return {
    ...(errors ? { errors: errors.map(formatError) } : {}),
    ...(extensions ? { extensions } : {}),
  };
}
