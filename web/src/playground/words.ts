import { dictionary } from '../language/dictionary.ts';

/** The editor itself speaks English; what we say around it speaks both. */
export const words = dictionary(
  {
    title: 'Playground',
    loading: 'Loading the editor…',
    broken: 'The editor could not be loaded.',
    anyone: 'Anybody: who am I, what can be ordered',
    customer: 'Customer or partner: my orders and their prices',
    price: 'Customer or partner: watch a price arrive (put an order id into the variables below)',
    moves: 'Customer or partner: every move of my orders, from now on',
    seller: 'Seller: what waits for approval',
    workshop: 'Operator or seller: the workshop, live',
    operator: 'Operator: the work, newest first',
    take: 'Operator: take an order',
    plan: 'Query plan',
    planOnly: 'Plan without running',
    planHint:
      'Run an operation, and its plan stands here: what is asked of which subgraph, and in which order.',
    planAsking: 'Planning…',
    planWithheld:
      'This gateway does not show its plans here: its setting exposeQueryPlan says to whom it does.',
    planText: 'Text',
    plannedBy: (planner: string) => `Planned by ${planner}`,
  },
  {
    title: 'Песочница',
    loading: 'Загружаем редактор…',
    broken: 'Не удалось загрузить редактор.',
    anyone: 'Для всех: кто я и что можно заказать',
    customer: 'Покупатель или партнёр: мои заказы и их цены',
    price: 'Покупатель или партнёр: увидеть, как приходит цена (впишите id заказа в переменные ниже)',
    moves: 'Покупатель или партнёр: все движения моих заказов с этого момента',
    seller: 'Продавец: что ждёт одобрения',
    workshop: 'Мастер или продавец: мастерская в реальном времени',
    operator: 'Мастер: работа, сначала новая',
    take: 'Мастер: взять заказ',
    plan: 'План запроса',
    planOnly: 'План без выполнения',
    planHint:
      'Выполните операцию, и здесь появится её план: что и в каком порядке спрашивают у какого подграфа.',
    planAsking: 'Планируем…',
    planWithheld:
      'Этот шлюз не показывает здесь планов: кому он их показывает, говорит настройка exposeQueryPlan.',
    planText: 'Текст',
    plannedBy: (planner: string) => `Планировщик: ${planner}`,
  },
);
