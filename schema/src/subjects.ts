/**
 * The subjects and streams of the bus. Data in a subject is always one token (see `subjectToken` of the bus): `account`
 * and `order` below are tokens already.
 */
export const subjects = {
  orderMoved: (account: string, order: string, status: string) => `orders.${account}.${order}.${status}`,
  priceChanged: (account: string, order: string) => `prices.${account}.${order}`,
  dashboardChanged: 'dashboard.changed',
  /** Once for each role that may hear of it. */
  priceAccepted: (role: 'seller' | 'admin', order: string) => `accepted.${role}.${order}`,
  pricingRequest: (channel: 'B2B' | 'B2C') => `pricing.request.${channel.toLowerCase()}`,
  pricingProgress: 'pricing.progress',
  pricingResult: 'pricing.result',
  /** Asks the holder to cancel, hold or resume; answered by a move or by `requestRefused`. */
  orderRequest: (system: string) => `requests.${system.toLowerCase()}`,
  requestRefused: 'refusals.order',
  webhookNotice: (account: string, webhook: string) => `webhooks.${account}.${webhook}`,
  /** What one system asks another about orders (see `questions.ts`), and the answers to one asker. */
  question: (system: string) => `questions.${system.toLowerCase()}`,
  answer: (asker: string) => `answers.${asker}`,
} as const;

/** Who takes the pricing requests of a channel. */
export const pricingDurables = { B2B: 'pricing-b2b', B2C: 'pricing-b2c' } as const;

const DAY_MS = 86_400_000;

/** Structurally the bus's `StreamDefinition`; the schema imports nothing. */
export const streams = [
  {
    name: 'ORDERS',
    subjects: ['orders.>'],
    kind: 'log',
    maxAgeMs: 7 * DAY_MS,
    maxMessages: 2_000_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'PRICES',
    subjects: ['prices.>'],
    kind: 'log',
    maxAgeMs: DAY_MS,
    maxMessages: 1_000_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'DASHBOARD',
    subjects: ['dashboard.>'],
    kind: 'log',
    maxAgeMs: 600_000,
    maxMessages: 1_000,
    duplicateWindowMs: 60_000,
  },
  {
    name: 'ACCEPTANCES',
    subjects: ['accepted.>'],
    kind: 'log',
    maxAgeMs: DAY_MS,
    maxMessages: 100_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'PRICING_REQUESTS',
    subjects: ['pricing.request.*'],
    kind: 'work',
    maxAgeMs: 7 * DAY_MS,
    maxMessages: 1_000_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'PRICING_RESULTS',
    subjects: ['pricing.progress', 'pricing.result'],
    kind: 'log',
    maxAgeMs: DAY_MS,
    maxMessages: 1_000_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'REQUESTS',
    subjects: ['requests.*', 'refusals.*'],
    kind: 'log',
    maxAgeMs: 7 * DAY_MS,
    maxMessages: 1_000_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'QUESTIONS',
    subjects: ['questions.*', 'answers.*'],
    kind: 'log',
    maxAgeMs: 600_000,
    maxMessages: 5_000,
    duplicateWindowMs: 60_000,
  },
  {
    name: 'WEBHOOKS',
    subjects: ['webhooks.>'],
    kind: 'log',
    maxAgeMs: 7 * DAY_MS,
    maxMessages: 100_000,
    duplicateWindowMs: 600_000,
  },
  {
    name: 'REVOCATIONS',
    subjects: ['revocations'],
    kind: 'log',
    maxAgeMs: 7 * DAY_MS,
    maxMessages: 100_000,
    duplicateWindowMs: 60_000,
  },
  {
    name: 'DURABLES',
    subjects: ['durables.>'],
    kind: 'latest',
    maxAgeMs: 30 * DAY_MS,
    maxMessages: 200_000,
    duplicateWindowMs: 60_000,
  },
  {
    name: 'DEAD_LETTERS',
    subjects: ['dead.>'],
    kind: 'log',
    maxAgeMs: 30 * DAY_MS,
    maxMessages: 100_000,
    duplicateWindowMs: 600_000,
  },
] as const;
