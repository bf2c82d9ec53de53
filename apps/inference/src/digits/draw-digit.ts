/**
 * Draws digits, the only training data there is. Whole numbers and the four operations alone: the same seed gives the same
 * pixels on every machine.
 */
import type { Random } from "../random.ts";
import { handwriting, type Point, type Stroke } from "./strokes.ts";

/** Pixels of a side. */
export const imageSide = 28;
/** Pixels of an image, row by row. */
export const imageSize = imageSide * imageSide;

/** Writes `digit` in a way of its own: 784 bytes, 0 is paper and 255 is ink. */
export function drawDigit(random: Random, digit: number): Uint8Array {
  const ways = handwriting[digit] ?? [];
  const strokes = ways[random.below(ways.length)] ?? [];
  const place = placement(random);
  const radius = 0.85 + random.unit() * 0.9;
  const ink = 0.7 + random.unit() * 0.3;
  const coverage = new Float64Array(imageSize);
  for (const stroke of strokes) {
    const shaken = stroke.points.map(([x, y]): Point => [x + random.around(0.7), y + random.around(0.7)]);
    const path = pathOf({ isCurve: stroke.isCurve, points: shaken }).map(place);
    for (let index = 1; index < path.length; index++) cover(coverage, path[index - 1] as Point, path[index] as Point, radius);
  }
  const image = new Uint8Array(imageSize);
  for (let pixel = 0; pixel < imageSize; pixel++) {
    const value = coverage[pixel] as number;
    if (value > 0) image[pixel] = Math.floor(value * ink * (215 + random.below(41)));
  }
  for (let specks = random.below(24); specks > 0; specks--) image[random.below(imageSize)] = random.below(160);
  return image;
}

/** From the field of a digit to pixels: size, slant, rotation and place at random. */
function placement(random: Random): (point: Point) => Point {
  const width = 1.2 * (1 + random.around(0.22));
  const height = 1.2 * (1 + random.around(0.15));
  const slant = random.around(0.25);
  // Sine and cosine by the tangent of half the angle, up to 15 degrees: no machine computes a sine of its own.
  const half = random.around(0.13);
  const cosine = (1 - half * half) / (1 + half * half);
  const sine = (2 * half) / (1 + half * half);
  const middleX = 13.5 + random.around(2.5);
  const middleY = 13.5 + random.around(2);
  return ([fieldX, fieldY]) => {
    const y = (fieldY - 8) * height;
    const x = (fieldX - 5) * width - slant * y;
    return [middleX + cosine * x - sine * y, middleY + sine * x + cosine * y];
  };
}

const stepsOfSpan = 4;

/** A stroke as a line through points: a curve is Catmull and Rom's. */
function pathOf({ isCurve, points }: Stroke): readonly Point[] {
  if (!isCurve) return points;
  const at = (index: number): Point => points[Math.min(Math.max(index, 0), points.length - 1)] as Point;
  const path: Point[] = [at(0)];
  for (let span = 1; span < points.length; span++) {
    const [a, b, c, d] = [at(span - 2), at(span - 1), at(span), at(span + 1)];
    for (let step = 1; step <= stepsOfSpan; step++) {
      const t = step / stepsOfSpan;
      const mix = (axis: 0 | 1): number =>
        0.5 *
        (2 * b[axis] +
          t *
            (c[axis] -
              a[axis] +
              t * (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis] + t * (3 * (b[axis] - c[axis]) + d[axis] - a[axis]))));
      path.push([mix(0), mix(1)]);
    }
  }
  return path;
}

/** Raises `coverage` (0 to 1) of the pixels near the line from `from` to `to`; the edge fades over a pixel. */
function cover(coverage: Float64Array, from: Point, to: Point, radius: number): void {
  const outer = (radius + 0.5) * (radius + 0.5);
  const inner = (radius - 0.5) * (radius - 0.5);
  const [deltaX, deltaY] = [to[0] - from[0], to[1] - from[1]];
  const square = deltaX * deltaX + deltaY * deltaY;
  const reach = radius + 0.5;
  const left = Math.max(Math.ceil(Math.min(from[0], to[0]) - reach), 0);
  const right = Math.min(Math.floor(Math.max(from[0], to[0]) + reach), imageSide - 1);
  const top = Math.max(Math.ceil(Math.min(from[1], to[1]) - reach), 0);
  const bottom = Math.min(Math.floor(Math.max(from[1], to[1]) + reach), imageSide - 1);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = square === 0 ? 0 : ((x - from[0]) * deltaX + (y - from[1]) * deltaY) / square;
      const t = Math.min(Math.max(along, 0), 1);
      const awayX = x - from[0] - t * deltaX;
      const awayY = y - from[1] - t * deltaY;
      const value = (outer - awayX * awayX - awayY * awayY) / (outer - inner);
      const pixel = y * imageSide + x;
      if (value > (coverage[pixel] as number)) coverage[pixel] = Math.min(value, 1);
    }
  }
}
