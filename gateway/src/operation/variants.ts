import type { JsonObject } from '../execute/json.ts';

/** Kept of each thing for one operation: one for each set of values that `@skip` and `@include` have had. */
const maxVariants = 64;

/**
 * Makes something for each set of values of the variables that `@skip` and `@include` use. A promise that is rejected is
 * not kept.
 */
export function variantsOf<T>(
  conditions: readonly string[],
  make: (values: JsonObject) => T,
): (values: JsonObject) => T {
  const variants = new Map<string, T>();
  return (values) => {
    const key =
      conditions.length === 0 ? '' : conditions.map((name) => (values[name] === true ? '1' : '0')).join('');
    let variant = variants.get(key);
    if (variant === undefined) {
      if (variants.size >= maxVariants) variants.clear();
      variant = make(values);
      variants.set(key, variant);
      if (variant instanceof Promise) variant.catch(() => variants.delete(key));
    }
    return variant;
  };
}
