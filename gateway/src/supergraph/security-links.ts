import { type DocumentNode, Kind, print } from 'graphql';
import { directiveArguments } from './linked-directive.ts';

/** What this gateway keeps for the sake of security, and `@apollo/gateway` does not know. */
const kept = /^https:\/\/specs\.apollo\.dev\/(authenticated|requiresScopes|policy|context)\/v0\.1$/;

/**
 * The supergraph without the word that these specifications are for security, which is why `@apollo/gateway` refuses it.
 * Others it goes on refusing.
 */
export function withSecurityKept(sdl: string, document: DocumentNode): string {
  let changed = false;
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) {
      return definition;
    }
    const directives = definition.directives?.map((directive) => {
      const { url } = directiveArguments(directive);
      if (directive.name.value !== 'link' || typeof url !== 'string' || !kept.test(url)) return directive;
      changed = true;
      return { ...directive, arguments: directive.arguments?.filter(({ name }) => name.value !== 'for') };
    });
    return { ...definition, directives };
  });
  return changed ? print({ kind: Kind.DOCUMENT, definitions }) : sdl;
}
