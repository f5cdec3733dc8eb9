import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isObject } from '../execute/json.ts';
import { directiveArguments, linkedDirective } from '../supergraph/linked-directive.ts';
import { type EventFilter, readFilter } from './event-filter.ts';
import { readRate } from './pace.ts';
import { graphsOf, type PayloadPath, readPayloadPath } from './payload-path.ts';
import { parseSubject, type SubjectTemplate } from './subject-template.ts';

/** A field of Subscription whose messages come from the bus. */
export interface EventField {
  name: string;
  subjects: readonly SubjectTemplate[];
  /** Which bus; a gateway has one. */
  providerId: string;
  /** The Query field that answers with the current state, of the same arguments and type. */
  snapshot: string | null;
  /** The Int field that grows with every message and joins the snapshot to the stream. */
  position: string | null;
  /** Which events it wants; null: all of its subjects. */
  filter: EventFilter | null;
  /** What two messages speak of, when the later one makes the earlier one needless. */
  key: PayloadPath | null;
  /** Messages a second for a client who does not say himself. */
  maxRate: number | null;
  /** The stream that the subjects belong to, where the field says so. */
  streamName: string | null;
}

/** A field whose messages come from a subgraph, which knows nothing of all that. */
export function fedBySubgraph(name: string): EventField {
  return {
    name,
    subjects: [],
    providerId: 'default',
    snapshot: null,
    position: null,
    filter: null,
    key: null,
    maxRate: null,
    streamName: null,
  };
}

const specification = { url: /^https:\/\/specs\.alexandrite\.example\/events\/v1\.\d+$/, name: 'events' };
const directiveName = 'natsSubscribe';

/** The event fields of a supergraph. Throws a TypeError that names the field when one is not right. */
export function readEventFields(
  document: DocumentNode,
  schema: GraphQLSchema,
): ReadonlyMap<string, EventField> {
  const fields = new Map<string, EventField>();
  const name = linkedDirective(document, specification, directiveName);
  const subscription = schema.getSubscriptionType();
  if (!name || !subscription) return fields;
  for (const field of Object.values(subscription.getFields())) {
    const directive = field.astNode?.directives?.find((candidate) => candidate.name.value === name);
    if (directive) fields.set(field.name, readField(field, directiveArguments(directive), schema));
  }
  return fields;
}

function readField(
  field: GraphQLField<unknown, unknown>,
  given: Record<string, unknown>,
  schema: GraphQLSchema,
): EventField {
  const wrong = (what: string, cause?: unknown) =>
    new TypeError(`Subscription.${field.name} @${directiveName}: ${what}`, { cause });

  const { subjects, providerId, snapshot, position } = given;
  if (!Array.isArray(subjects) || subjects.length === 0) throw wrong('expected at least one of subjects');
  const templates = subjects.map((subject) => {
    try {
      return parseSubject(String(subject));
    } catch (cause) {
      throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
    }
  });
  for (const part of templates.flatMap((template) => template.parts)) {
    if (typeof part === 'string' || part.from !== 'args') continue;
    const argument = field.args.find((candidate) => candidate.name === part.path[0]);
    if (!argument) throw wrong(`there is no argument ${part.path[0]}`);
    const bare = isNonNullType(argument.type) ? argument.type.ofType : argument.type;
    if (part.path.length === 1 && (isListType(bare) || !isLeafType(bare))) {
      throw wrong(`expected the argument ${part.path[0]} to be one scalar value`);
    }
  }
  if (typeof snapshot === 'string') checkSnapshot(field, snapshot, schema, wrong);
  if (typeof position === 'string') {
    const type = getNamedType(field.type);
    const found = isObjectType(type) || isInterfaceType(type) ? type.getFields()[position] : undefined;
    if (!found || getNamedType(found.type).name !== 'Int') {
      throw wrong(`expected position to be an Int field of ${type.name}, got ${position}`);
    }
  }
  const graphs = graphsOf(field.astNode, schema.getSubscriptionType()?.astNode);
  const path = (text: string) => readPayloadPath(text, field.type, graphs, schema);
  const named = <T>(argument: string, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw wrong(`${argument}${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
  };
  const { filter, key, maxRate, streamConfiguration } = given;
  return {
    name: field.name,
    subjects: templates,
    providerId: typeof providerId === 'string' ? providerId : 'default',
    snapshot: typeof snapshot === 'string' ? snapshot : null,
    position: typeof position === 'string' ? position : null,
    filter: isGiven(filter) ? named('', () => readFilter(filter, { args: field.args, path })) : null,
    key: isGiven(key) ? named('key: ', () => path(String(key))) : null,
    maxRate: isGiven(maxRate) ? named('maxRate: ', () => readRate(maxRate)) : null,
    streamName: isGiven(streamConfiguration)
      ? named('streamConfiguration: ', () => readStreamName(streamConfiguration))
      : null,
  };
}

const isGiven = (value: unknown) => value !== undefined && value !== null;

/** Cosmo's consumer has a name because it is kept at the bus; here a client's cursor knows where it was. */
function readStreamName(given: unknown): string {
  const name = isObject(given) ? given.streamName : undefined;
  if (typeof name !== 'string' || !/^[^\s.*>/\\]+$/.test(name)) {
    throw new TypeError(`expected streamName to be the name of a stream, got ${JSON.stringify(name)}`);
  }
  return name;
}

function checkSnapshot(
  field: GraphQLField<unknown, unknown>,
  snapshot: string,
  schema: GraphQLSchema,
  wrong: (what: string) => TypeError,
): void {
  const query = schema.getQueryType()?.getFields()[snapshot];
  if (!query) throw wrong(`there is no Query.${snapshot} for its snapshot`);
  const bare = (type: unknown) => String(type).replace(/!$/, '');
  if (bare(query.type) !== bare(field.type)) {
    throw wrong(
      `expected Query.${snapshot} to be ${bare(field.type)}, as the field is, got ${bare(query.type)}`,
    );
  }
  for (const argument of field.args) {
    const same = query.args.find(({ name }) => name === argument.name);
    if (!same || bare(same.type) !== bare(argument.type)) {
      throw wrong(
        `expected Query.${snapshot} to have the argument ${argument.name}: ${String(argument.type)}`,
      );
    }
  }
}
