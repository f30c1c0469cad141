import type { Canvas, Operation } from './canvas';

/** Shears horizontally: shifts each row by `slope` pixels more than the row above. */
export const shearX: Operation = (image, slope, canvas) => transform(image, [1, slope, 0, 0, 1, 0], canvas);

/** Shears vertically: shifts each column by `slope` pixels more than the column on its left. */
export const shearY: Operation = (image, slope, canvas) => transform(image, [1, 0, 0, slope, 1, 0], canvas);

/** Moves the image to the left by a number of pixels. */
export const translateX: Operation = (image, pixels, canvas) =>
  transform(image, [1, 0, pixels, 0, 1, 0], canvas);

/** Moves the image up by a number of pixels. */
export const translateY: Operation = (image, pixels, canvas) =>
  transform(image, [1, 0, 0, 0, 1, pixels], canvas);

/** Rotates the image around its center by an angle in degrees, counterclockwise. */
export const rotate: Operation = (image, degrees, canvas) => {
  const [cos, sin] = [Math.cos((-degrees * Math.PI) / 180), Math.sin((-degrees * Math.PI) / 180)];
  const [x, y] = [canvas.width / 2, canvas.height / 2];
  transform(image, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y], canvas);
};

/**
 * out(x, y) = in(a·x + b·y + c, d·x + e·y + f), with the nearest pixel, or the fill color outside. x and y are the centers of the
 * pixels. Computed in steps of 2⁻¹⁶ pixels, like the Python Imaging Library.
 */
function transform(
  image: Uint8Array,
  [a, b, c, d, e, f]: readonly [number, number, number, number, number, number],
  { height, width, fill, scratch: original }: Canvas,
): void {
  original.set(image);
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5);
  const [stepX, stepY] = [fixed(a), fixed(d)];
  const [red, green, blue] = fill as [number, number, number];
  for (let y = 0, to = 0; y < height; y++) {
    let fromX = fixed(c + a * 0.5 + b * 0.5) + y * fixed(b);
    let fromY = fixed(f + d * 0.5 + e * 0.5) + y * fixed(e);
    for (let x = 0; x < width; x++, to += 3, fromX += stepX, fromY += stepY) {
      const column = fromX >> 16;
      const row = fromY >> 16;
      if (column >= 0 && column < width && row >= 0 && row < height) {
        const from = 3 * (row * width + column);
        image[to] = original[from]!;
        image[to + 1] = original[from + 1]!;
        image[to + 2] = original[from + 2]!;
      } else {
        image[to] = red;
        image[to + 1] = green;
        image[to + 2] = blue;
      }
    }
  }
}
