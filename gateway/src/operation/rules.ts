import {
  FragmentsOnCompositeTypesRule,
  KnownArgumentNamesRule,
  KnownDirectivesRule,
  KnownFragmentNamesRule,
  MaxIntrospectionDepthRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  PossibleFragmentSpreadsRule,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  UniqueArgumentNamesRule,
  UniqueDirectivesPerLocationRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueVariableNamesRule,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  VariablesAreInputTypesRule,
  VariablesInAllowedPositionRule,
} from 'graphql';
import { deferRules } from './defer-rules.ts';

/** What must be in a text for these rules to have anything to look at. */
const needs: readonly (readonly [mark: RegExp, rules: readonly ValidationRule[]])[] = [
  [/@/, [KnownDirectivesRule, UniqueDirectivesPerLocationRule, ...deferRules]],
  [
    /\$/,
    [
      UniqueVariableNamesRule,
      VariablesAreInputTypesRule,
      NoUndefinedVariablesRule,
      NoUnusedVariablesRule,
      VariablesInAllowedPositionRule,
    ],
  ],
  [
    /\(/,
    [KnownArgumentNamesRule, UniqueArgumentNamesRule, ValuesOfCorrectTypeRule, UniqueInputFieldNamesRule],
  ],
  [
    /\.\.\.|fragment/,
    [
      FragmentsOnCompositeTypesRule,
      KnownFragmentNamesRule,
      NoUnusedFragmentsRule,
      PossibleFragmentSpreadsRule,
      NoFragmentCyclesRule,
      UniqueFragmentNamesRule,
    ],
  ],
  [/subscription/, [SingleFieldSubscriptionsRule]],
  [/__/, [MaxIntrospectionDepthRule]],
];

const all: readonly ValidationRule[] = [...specifiedRules, ...deferRules];

/**
 * The rules of the specification, and those of `@defer`, that can find anything in a document: each costs something at
 * every node. Where a mark stands does not matter, so that one in a comment or a text only costs time.
 */
export function rulesFor(text: string | undefined): readonly ValidationRule[] {
  if (text === undefined) return all;
  const idle = needs.flatMap(([mark, rules]) => (mark.test(text) ? [] : rules));
  return idle.length === 0 ? all : all.filter((rule) => !idle.includes(rule));
}

/** A comment that leaves out no rule, for who practises. */
export const everyMark = '# @ $ ( ... subscription __';
