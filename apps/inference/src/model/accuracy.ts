/** How often the net is right. */
import { drawDigit } from "../digits/draw-digit.ts";
import { createRandom } from "../random.ts";
import { digitCount, digitOf, logitsOf, type Net } from "./net.ts";

/** Images that the training never saw: another seed. */
export const heldOut = { seed: 987_654_321, images: 3_000 } as const;

/** The share of the held-out images that the net reads as what they are. */
export function accuracyOf(net: Net): number {
  const random = createRandom(heldOut.seed);
  let right = 0;
  for (let index = 0; index < heldOut.images; index++) {
    const digit = index % digitCount;
    if (digitOf(logitsOf(net, drawDigit(random, digit))) === digit) right++;
  }
  return right / heldOut.images;
}
