import { type DocumentNode, visit } from 'graphql';
import { directiveArguments } from '../supergraph/linked-directive.ts';

/** The labels of progressive `@override` that are on for one request. */
export interface ActiveLabels {
  names: ReadonlySet<string>;
  /** From 0 to 100: of the labels `percent(…)`, those above it are on. */
  drawn: number;
}

export const noLabels: ActiveLabels = { names: new Set(), drawn: 100 };

/** How often labels of one's own are on, in percent, or whether; a label that is not named here is off. */
export type LabelSettings = Readonly<Record<string, boolean | number>>;

interface Label {
  name: string;
  /** Of the requests, that have it on. */
  percent: number;
}

/** The labels that say from which subgraph a field comes while it moves to another one. */
export class OverrideLabels {
  readonly #byField = new Map<string, Set<string>>();
  readonly #settings: LabelSettings;
  readonly #required: ReadonlySet<string>;

  /** `required` are the names of the fields that a plan may fetch for itself. */
  constructor(supergraph: DocumentNode, required: ReadonlySet<string>, settings: LabelSettings) {
    this.#settings = settings;
    this.#required = required;
    visit(supergraph, {
      FieldDefinition: ({ name, directives }) => {
        for (const directive of directives ?? []) {
          if (directive.name.value !== 'join__field') continue;
          const { overrideLabel } = directiveArguments(directive);
          if (typeof overrideLabel !== 'string') continue;
          const labels = this.#byField.get(name.value) ?? new Set();
          this.#byField.set(name.value, labels.add(overrideLabel));
        }
      },
    });
  }

  /** Null for an operation that no label has to do with. */
  of(document: DocumentNode): OperationLabels | null {
    if (this.#byField.size === 0) return null;
    const names = new Set<string>();
    const add = (field: string) => {
      for (const label of this.#byField.get(field) ?? []) names.add(label);
    };
    for (const field of this.#required) add(field);
    visit(document, { Field: ({ name }) => add(name.value) });
    if (names.size === 0) return null;
    return new OperationLabels([...names].map((name) => ({ name, percent: this.#percentOf(name) })));
  }

  #percentOf(label: string): number {
    const [, percent] = /^percent\((\d+(?:\.\d+)?)\)$/.exec(label) ?? [];
    if (percent !== undefined) return Number(percent);
    const setting = this.#settings[label] ?? false;
    return typeof setting === 'number' ? setting : setting ? 100 : 0;
  }
}

/** Those that one operation has to do with. One draw decides for all, so that there are few plans. */
export class OperationLabels {
  /** What is on from `drawn` up to that of the next. */
  readonly #choices: readonly ActiveLabels[];

  constructor(labels: readonly Label[]) {
    const bounds = [...new Set([0, ...labels.map(({ percent }) => percent)])].sort(
      (one, other) => one - other,
    );
    this.#choices = bounds.map((drawn) => ({
      drawn,
      names: new Set(labels.filter(({ percent }) => percent > drawn).map(({ name }) => name)),
    }));
  }

  /** `random` is from 0 to 1; equal choices are the same object. */
  draw(random: number): ActiveLabels {
    const drawn = random * 100;
    return this.#choices.findLast((choice) => choice.drawn <= drawn) ?? noLabels;
  }
}
