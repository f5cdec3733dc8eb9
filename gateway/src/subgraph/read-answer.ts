import { isObject, type JsonObject } from '../execute/json.ts';
import { isDeeper, maxLevels } from '../execute/levels.ts';
import { type SubgraphAnswer, type SubgraphAnswerError, SubgraphError } from './subgraph.ts';

/** Whatever the status: a GraphQL response is one. Throws a `SubgraphError` when it is none. */
export function readAnswer(
  subgraph: string,
  status: number,
  contentType: string | undefined,
  body: { text(): string },
): SubgraphAnswer {
  if (contentType !== undefined && !isJson(contentType)) {
    throw badAnswer(subgraph, status, contentType.slice(0, 80));
  }
  let answer: unknown;
  try {
    answer = JSON.parse(withoutMark(body.text()));
  } catch (cause) {
    throw badAnswer(subgraph, status, 'no JSON', cause);
  }
  const read = readResult(subgraph, answer);
  if (!read) throw badAnswer(subgraph, status, 'something else');
  return read;
}

/** An execution result, however it came; null when it is none. */
export function readResult(subgraph: string, answer: unknown): SubgraphAnswer | null {
  if (!isObject(answer) || (answer.data === undefined && !Array.isArray(answer.errors))) return null;
  const { data, errors } = answer;
  return { data: isObject(data) ? data : null, errors: readErrors(subgraph, errors) };
}

export function readErrors(subgraph: string, errors: unknown): readonly SubgraphAnswerError[] {
  return Array.isArray(errors) ? errors.map((error) => readError(error, subgraph)) : none;
}

const none: readonly SubgraphAnswerError[] = [];

/** What nearly every subgraph says is known without looking closer. */
export function isJson(contentType: string): boolean {
  return (
    contentType === 'application/json' ||
    contentType.startsWith('application/json;') ||
    /^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType)
  );
}

/** Without what some write before JSON to say that it is UTF-8. */
function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function badAnswer(subgraph: string, status: number, got: string, cause?: unknown): SubgraphError {
  return new SubgraphError(
    'SUBGRAPH_BAD_ANSWER',
    `Expected a GraphQL response of the subgraph "${subgraph}", got ${got} with status ${status}.`,
    { cause, subgraph },
  );
}

function readError(error: unknown, subgraph: string): SubgraphAnswerError {
  const given: JsonObject = isObject(error) ? error : {};
  const { message, path, extensions } = given;
  return {
    message: typeof message === 'string' && message !== '' ? message : 'The subgraph answered with an error.',
    path: Array.isArray(path)
      ? path.filter((step): step is string | number => typeof step === 'string' || typeof step === 'number')
      : undefined,
    extensions: isObject(extensions) && !isDeeper(extensions, maxLevels) ? withoutHead(extensions) : {},
    subgraph,
  };
}

/** What an error says of the HTTP response is about the subgraph's own, not about the gateway's. */
function withoutHead(extensions: JsonObject): JsonObject {
  if (!('http' in extensions)) return extensions;
  const { http: _, ...others } = extensions;
  return others;
}
