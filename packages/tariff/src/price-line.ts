import type { Label } from './tariff.ts';

/** The lines a price may have, in their order, and what a customer reads beside them. */
export const priceLineLabels = {
  SETUP: { en: 'Model check and set-up', ru: 'Проверка модели и подготовка' },
  RESIN: { en: 'Casting resin', ru: 'Выжигаемая смола' },
  PRINTING: { en: 'Printing the pattern', ru: 'Печать восковки' },
  METAL: { en: 'Metal', ru: 'Металл' },
  METAL_LOSS: { en: 'Metal loss in casting', ru: 'Потери металла при литье' },
  CASTING: { en: 'Casting', ru: 'Литьё' },
  FINISHING: { en: 'Finishing', ru: 'Обработка поверхности' },
  SETTING: { en: 'Setting of stones', ru: 'Закрепка камней' },
  MINIMUM: { en: 'Up to the minimum price', ru: 'Доплата до минимальной цены' },
  QUANTITY_DISCOUNT: { en: 'Quantity discount', ru: 'Скидка за количество' },
  CONTRACT_DISCOUNT: { en: 'Discount by contract', ru: 'Скидка по договору' },
  VAT: { en: 'VAT', ru: 'НДС' },
} as const satisfies Record<string, Label>;

export type PriceLineCode = keyof typeof priceLineLabels;
