import type { UnknownModel } from '../estimate-price.ts';
import type { Features } from '../features.ts';
import type { CongruenceCandidate } from '../identity/known-models.ts';
import type { Signature } from '../identity/signature.ts';
import type { Limits } from '../limits.ts';
import type { Measured, Step } from '../measure-model.ts';
import type { Sentence } from '../refusal.ts';

/** What the pool says to a worker. The bytes are handed over, not copied. */
export type ToWorker =
  | {
      kind: 'measure';
      bytes: Uint8Array<ArrayBuffer>;
      /** Of them, if the pool was told. */
      sha256: string | undefined;
      limits: Limits;
      asksForShapes: boolean;
      saysUnknown: boolean;
    }
  /** To `triangles`. */
  | { kind: 'known'; features: Features | null }
  /** To `shape`. */
  | { kind: 'candidates'; candidates: CongruenceCandidate[] };

/** What a worker says to the pool. */
export type FromWorker =
  | { kind: 'step'; step: Step }
  | { kind: 'triangles'; trianglesHash: string }
  | { kind: 'shape'; signature: Signature }
  | { kind: 'unknown'; model: UnknownModel }
  | { kind: 'measured'; measured: Measured }
  | { kind: 'refused'; code: string; text: Sentence }
  /** A fault of ours: the worker ends after it, since nobody knows what state it is in. */
  | { kind: 'fault'; error: unknown };
