import type { SystemQuestions } from '@alexandrite/baton/ask-systems';
import type { System } from '@alexandrite/schema/order-status';
import { mostViews } from '@alexandrite/schema/questions';
import type { View } from './compare.ts';

export const systems: readonly System[] = ['SHOP', 'CRM', 'MES'];

/** A system did not answer: what it knows cannot be compared. */
export class SystemSilent extends Error {
  readonly system: System;
  constructor(system: System) {
    super(`${system} does not answer`);
    this.system = system;
  }
}

/**
 * All systems' views of the orders behind an id, by id, page by page: each page has every view of the orders that are in
 * it. Throws `SystemSilent`.
 */
export async function* readPages(
  questions: SystemQuestions,
  from: string | null,
  limit = mostViews,
): AsyncGenerator<Map<System, View[]>> {
  for (let after = from; ; ) {
    const pages = await Promise.all(systems.map((system) => askPage(questions, system, after, limit)));
    // behind the last id of a full page that system may know orders that the others have in theirs
    const ends = pages.filter((page) => page.length === limit).map((page) => page.at(-1)!.id);
    const end = ends.sort()[0];
    const upToEnd = pages.map((page) => (end ? page.filter(({ id }) => id <= end) : page));
    yield new Map(systems.map((system, i) => [system, upToEnd[i]!]));
    if (!end) return;
    after = end;
  }
}

async function askPage(
  questions: SystemQuestions,
  system: System,
  after: string | null,
  limit: number,
): Promise<View[]> {
  const answer = await questions.ask(system, { kind: 'PAGE', after, limit });
  if (!answer?.views) throw new SystemSilent(system);
  return answer.views;
}

/** All systems' views of these orders now. Throws `SystemSilent`. */
export async function readViews(
  questions: SystemQuestions,
  orderIds: readonly string[],
): Promise<Map<System, View[]>> {
  const views = new Map<System, View[]>(systems.map((system) => [system, []]));
  for (let i = 0; i < orderIds.length; i += mostViews) {
    const part = orderIds.slice(i, i + mostViews);
    for (const system of systems) {
      const answer = await questions.ask(system, { kind: 'VIEWS', orderIds: part });
      if (!answer?.views) throw new SystemSilent(system);
      views.get(system)!.push(...answer.views);
    }
  }
  return views;
}
