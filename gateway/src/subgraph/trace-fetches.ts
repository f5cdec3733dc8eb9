import { currentTrace, formatTraceparent, traceparentHeader } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { SendToSubgraph, SubgraphAnswer, SubgraphRequest } from './subgraph.ts';

const tracer = tracerOf('gateway');

/**
 * Makes each request to a subgraph a step of its trace, above those of the subgraph. A fetch that is answered by an equal
 * one in flight has a step of its own, and nothing below it. Without traces it is `send` itself.
 */
export function traceFetches(send: SendToSubgraph): SendToSubgraph {
  if (!tracer.on) return send;
  return (request) => (currentTrace()?.sampled ? traced(send, request) : send(request));
}

async function traced(send: SendToSubgraph, request: SubgraphRequest): Promise<SubgraphAnswer> {
  const { subgraph, kind, headers } = request;
  const span = tracer.begin(`fetch ${subgraph}`, {
    kind: 'client',
    attributes: {
      'peer.service': subgraph,
      'http.request.method': 'POST',
      'graphql.operation.type': kind,
    },
  });
  if (!span) return send(request);
  try {
    const answer = await send({
      ...request,
      headers: { ...headers, [traceparentHeader]: formatTraceparent(span.trace) },
    });
    span.set({ 'graphql.errors': answer.errors.length });
    return answer;
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
