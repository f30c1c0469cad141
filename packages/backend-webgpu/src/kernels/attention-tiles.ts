// WGSL for attention and its gradients. A workgroup of eight by eight threads has tiles of
// ROWS = 8·side rows of a head's features in its memory; a thread has side by side scores of two tiles, and of a result
// [ROWS, features] the rows of its place down and every eighth vector of its place across.

/** Threads of a workgroup. */
export const THREADS = 64;

export interface Tiling {
  /** Features of a head. */
  size: number;
  /** 1, 2 or 4. */
  side: number;
}

/** The largest side for which the tiles fit into workgroup memory; undefined when none fits. */
export function sideFor(
  size: number,
  rows: number,
  bytes: number,
  memory: { tiles: number; scores: number },
): number | undefined {
  const vectors = Math.ceil(size / 4);
  return [4, 2, 1].find((side) => {
    const tileRows = 8 * side;
    const needed =
      memory.tiles * tileRows * vectors * 16 + memory.scores * tileRows ** 2 * 4 + 3 * tileRows * 4;
    // With few rows most of a large tile would be empty.
    return needed <= bytes && (side === 1 || rows > tileRows / 2);
  });
}

const countVectors = ({ size }: Tiling): number => Math.ceil(size / 4);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const countParts = (tiling: Tiling): number => Math.ceil(countVectors(tiling) / 8);
const functionName = (verb: string, name: string): string =>
  `${verb}${name[0]!.toUpperCase()}${name.slice(1)}`;

interface Names {
  tiles: string[];
  scores: string[];
  /** Arrays of one number for each row. */
  rows: string[];
  reads: string[];
  writes: string[];
}

/** Workgroup memory, and functions that read and write a vector of four features; beyond the last there are zeros. */
export function declareTiles(tiling: Tiling, { tiles, scores, rows, reads, writes }: Names): string {
  const { size, side } = tiling;
  const whole = size % 4 === 0;
  const element = (name: string, k: number) =>
    `select(0.0, load_${name}(start + min(4u * d + ${k}u, SIZE - 1u)), 4u * d + ${k}u < SIZE)`;
  const reader = (name: string) => `
fn ${functionName('read', name)}(start: u32, d: u32) -> vec4<f32> {
  return ${whole ? `load_${name}(start + d)` : `vec4(${range(4).map((k) => element(name, k))})`};
}`;
  const writer = (name: string) => `
fn ${functionName('write', name)}(start: u32, d: u32, value: vec4<f32>) {
  ${
    whole
      ? `store_${name}(start + d, value);`
      : `for (var k = 0u; k < 4u && 4u * d + k < SIZE; k++) { store_${name}(start + 4u * d + k, value[k]); }`
  }
}`;
  return `
const SIZE = ${size}u;
const D = ${countVectors(tiling)}u;
const SIDE = ${side}u;
const ROWS = ${8 * side}u;
${tiles.map((name) => `var<workgroup> ${name}: array<vec4<f32>, ROWS * D>;`).join('\n')}
${scores.map((name) => `var<workgroup> ${name}: array<f32, ROWS * ROWS>;`).join('\n')}
${rows.map((name) => `var<workgroup> ${name}: array<f32, ROWS>;`).join('\n')}
// The index of a token's part for a head.
fn startOf(b: u32, token: u32, tokens: u32, head: u32) -> u32 {
  return ((b * tokens + token) * uniforms.heads + head) * ${whole ? 'D' : 'SIZE'};
}
${reads.map(reader).join('')}
${writes.map(writer).join('')}`;
}

/** The place of the thread and its workgroup. */
export const PLACE = `
  let b = group.z;
  let head = group.y;
  let firstRow = group.x * ROWS;
  let down = lane / 8u;
  let across = lane % 8u;`;

/** Loads ROWS tokens, starting at `first`, into a tile, with zeros beyond the last token. */
export const fill = (tile: string, source: string, first: string, tokens: string): string => `
  for (var i = lane; i < ROWS * D; i += ${THREADS}u) {
    let token = ${first} + i / D;
    if (token < ${tokens}) {
      ${tile}[i] = ${functionName('read', source)}(startOf(b, token, ${tokens}, head), i % D);
    } else {
      ${tile}[i] = vec4<f32>();
    }
  }`;

/** Sums `name{r}_{c}` of products of rows of two tiles, for the thread's rows r of the left and c of the right. */
export function multiply({ side }: Tiling, products: [name: string, left: string, right: string][]): string {
  const cells = range(side).flatMap((r) => range(side).map((c) => [r, c] as const));
  const load = (tile: string, place: string) =>
    range(side)
      .map((r) => `let ${tile}${r} = ${tile}[(${place} * SIDE + ${r}u) * D + d];`)
      .join(' ');
  return `
    ${products.map(([name]) => cells.map(([r, c]) => `var ${name}${r}_${c} = 0.0;`).join(' ')).join('\n    ')}
    for (var d = 0u; d < uniforms.vectors; d++) {
      ${products
        .map(
          ([name, left, right]) => `${load(left, 'down')} ${load(right, 'across')}
      ${cells.map(([r, c]) => `${name}${r}_${c} += dot(${left}${r}, ${right}${c});`).join(' ')}`,
        )
        .join('\n      ')}
    }`;
}

/** A line for each of the thread's scores; `at` is the score's index in an array of them. */
export const eachScore = ({ side }: Tiling, line: (r: number, c: number, at: string) => string): string =>
  range(side)
    .flatMap((r) =>
      range(side).map((c) => line(r, c, `(down * SIDE + ${r}u) * ROWS + across * SIDE + ${c}u`)),
    )
    .join('\n    ');

/** A line for each of the vectors that the thread has of a result. */
export const eachPart = (tiling: Tiling, line: (r: number, p: number) => string): string =>
  range(tiling.side)
    .flatMap((r) => range(countParts(tiling)).map((p) => line(r, p)))
    .join('\n  ');

/** Adds each row j < `count` of a tile, times its score, to the sums `name{r}_{p}`. */
export function accumulate(
  tiling: Tiling,
  sums: [name: string, scores: string, tile: string][],
  also: (r: number) => string = () => '',
): string {
  const parts = range(countParts(tiling));
  const rows = range(tiling.side);
  const tiles = [...new Set(sums.map(([, , tile]) => tile))];
  return `
    for (var j = 0u; j < count; j++) {
      ${tiles.map((tile) => parts.map((p) => `let ${tile}${p} = ${tile}[j * D + min(across + ${8 * p}u, D - 1u)];`).join(' ')).join('\n      ')}
      ${sums
        .map(([name, scores, tile]) =>
          rows
            .map(
              (r) =>
                `{ let score = ${scores}[(down * SIDE + ${r}u) * ROWS + j]; ${parts
                  .map((p) => `${name}${r}_${p} += score * ${tile}${p};`)
                  .join(' ')} }`,
            )
            .join('\n      '),
        )
        .join('\n      ')}
      ${rows.map(also).join(' ')}
    }`;
}

/** Writes the thread's part of a result with `tokens` rows. */
export const write = (
  tiling: Tiling,
  name: string,
  tokens: string,
  expression: (r: number, p: number) => string,
): string =>
  eachPart(
    tiling,
    (r, p) => `if (firstRow + down * SIDE + ${r}u < ${tokens} && across + ${8 * p}u < D) {
    ${functionName('write', name)}(startOf(b, firstRow + down * SIDE + ${r}u, ${tokens}, head), across + ${8 * p}u, ${expression(r, p)});
  }`,
  );
