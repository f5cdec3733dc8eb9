import { type ConstDirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';

/**
 * What a directive of a specification is called in a supergraph: by its import, renamed or not, or with the name of the
 * specification before it. Null when the specification is not linked.
 */
export function linkedDirective(
  document: DocumentNode,
  specification: { url: RegExp; name: string },
  directive: string,
): string | null {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const applied of definition.directives ?? []) {
      if (applied.name.value !== 'link') continue;
      const { url, as, import: imports } = directiveArguments(applied);
      if (typeof url !== 'string' || !specification.url.test(url)) continue;
      for (const imported of Array.isArray(imports) ? imports : []) {
        const { name, as: renamed } =
          typeof imported === 'string' ? { name: imported, as: imported } : imported;
        if (name === `@${directive}`) return String(renamed ?? name).slice(1);
      }
      const prefix = typeof as === 'string' ? as : specification.name;
      // A specification's directive of its own name needs no prefix.
      return directive === specification.name ? prefix : `${prefix}__${directive}`;
    }
  }
  return null;
}

export function directiveArguments(directive: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
}
