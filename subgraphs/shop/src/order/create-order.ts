import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, Refused, refusal } from '@alexandrite/baton/refusal';
import type { Tx } from '@alexandrite/database';
import { isUuid, uuidV7 } from '@alexandrite/database/uuid';
import { alloyCodes, finishCodes } from '@alexandrite/tariff/catalogue';
import { LockMode } from '@mikro-orm/core';
import { answer, type ShopContext } from '../context.ts';
import { channelOf } from '../customer/remember-customer.ts';
import { isBuyer, refuseBuying } from '../customer/who-may.ts';
import { Model } from '../model/model.ts';
import { checkIdempotencyKey, orderMadeBefore } from './idempotency-key.ts';
import { nextOrderNumber } from './order-number.ts';

export interface CreateOrderInput {
  modelId: string;
  alloy: string;
  finish: string;
  quantity: number;
  idempotencyKey?: string | null;
}

const mostPieces = 10_000;

/** Begins an order: INITIATED, and FILE_UPLOADED with it when the model's bytes are there. */
export async function createOrder(
  context: ShopContext,
  input: CreateOrderInput,
): Promise<OrderRecord | Refusal> {
  const { viewer, shop } = context;
  if (!isBuyer(viewer)) return refuseBuying(viewer);
  const wrong = whatIsWrong(input, context);
  if (wrong) return wrong;
  const by = viewer.sub;
  const { idempotencyKey: key, ...asked } = input;
  if (key != null) checkIdempotencyKey(key);
  const result = await shop.baton.create(async (tx, begin) => {
    const id = uuidV7();
    const creation = key == null ? null : { accountId: by, key, orderId: id, asked: JSON.stringify(asked) };
    const before = creation && (await orderMadeBefore(tx, creation));
    if (before) return before;
    const model = await ownModel(tx, input.modelId, by);
    const { order, move } = await begin(
      {
        number: await nextOrderNumber(tx),
        accountId: by,
        channel: channelOf(viewer),
        quantity: input.quantity,
        alloy: input.alloy,
        finish: input.finish,
        modelId: model.id,
        filename: model.filename,
        modelSha256: model.sha256 ?? null,
      },
      { id, by },
    );
    if (model.sha256) await move('FILE_UPLOADED', { by });
    return order;
  });
  return answer(context, result);
}

/** The model, kept as it is until the commit: bytes that arrive meanwhile find the order, or the order finds them. */
async function ownModel(tx: Tx, modelId: string, accountId: string): Promise<Model> {
  const model = isUuid(modelId)
    ? await tx.findOne(Model, { id: modelId, accountId }, { lockMode: LockMode.PESSIMISTIC_READ })
    : null;
  if (!model) throw new Refused('NOT_FOUND', 'There is no such model.');
  return model;
}

function whatIsWrong(input: CreateOrderInput, { shop }: ShopContext): Refusal | null {
  const tariff = shop.tariff();
  if (!alloyCodes(tariff).includes(input.alloy)) {
    return refusal('UNKNOWN_ALLOY', `There is no alloy ${quoted(input.alloy)} in the catalogue.`);
  }
  if (!finishCodes(tariff).includes(input.finish)) {
    return refusal('UNKNOWN_FINISH', `There is no finish ${quoted(input.finish)} in the catalogue.`);
  }
  const most = Math.min(mostPieces, tariff.maxQuantity);
  if (input.quantity < 1 || input.quantity > most) {
    return refusal('INVALID_QUANTITY', `Expected 1 to ${most} pieces, got ${input.quantity}.`);
  }
  return null;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
