import { dictionary } from '../language/dictionary.ts';

export const words = dictionary(
  {
    skip: 'Skip to the content',
    pages: 'Pages',
    shop: 'Shop',
    seller: 'Sellers',
    operator: 'Workshop',
    partner: 'Partners',
    playground: 'Playground',
    language: 'Language',
    footer: 'Alexandrite: jewellery made from your own model.',
    home: 'Alexandrite, start page',
    live: 'Live',
    connecting: 'Connecting…',
    lost: 'Connection lost, trying again…',
    retry: 'Try again',
    close: 'Close',
    cancel: 'Cancel',
    send: 'Confirm',
    loading: 'Loading…',
    more: 'Show more',
    failedNetwork: 'The platform cannot be reached. Check the connection and try again.',
    failedTimeout: 'There was no answer in time. Try again.',
    failedThrottled: (seconds: number) =>
      seconds > 0
        ? `Too much at once: there will be room again in about ${seconds} s.`
        : 'Too much at once: try again in a moment.',
    failedSignedOut: 'Please sign in again.',
    failedForbidden: 'You may not do this.',
    failed: (detail: string) => `This did not work: ${detail}`,
  },
  {
    skip: 'Перейти к содержанию',
    pages: 'Страницы',
    shop: 'Магазин',
    seller: 'Продавцам',
    operator: 'Мастерская',
    partner: 'Партнёрам',
    playground: 'Песочница',
    language: 'Язык',
    footer: 'Александрит: украшения по вашей собственной модели.',
    home: 'Александрит, начальная страница',
    live: 'На связи',
    connecting: 'Соединяемся…',
    lost: 'Связь потеряна, пробуем снова…',
    retry: 'Повторить',
    close: 'Закрыть',
    cancel: 'Отмена',
    send: 'Подтвердить',
    loading: 'Загружаем…',
    more: 'Показать ещё',
    failedNetwork: 'Платформа недоступна. Проверьте соединение и попробуйте ещё раз.',
    failedTimeout: 'Ответ не пришёл вовремя. Попробуйте ещё раз.',
    failedThrottled: (seconds: number) =>
      seconds > 0
        ? `Слишком много запросов: место освободится примерно через ${seconds} с.`
        : 'Слишком много запросов: попробуйте чуть позже.',
    failedSignedOut: 'Войдите, пожалуйста, ещё раз.',
    failedForbidden: 'Вам это не разрешено.',
    failed: (detail: string) => `Не получилось: ${detail}`,
  },
);
