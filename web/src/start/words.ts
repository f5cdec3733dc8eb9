import { dictionary } from '../language/dictionary.ts';

export const words = dictionary(
  {
    title: 'Your model becomes jewellery',
    intro:
      'Send a 3D model and watch its price arrive. Sellers approve it, the workshop makes it, and everybody sees the same order at the same moment.',
    choose: 'Where would you like to go?',
    shop: 'Send a model, see it in 3D, watch the price being calculated, order it and follow it.',
    seller: 'Priced orders that wait for a decision: look at the model and the price, approve, close.',
    operator: 'The workshop, live: what waits, what is at risk; take work and bring it to the parcel.',
    partner: 'The API for other jewellers: your key, your budget as it refills, your first query.',
    playground: 'Try the whole graph by hand: queries, mutations and subscriptions.',
    open: 'Open',
  },
  {
    title: 'Ваша модель становится украшением',
    intro:
      'Пришлите 3D-модель и смотрите, как появляется цена. Продавец одобряет, мастерская делает, и все видят один и тот же заказ в одно и то же время.',
    choose: 'Куда вы хотите пойти?',
    shop: 'Пришлите модель, посмотрите на неё в 3D, дождитесь цены, закажите и следите за заказом.',
    seller: 'Заказы с готовой ценой ждут решения: посмотрите модель и цену, одобрите, закройте.',
    operator: 'Мастерская сейчас: что ждёт, что под угрозой; берите работу и доводите до посылки.',
    partner: 'API для других ювелиров: ваш ключ, ваш бюджет и как он пополняется, ваш первый запрос.',
    playground: 'Весь граф своими руками: запросы, мутации и подписки.',
    open: 'Открыть',
  },
);
