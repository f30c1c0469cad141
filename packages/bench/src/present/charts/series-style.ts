// Color, dash and marker of a series: each alone distinguishes it from the others.

const symbols = ['circle', 'square2', 'triangle', 'diamond2', 'star', 'cross', 'wye', 'hexagon'] as const;
const dashes = ['none', '7 4', '2 3', '10 3 2 3', '14 4', '5 2', '8 3 2 3 2 3', '1 5'];

/** As a CSS variable of the page. */
export const seriesColor = (index: number): string => `var(--series-${(index % symbols.length) + 1})`;
export const dash = (index: number): string => dashes[index % dashes.length]!;
export const symbol = (index: number): (typeof symbols)[number] => symbols[index % symbols.length]!;
