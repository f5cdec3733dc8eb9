import { dictionary } from '../language/dictionary.ts';

export const words = dictionary(
  {
    view: (filename: string) => `3D view of ${filename}`,
    hint: 'Drag to turn, scroll to come closer. Keys: arrows, + and −.',
    size: (x: string, y: string, z: string) => `${x} × ${y} × ${z} mm`,
    triangles: (count: string) => `${count} triangles`,
    reading: 'Reading the model…',
    show: 'Show in 3D',
    download: 'Download the model',
    noWebgl: 'This browser cannot draw in 3D (WebGL is off). The price does not need it.',
    unusualSize:
      'An unusual size for jewellery. Sizes are read as millimetres: was the model drawn in other units?',
    EMPTY: 'The file is empty.',
    TOO_LARGE: 'The file is too large to be shown here.',
    UNKNOWN_FORMAT: 'This does not look like an STL or OBJ model.',
    DAMAGED: 'The file is damaged or incomplete.',
    NO_TRIANGLES: 'There is no surface in this file.',
    NOT_FINITE: 'The file holds coordinates that are not numbers.',
    CANNOT_BE_SHOWN: 'This format can be priced, but not shown here.',
    unavailable: 'The model could not be fetched.',
    showWalls: 'Wall thickness',
    readingWalls: 'Colouring the walls…',
    noWalls: 'The map of the walls could not be fetched.',
    tooThin: 'too thin',
    thickEnough: 'thick enough, mm',
    wallScale: (limit: string) =>
      `Colours of the walls: orange is thinner than ${limit} mm, blue is thicker; darker is farther from it.`,
    wallsFine: (thinnest: string, limit: string) =>
      `The thinnest wall is ${thinnest} mm; this alloy needs ${limit} mm, and no wall is below.`,
    wallsThin: (thinnest: string, percent: string, limit: string) =>
      `The thinnest wall is ${thinnest} mm; ${percent} % of the surface is below the alloy’s limit of ${limit} mm.`,
  },
  {
    view: (filename: string) => `Трёхмерный вид: ${filename}`,
    hint: 'Тяните, чтобы повернуть, крутите колесо, чтобы приблизить. Клавиши: стрелки, + и −.',
    size: (x: string, y: string, z: string) => `${x} × ${y} × ${z} мм`,
    triangles: (count: string) => `треугольников: ${count}`,
    reading: 'Читаем модель…',
    show: 'Показать в 3D',
    download: 'Скачать модель',
    noWebgl: 'Этот браузер не умеет рисовать в 3D (WebGL выключен). Для цены это не важно.',
    unusualSize:
      'Необычный размер для украшения. Размеры читаются в миллиметрах: может быть, модель в других единицах?',
    EMPTY: 'Файл пуст.',
    TOO_LARGE: 'Файл слишком велик, чтобы показать его здесь.',
    UNKNOWN_FORMAT: 'Это не похоже на модель STL или OBJ.',
    DAMAGED: 'Файл повреждён или неполон.',
    NO_TRIANGLES: 'В этом файле нет поверхности.',
    NOT_FINITE: 'В файле есть координаты, которые не являются числами.',
    CANNOT_BE_SHOWN: 'Такой файл можно оценить, но показать его здесь нельзя.',
    unavailable: 'Не удалось получить модель.',
    showWalls: 'Толщина стенок',
    readingWalls: 'Раскрашиваем стенки…',
    noWalls: 'Не удалось получить карту стенок.',
    tooThin: 'слишком тонко',
    thickEnough: 'достаточно, мм',
    wallScale: (limit: string) =>
      `Цвета стенок: оранжевые тоньше ${limit} мм, синие толще; чем темнее, тем дальше от предела.`,
    wallsFine: (thinnest: string, limit: string) =>
      `Самая тонкая стенка – ${thinnest} мм; этому сплаву нужно ${limit} мм, тоньше ничего нет.`,
    wallsThin: (thinnest: string, percent: string, limit: string) =>
      `Самая тонкая стенка – ${thinnest} мм; ${percent} % поверхности тоньше предела сплава, ${limit} мм.`,
  },
);
