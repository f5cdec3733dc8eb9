/** What travels on the bus, by subject. Instants are ISO 8601 strings. */
import type { OrderStatus, System } from './order-status.ts';

export type Channel = 'B2B' | 'B2C';
export type PricingStage = 'NOT_SUBMITTED' | 'QUEUED' | 'ESTIMATED' | 'CALCULATING' | 'CALCULATED' | 'FAILED';

/** What an order is made of; it travels with every move, so that a consumer never has to ask back. */
export interface OrderFacts {
  number: string;
  accountId: string;
  channel: Channel;
  quantity: number;
  alloy: string;
  finish: string;
  modelId: string;
  filename: string;
  /** Null until the model's bytes are there. */
  modelSha256: string | null;
  createdAt: string;
  submittedAt: string | null;
  promisedAt: string | null;
}

/** `orders.<account>.<order>.<STATUS>`: GraphQL's OrderStatusChange, and what the services need beside it. */
export interface OrderMoved {
  order: { id: string; status: OrderStatus; version: number };
  from: OrderStatus | null;
  to: OrderStatus;
  version: number;
  at: string;
  by: string;
  /** Who wrote the move, and who holds the order after it. */
  system: System;
  holder: System;
  /** The status an order on hold goes back to. */
  heldFrom: OrderStatus | null;
  cause: string | null;
  facts: OrderFacts;
}

/** `prices.<account>.<order>`: GraphQL's OrderPrice. */
export interface PriceChanged {
  order: { id: string; status: OrderStatus; version: number };
  stage: PricingStage;
  progress: number;
  price: { id: string } | null;
  reason: string | null;
  revision: number;
}

/** `accepted.<role>.<order>`: GraphQL's PriceAcceptance. A fact about an order, and no move of it. */
export interface PriceAccepted {
  order: { id: string; status: OrderStatus; version: number };
  at: string;
  by: string;
}

/** `dashboard.changed`: GraphQL's Dashboard, by its key only. */
export interface DashboardChanged {
  id: 'main';
}

/** `pricing.request.<b2b|b2c>`. The id names one attempt: the same order submitted again is another request. */
export interface PricingRequest {
  id: string;
  orderId: string;
  channel: Channel;
  /** By which contracts are found; absent in requests of before 22 November 2026. */
  accountId?: string;
  modelSha256: string;
  filename: string;
  alloy: string;
  finish: string;
  quantity: number;
  requestedAt: string;
}

/** `pricing.progress`. */
export interface PricingProgress {
  requestId: string;
  orderId: string;
  /** 0 to 1. */
  progress: number;
  step: 'reading' | 'welding' | 'union' | 'thickness' | 'pricing';
  /** Once at most: what the price will probably be, from models that look alike. */
  estimate?: PriceEstimate;
}

/** Not a price: nobody can accept it. */
export interface PriceEstimate {
  /** As a price would be; without findings, since nothing was looked at yet. */
  result: PriceDocument;
  /** Between them the exact total will probably be. */
  lowestMinor: number;
  highestMinor: number;
}

/** `pricing.result`. */
export type PricingResult = PricingCalculated | PricingFailed;

export interface PricingCalculated {
  requestId: string;
  orderId: string;
  outcome: 'CALCULATED';
  /** The price document of the CLI, without its timings. */
  result: PriceDocument;
  /** Where the features came from. */
  source: 'COMPUTED' | 'CACHE_BYTES' | 'CACHE_TRIANGLES' | 'CACHE_SHAPE';
  /** Where the walls are, for pages to colour: base64, 19 KB at most (`pricing-engine/src/measure/wall-map.ts`). */
  wallMap?: string | null;
  seconds: number;
}

export interface PricingFailed {
  requestId: string;
  orderId: string;
  outcome: 'FAILED';
  code: string;
  /** For the customer. */
  message: { en: string; ru: string };
  seconds: number;
}

/** What the pricing engine says of a model: design, "Price JSON". */
export interface PriceDocument {
  model: { format: string; bytes: number; sha256: string; triangles: number; unit: string };
  geometry: {
    volumeMm3: number;
    signedVolumeMm3: number;
    areaMm2: number;
    boundingBoxMm: [number, number, number];
    watertight: boolean;
    shells: number;
    repairs: Record<string, number>;
    minWallMm: number | null;
    /** What the alloy fills reliably. Not in documents of before 22 November 2026. */
    wallLimitMm?: number;
    thinAreaShare: number | null;
  };
  manufacturability: {
    code: string;
    severity: 'INFO' | 'WARNING' | 'ERROR';
    message: string;
    /** The same in every language there is. */
    messages?: { en: string; ru: string };
  }[];
  print: { heightMm: number; layers: number; seconds: number; supportMm3: number };
  metal: { alloy: string; densityGcm3: number; castGrams: number; finishedGrams: number };
  price: {
    currency: string;
    lines: {
      code: string;
      label: string;
      labels?: { en: string; ru: string };
      /** How the amount came about. Not in documents of before 22 November 2026; nor is `metalAsOf`. */
      explanation?: string;
      explanations?: { en: string; ru: string };
      amountMinor: number;
    }[];
    unitMinor: number;
    totalMinor: number;
    vatMinor: number;
    tariffVersion: string;
    /** The day of the metal's price. */
    metalAsOf?: string;
  };
}

/** `requests.<system>`: a request against the grain, to whoever holds the order. */
export interface OrderRequest {
  id: string;
  orderId: string;
  kind: 'CANCEL' | 'HOLD' | 'RESUME';
  by: string;
  reason: string | null;
  at: string;
}

/** `refusals.order`: the holder says no. A grant is the move itself, whose `cause` is the request's reason. */
export interface OrderRequestRefused {
  requestId: string;
  orderId: string;
  code: string;
  message: string;
}

/** `webhooks.<account>.<webhook>`: GraphQL's WebhookNotice. Nothing is sent there any more. */
export interface WebhookNotice {
  webhook: { id: string };
  disabledReason: 'FAILING' | 'GONE' | 'BY_HAND';
  at: string;
}
