import type { ShownModel } from '../model-view/open-model.ts';

const MOST = 5; // models are large, and the platform keeps them

/** Orders that were opened on this page a moment ago, with the model that is already in memory. */
const models = new Map<string, ShownModel | null>();
const toSubmit = new Set<string>();

export function rememberFresh(orderId: string, model: ShownModel | null): void {
  models.set(orderId, model);
  toSubmit.add(orderId);
  for (const oldest of models.keys()) if (models.size > MOST) models.delete(oldest);
}

/** The model of an order that was sent from this page. */
export function freshModel(orderId: string): ShownModel | null {
  return models.get(orderId) ?? null;
}

/** True once, for an order whose price was asked for with the button that opened it. */
export function takeSubmission(orderId: string): boolean {
  return toSubmit.delete(orderId);
}
