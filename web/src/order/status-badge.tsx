import type { OrderStatus } from '../client/schema.ts';
import { useWords } from '../language/language.ts';
import { words } from './words.ts';

const TONES: Partial<Record<OrderStatus, string>> = {
  SUBMITTED: 'active',
  PRICE_CALCULATED: 'active',
  MANUFACTURING_APPROVED: 'good',
  MANUFACTURING_STARTED: 'active',
  MANUFACTURING_COMPLETED: 'active',
  PACKAGING: 'active',
  SHIPPED: 'good',
  CLOSED: 'good',
  PRICE_FAILED: 'bad',
  PRICE_REJECTED: 'bad',
  ON_HOLD: 'warn',
  REWORK: 'warn',
};

export function StatusBadge({ status }: { status: OrderStatus }) {
  const say = useWords(words);
  return <span className={`badge ${TONES[status] ?? ''}`}>{say[status]}</span>;
}
