import type { PricingRequest } from '@alexandrite/schema/events';

/** The request in a message. Throws an Error that names the field: the message is then a dead letter in the end. */
export function readRequest(payload: unknown): PricingRequest {
  if (typeof payload !== 'object' || payload === null)
    throw new Error(`expected a pricing request, got ${JSON.stringify(payload)?.slice(0, 80)}`);
  const fields = payload as Record<string, unknown>;
  for (const name of ['id', 'orderId', 'modelSha256', 'alloy', 'finish'])
    if (typeof fields[name] !== 'string' || fields[name] === '')
      throw new Error(`a pricing request without ${name}: got ${JSON.stringify(fields[name])}`);
  if (Number.isNaN(Date.parse(String(fields.requestedAt))))
    throw new Error(`a pricing request without requestedAt: got ${JSON.stringify(fields.requestedAt)}`);
  if (typeof fields.quantity !== 'number')
    throw new Error(`a pricing request without quantity: got ${JSON.stringify(fields.quantity)}`);
  if (fields.channel !== 'B2B' && fields.channel !== 'B2C')
    throw new Error(`a pricing request of the channel ${JSON.stringify(fields.channel)}`);
  return payload as PricingRequest;
}
