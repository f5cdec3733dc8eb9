import { ownOrigin } from '../client/own-origin.ts';
import { request } from '../client/request.ts';
import type { Refusal } from '../client/use-action.ts';
import { CreateModelUpload, CreateOrder } from './operations.ts';
import { putBytes } from './put-bytes.ts';

export interface Wish {
  alloy: string;
  finish: string;
  quantity: number;
}

export type PlacingStep =
  | { step: 'ANNOUNCING' }
  | { step: 'UPLOADING'; share: number }
  | { step: 'ORDERING' };

/** Sends a model and opens an order for it, not yet submitted. Throws `Failure` or `UploadError`. */
export async function placeOrder(
  file: File,
  wish: Wish,
  onStep: (step: PlacingStep) => void,
  signal: AbortSignal,
): Promise<{ orderId: string } | Refusal> {
  onStep({ step: 'ANNOUNCING' });
  const { result: upload } = await request(
    CreateModelUpload,
    { filename: file.name, bytes: file.size },
    { signal },
  );
  if (upload.__typename === 'Refusal') return upload;
  onStep({ step: 'UPLOADING', share: 0 });
  const url = ownOrigin(upload.uploadUrl, location.href);
  await putBytes(url, file, (share) => onStep({ step: 'UPLOADING', share }), signal);
  onStep({ step: 'ORDERING' });
  const { result: order } = await request(
    CreateOrder,
    { input: { modelId: upload.model.id, ...wish } },
    { signal },
  );
  return order.__typename === 'Refusal' ? order : { orderId: order.id };
}
