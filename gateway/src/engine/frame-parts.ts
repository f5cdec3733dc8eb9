import type { ApolloServerPlugin } from '@apollo/server';
import type { JsonObject } from '../execute/json.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { AnswerInParts, DeferredOperations } from './deferred-operations.ts';
import type { Result } from './engine.ts';
import type { FrameContext } from './frame.ts';
import type { Generation } from './generation.ts';
import { type IncrementalSpec, initialPayload, nextPayloads } from './incremental.ts';

/** Where one request's answer in parts waits for the frame to write it. */
const answers = new WeakMap<FrameContext, { answer: AnswerInParts; spec: IncrementalSpec }>();

/** The first part, or all of it where nothing comes later; the frame's plugin does the rest. */
export async function executeInParts(
  deferred: DeferredOperations,
  spec: IncrementalSpec,
  generation: Generation,
  compiled: CompiledOperation,
  variables: JsonObject,
  context: FrameContext,
): Promise<Result> {
  const answer = await deferred.execute(generation, compiled, variables, context.caller);
  if ('single' in answer) return answer.single;
  answers.set(context, { answer: answer.parts, spec });
  return answer.parts.initial;
}

/** Makes Apollo Server write an answer in parts, of which it has the first one. */
export function answersInParts(keepAliveMs: number): ApolloServerPlugin<FrameContext> {
  return {
    requestDidStart: async () => ({
      async willSendResponse({ response, contextValue }) {
        const found = answers.get(contextValue);
        if (!found || response.body.kind !== 'single') return;
        const { answer, spec } = found;
        response.http.headers.set('cache-control', 'no-cache, no-transform');
        response.http.headers.set('x-accel-buffering', 'no');
        type Incremental = Extract<typeof response.body, { kind: 'incremental' }>;
        response.body = {
          kind: 'incremental',
          initialResult: initialPayload(spec, response.body.singleResult, answer.pending),
          subsequentResults: nextPayloads(spec, answer.rest, keepAliveMs),
        } as unknown as Incremental;
      },
    }),
  };
}
