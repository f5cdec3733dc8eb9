import {
  type Alloy,
  type Contract,
  type Finish,
  type Label,
  type MetalPrice,
  type Tariff,
  TariffError,
} from './tariff.ts';

/** Reads one tariff strictly, down to keys nobody asks for (`note` may stand anywhere). Throws `INVALID_TARIFF`: `2026-11-01.json: alloys.BRASS.purity: expected … , got …`. */
export function parseTariff(json: string, source: string): Tariff {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch (cause) {
    throw invalid(`${source}: expected JSON: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  const asked: Asked = new Map();
  const at = new Key(root, source, '', asked);
  const tariff = readTariff(at);
  refuseUnknown(root, source, '', asked);
  return tariff;
}

function readTariff(at: Key): Tariff {
  const metals = at.key('metals').entries(metalPrice);
  return {
    version: at.key('version').text(/^[\w.-]{1,40}$/, 'a version of letters, digits, - and .'),
    validFrom: at.key('validFrom').instant(),
    currency: at.key('currency').text(/^[A-Z]{3}$/, 'an ISO 4217 code'),
    vatPercent: at.key('vatPercent').between(0, 100),
    metals,
    alloys: at.key('alloys').entries((key) => alloy(key, metals)),
    finishes: at.key('finishes').entries(finish),
    setupMinor: at.key('setupMinor').minor(),
    resinMinorPerCm3: at.key('resinMinorPerCm3').minor(),
    casting: {
      spruePercent: at.key('casting').key('spruePercent').between(0, 100),
      buttonPercent: at.key('casting').key('buttonPercent').between(0, 100),
    },
    printer: printer(at.key('printer')),
    flask: {
      diameterMm: at.key('flask').key('diameterMm').positive(),
      heightMm: at.key('flask').key('heightMm').positive(),
    },
    margins: margins(at.key('margins')),
    settingMinorPerStone: at.key('settingMinorPerStone').optional((key) => key.minor()) ?? 0,
    minimumUnitMinor: at.key('minimumUnitMinor').minor(),
    quantityBreaks: quantityBreaks(at.key('quantityBreaks')),
    maxQuantity: at.key('maxQuantity').count(),
    contracts: at.key('contracts').optional((key) => key.named(contracts)) ?? {},
  };
}

function metalPrice(key: Key): MetalPrice {
  return {
    minorPerGram: key.key('minorPerGram').minor(),
    asOf: key.key('asOf').text(/^\d{4}-\d{2}-\d{2}$/, 'a day, YYYY-MM-DD'),
  };
}

function alloy(key: Key, metals: Tariff['metals']): Alloy {
  const metal = key.key('metal');
  return {
    label: label(key.key('label')),
    metal: metal.oneOf(Object.keys(metals)),
    purity: key.key('purity').between(0, 1),
    premiumPercent: key.key('premiumPercent').between(0, 1000),
    densityGcm3: key.key('densityGcm3').positive(),
    castingFeeMinor: key.key('castingFeeMinor').minor(),
    lossPercent: key.key('lossPercent').between(0, 100),
    minWallMm: key.key('minWallMm').positive(),
  };
}

function finish(key: Key): Finish {
  return {
    label: label(key.key('label')),
    minorPerCm2: key.key('minorPerCm2').minor(),
    minorPerPiece: key.key('minorPerPiece').minor(),
    skinMm: key.key('skinMm').between(0, 1),
  };
}

function printer(key: Key): Tariff['printer'] {
  return {
    layerMm: key.key('layerMm').positive(),
    exposureSeconds: key.key('exposureSeconds').positive(),
    tiltSeconds: key.key('tiltSeconds').between(0, 3600),
    secondsPerLayerMm: key.key('secondsPerLayerMm').between(0, 3600),
    fixedSeconds: key.key('fixedSeconds').between(0, 86_400),
    elevationMm: key.key('elevationMm').between(0, 100),
    padMm: key.key('padMm').between(0, 100),
    minorPerHour: key.key('minorPerHour').minor(),
    plateMm: [key.key('plateMm').key('0').positive(), key.key('plateMm').key('1').positive()],
    maxHeightMm: key.key('maxHeightMm').positive(),
    gapMm: key.key('gapMm').between(0, 100),
    detailMm: key.key('detailMm').positive(),
  };
}

function quantityBreaks(key: Key): Tariff['quantityBreaks'] {
  const breaks = key.items((item) => ({
    from: item.key('from').count(),
    percent: item.key('percent').between(0, 100),
  }));
  if (breaks[0]?.from !== 1) throw key.expected('a list that begins with {"from": 1}');
  if (breaks.some((step, index) => index > 0 && step.from <= breaks[index - 1]!.from))
    throw key.expected('steps with an ascending "from"');
  return breaks;
}

function contracts(key: Key): Contract[] {
  const read = key.items((item) => ({
    number: item.key('number').text(/\S/, 'a text'),
    validFrom: item.key('validFrom').instant(),
    validUntil: item.key('validUntil').optional((until) => until.instant()) ?? null,
    discountPercent: item.key('discountPercent').optional((percent) => percent.between(0, 100)) ?? 0,
    ...present({
      margins: item.key('margins').optional(margins),
      minimumUnitMinor: item.key('minimumUnitMinor').optional((minimum) => minimum.minor()),
    }),
  }));
  for (const [index, { validFrom, validUntil }] of read.entries()) {
    if (validUntil && validUntil <= validFrom)
      throw key.key(String(index)).key('validUntil').expected('an instant after validFrom');
    if (index > 0 && validFrom <= read[index - 1]!.validFrom)
      throw key.expected('contracts with an ascending validFrom');
  }
  return read;
}

function margins(key: Key): Tariff['margins'] {
  return {
    workPercent: key.key('workPercent').between(0, 1000),
    metalPercent: key.key('metalPercent').between(0, 1000),
  };
}

/** Without what is undefined. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function label(key: Key): Label {
  return { en: key.key('en').text(/\S/, 'a text'), ru: key.key('ru').text(/\S/, 'a text') };
}

/** The keys that were asked for, by the object they were asked of. */
type Asked = Map<object, Set<string>>;

/** A key that means nothing is a key that was misspelt. */
function refuseUnknown(value: unknown, source: string, path: string, asked: Asked): void {
  if (typeof value !== 'object' || value === null) return;
  const known = asked.get(value) ?? new Set();
  for (const [name, inner] of Object.entries(value)) {
    const inside = path ? `${path}.${name}` : name;
    if (name === 'note') continue;
    if (!known.has(name)) {
      const others = [...known].filter((each) => !Object.hasOwn(value, each));
      const hint = others.length > 0 ? `; not there, and known: ${others.slice(0, 8).join(', ')}` : '';
      throw invalid(`${source}: ${inside}: no such key${hint}`);
    }
    refuseUnknown(inner, source, inside, asked);
  }
}

/** A value and the way to it, so that every error can name its key. */
class Key {
  readonly #value: unknown;
  readonly #source: string;
  readonly #path: string;
  readonly #asked: Asked;

  constructor(value: unknown, source: string, path: string, asked: Asked) {
    this.#value = value;
    this.#source = source;
    this.#path = path;
    this.#asked = asked;
  }

  expected(what: string): TariffError {
    const got = this.#value === undefined ? 'nothing' : JSON.stringify(this.#value).slice(0, 60);
    return invalid(`${this.#source}: ${this.#path || 'the file'}: expected ${what}, got ${got}`);
  }

  key(name: string): Key {
    if (typeof this.#value !== 'object' || this.#value === null) throw this.expected('an object');
    this.#asked.set(this.#value, (this.#asked.get(this.#value) ?? new Set()).add(name));
    const value = Object.hasOwn(this.#value, name) ? Reflect.get(this.#value, name) : undefined;
    return new Key(value, this.#source, this.#path ? `${this.#path}.${name}` : name, this.#asked);
  }

  entries<T>(read: (key: Key) => T): Record<string, T> {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value))
      throw this.expected('an object');
    const names = Object.keys(this.#value);
    if (names.length === 0) throw this.expected('at least one entry');
    const wrong = names.find((name) => !/^[A-Z][A-Z0-9_]{0,39}$/.test(name));
    if (wrong !== undefined) throw this.key(wrong).expected('a code like SILVER_925 as the key');
    return Object.fromEntries(names.map((name) => [name, read(this.key(name))]));
  }

  /** Undefined where there is nothing. */
  optional<T>(read: (key: Key) => T): T | undefined {
    return this.#value === undefined || this.#value === null ? undefined : read(this);
  }

  /** Entries with names of any kind, none of them empty; perhaps no entry at all. */
  named<T>(read: (key: Key) => T): Record<string, T> {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value))
      throw this.expected('an object');
    const names = Object.keys(this.#value);
    const wrong = names.find((name) => !/^\S{1,100}$/.test(name));
    if (wrong !== undefined) throw this.key(wrong).expected('an account as the key');
    return Object.fromEntries(names.map((name) => [name, read(this.key(name))]));
  }

  items<T>(read: (key: Key) => T): T[] {
    if (!Array.isArray(this.#value)) throw this.expected('a list');
    return this.#value.map((_, index) => read(this.key(String(index))));
  }

  text(pattern: RegExp, what: string): string {
    if (typeof this.#value !== 'string' || !pattern.test(this.#value)) throw this.expected(what);
    return this.#value;
  }

  oneOf(known: readonly string[]): string {
    const found = known.find((name) => name === this.#value);
    if (found === undefined) throw this.expected(`one of ${known.join(', ')}`);
    return found;
  }

  /** With a time zone: a tariff begins at midnight in one place. */
  instant(): Date {
    const text = this.text(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/,
      'an instant like 2026-01-01T00:00:00+03:00',
    );
    const instant = new Date(text);
    if (Number.isNaN(instant.getTime())) throw this.expected('an instant that exists');
    return instant;
  }

  between(low: number, high: number): number {
    const value = this.#value;
    if (typeof value !== 'number' || !(value >= low && value <= high))
      throw this.expected(`a number from ${low} to ${high}`);
    return value;
  }

  positive(): number {
    const value = this.between(0, 1_000_000);
    if (value === 0) throw this.expected('a number above 0');
    return value;
  }

  /** A whole number of minor units. */
  minor(): number {
    const value = this.between(0, 1e12);
    if (!Number.isSafeInteger(value)) throw this.expected('a whole number of minor units');
    return value;
  }

  count(): number {
    const value = this.between(1, 1_000_000);
    if (!Number.isSafeInteger(value)) throw this.expected('a whole number from 1');
    return value;
  }
}

function invalid(text: string, cause?: unknown): TariffError {
  return new TariffError('INVALID_TARIFF', { en: text, ru: text }, cause === undefined ? {} : { cause });
}
