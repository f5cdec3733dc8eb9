import { useSyncExternalStore } from 'react';
import type { Dictionary, Language, SameWords, Words } from './dictionary.ts';

const KEY = 'alexandrite.language';
const listeners = new Set<() => void>();
let current: Language = chosen();

/** What was chosen here before, else what the browser prefers, else English. */
function chosen(): Language {
  const kept = stored();
  if (kept === 'en' || kept === 'ru') return kept;
  const preferred = globalThis.navigator?.languages ?? [];
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'ru' || primary === 'en') return primary;
  }
  return 'en';
}

/** A browser may forbid storage; the page then forgets the choice, nothing more. */
function stored(): string | null {
  try {
    return globalThis.localStorage?.getItem(KEY) ?? null;
  } catch {
    return null;
  }
}

export function language(): Language {
  return current;
}

export function chooseLanguage(next: Language): void {
  current = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // see `stored`
  }
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    language,
    language,
  );
}

/** The language of the page as the graph names it. */
export function useGraphLanguage(): 'EN' | 'RU' {
  return useLanguage() === 'ru' ? 'RU' : 'EN';
}

/** The words of a dictionary in the language of the page. */
export function useWords<W extends Words>(words: Dictionary<W>): SameWords<W> {
  return words[useLanguage()];
}
