/**
 * Reads single variables of a service's environment for its `env.ts`. Each throws a TypeError that names the variable,
 * says what was expected and what came.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

export function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new TypeError(`${name}: expected a value, got none`);
  return value;
}

/** Within `[least, most]`. */
export function wholeNumber(
  environment: Environment,
  name: string,
  otherwise: number,
  [least, most]: readonly [number, number],
): number {
  const text = environment[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`${name}: expected ${least} to ${most}, got ${JSON.stringify(text)}`);
}

export function oneOf<T extends string>(
  environment: Environment,
  name: string,
  otherwise: NoInfer<T>,
  known: readonly T[],
): T {
  const text = environment[name];
  if (!text) return otherwise;
  const value = known.find((each) => each === text);
  if (value === undefined)
    throw new TypeError(`${name}: expected ${known.join(' or ')}, got ${JSON.stringify(text)}`);
  return value;
}

/** An http or https URL, without a slash at its end. */
export function webAddress(environment: Environment, name: string, otherwise: string): string {
  const text = environment[name] || otherwise;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new TypeError(`${name}: expected an http or https URL, got ${JSON.stringify(text)}`);
  return text.replace(/\/+$/, '');
}

/** The bearer token of whoever collects metrics from elsewhere: `METRICS_TOKEN`, 16 characters at least; may be missing. */
export function metricsToken(environment: Environment): string | undefined {
  const token = environment.METRICS_TOKEN;
  if (!token) return undefined;
  if (token.length < 16)
    throw new TypeError(`METRICS_TOKEN: expected 16 characters at least, got ${token.length}`);
  return token;
}

/** Where a service listens: loopback and a free port, unless `HOST` and `PORT` say otherwise. */
export function listenAddress(environment: Environment): { host: string; port: number } {
  return { host: environment.HOST || '127.0.0.1', port: wholeNumber(environment, 'PORT', 0, [0, 65_535]) };
}
