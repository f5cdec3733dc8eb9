import type { Language } from '../language/dictionary.ts';

/** The platform's refusals speak English; this is what their codes mean in Russian (docs/errors.md). */
const RUSSIAN: Record<string, string> = {
  NOT_FOUND: 'Этого нет, или это не ваше.',
  FORBIDDEN: 'Это может сделать только другая роль.',
  UNAUTHENTICATED: 'Войдите, пожалуйста, ещё раз.',
  FILE_MISSING: 'Модель ещё не получена полностью.',
  RATE_LIMITED: 'Слишком много попыток за минуту. Попробуйте чуть позже.',
  ILLEGAL_MOVE: 'В нынешнем статусе заказа это невозможно.',
  NOT_HOLDER: 'Сейчас заказ у другой системы. Попробуйте чуть позже.',
  PENDING: 'Запрос передан, ответа ещё нет. Следите за статусом заказа.',
  PRICE_NOT_OPEN: 'Сейчас нет цены, которую можно принять.',
  PRICE_NOT_ACCEPTED: 'Покупатель ещё не принял цену.',
  PRICE_ALREADY_ACCEPTED: 'Принятую цену отклонить нельзя: отмените заказ.',
  PRICE_ALREADY_REJECTED: 'Отклонённую цену принять нельзя: закажите изделие заново.',
  ALREADY_TAKEN: 'Другой мастер успел раньше.',
  NOT_YOURS: 'Этот заказ взял другой мастер.',
  INVALID_TRACKING_NUMBER: 'Номер отправления: от 4 до 40 букв и цифр, группы через пробел или дефис.',
  IDEMPOTENCY_KEY_REUSED: 'Этот ключ уже использован для другого заказа: выберите новый.',
  WEBHOOK_URL_REFUSED: 'На этот адрес ничего не отправляется: нужен https, без пароля, в открытом интернете.',
  TOO_MANY_WEBHOOKS: 'Больше пяти вебхуков у одного счёта не бывает.',
  WEBHOOK_DISABLED: 'Этот вебхук выключен: сначала включите его.',
  ALREADY_SETTLED: 'По этому письму уже принято решение.',
  SYSTEM_SILENT: 'Система, которая должна это сделать, не отвечает. Попробуйте чуть позже.',
  UNKNOWN_ALLOY: 'Такого сплава нет в тарифе.',
  UNKNOWN_FINISH: 'Такой обработки нет в тарифе.',
  INVALID_QUANTITY: 'Столько изделий за один раз заказать нельзя.',
  FILE_EMPTY: 'Файл пуст.',
  FILE_TOO_LARGE: 'Файл слишком велик.',
};

export function refusalText(language: Language, refusal: { code: string; message: string }): string {
  return language === 'ru' ? (RUSSIAN[refusal.code] ?? refusal.message) : refusal.message;
}
