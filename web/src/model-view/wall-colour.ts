export type Colour = readonly [red: number, green: number, blue: number];

/**
 * From a quarter of the limit to eight times it, each step twice the one before. Orange is too thin, blue is thick enough,
 * with a leap at the limit: two colours that every kind of colour vision keeps apart, and darker means farther from it.
 */
const STOPS: readonly (readonly [doublings: number, colour: Colour])[] = [
  [-2, [122, 33, 4]],
  [-1, [200, 72, 8]],
  [0, [253, 164, 90]],
  [0, [214, 232, 245]],
  [1, [133, 184, 220]],
  [2, [54, 121, 181]],
  [3, [10, 50, 110]],
];

export const LEAST_DOUBLINGS = -2;
export const MOST_DOUBLINGS = 3;

/** The colour of a wall, sRGB from 0 to 255. */
export function wallColour(wallMm: number, limitMm: number): Colour {
  const doublings = Math.min(MOST_DOUBLINGS, Math.max(LEAST_DOUBLINGS, Math.log2(wallMm / limitMm)));
  // at the limit itself it is thick enough
  const next = STOPS.findIndex(([at], index) => index > 0 && (at > doublings || index === STOPS.length - 1));
  const [[from, start], [to, end]] = [STOPS[next - 1]!, STOPS[next]!];
  const share = to === from ? 1 : (doublings - from) / (to - from);
  const mixed = (channel: 0 | 1 | 2) => Math.round(start[channel] + (end[channel] - start[channel]) * share);
  return [mixed(0), mixed(1), mixed(2)];
}

/** The legend as a CSS gradient from left to right. */
export function wallGradient(): string {
  const stops = STOPS.map(([doublings, [red, green, blue]]) => {
    const percent = ((doublings - LEAST_DOUBLINGS) / (MOST_DOUBLINGS - LEAST_DOUBLINGS)) * 100;
    return `rgb(${red} ${green} ${blue}) ${percent}%`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
