/**
 * Trains the net by plain stochastic gradient descent on digits that it draws. Only whole numbers and IEEE's four
 * operations: the same seed gives the same bytes on every machine.
 */
import { drawDigit, imageSize } from "../digits/draw-digit.ts";
import { createRandom, type Random } from "../random.ts";
import { exponential } from "./exponential.ts";
import { digitCount, hiddenSize, type Net } from "./net.ts";
import { quantise } from "./quantise.ts";

/** What the committed model was made with. */
export const trainingPlan = { seed: 20_261, images: 16_000, rounds: 3 } as const;

/** @see trainingPlan */
export interface TrainingPlan {
  readonly seed: number;
  /** How many are drawn. */
  readonly images: number;
  /** How often each is shown. */
  readonly rounds: number;
}

/** The net before it is made of whole numbers; pixels are 0 to 1. */
export interface FloatNet {
  readonly hiddenWeights: Float64Array;
  readonly hiddenBiases: Float64Array;
  readonly outputWeights: Float64Array;
  readonly outputBiases: Float64Array;
}

// An import may be a getter, and these stand in the innermost loops.
const width = hiddenSize;
const digits = digitCount;

interface Example {
  readonly digit: number;
  /** Those that are not paper. */
  readonly pixels: Uint16Array;
  readonly values: Float64Array;
}

/** The model of a plan. */
export function train(plan: TrainingPlan): Net {
  const random = createRandom(plan.seed);
  const examples = Array.from({ length: plan.images }, (_, index) => exampleOf(random, index % digitCount));
  const net = untrained(random);
  const steps = plan.images * plan.rounds;
  for (let step = 0; step < steps; step++) {
    const rate = 0.04 * (1 - step / steps) + 0.002;
    learn(net, examples[step % plan.images] as Example, rate);
  }
  const peak = examples.reduce((most, example) => Math.max(most, ...hiddenOf(net, example)), 0);
  return quantise(net, peak);
}

function exampleOf(random: Random, digit: number): Example {
  const image = drawDigit(random, digit);
  const pixels = Uint16Array.from(Array.from(image.keys()).filter((pixel) => image[pixel] !== 0));
  return { digit, pixels, values: Float64Array.from(pixels, (pixel) => (image[pixel] as number) / 255) };
}

function untrained(random: Random): FloatNet {
  return {
    hiddenWeights: new Float64Array(imageSize * hiddenSize).map(() => random.around(0.05)),
    hiddenBiases: new Float64Array(hiddenSize),
    outputWeights: new Float64Array(digitCount * hiddenSize).map(() => random.around(0.25)),
    outputBiases: new Float64Array(digitCount),
  };
}

function hiddenOf(net: FloatNet, { pixels, values }: Example): Float64Array {
  const hidden = Float64Array.from(net.hiddenBiases);
  for (let index = 0; index < pixels.length; index++) {
    const value = values[index] as number;
    const row = (pixels[index] as number) * width;
    for (let neuron = 0; neuron < width; neuron++) (hidden[neuron] as number) += value * (net.hiddenWeights[row + neuron] as number);
  }
  for (let neuron = 0; neuron < width; neuron++) hidden[neuron] = Math.max(hidden[neuron] as number, 0);
  return hidden;
}

/** One step downhill on the cross entropy of one image. */
function learn(net: FloatNet, example: Example, rate: number): void {
  const hidden = hiddenOf(net, example);
  const scores = net.outputBiases.map((bias, digit) => {
    let sum = bias;
    for (let neuron = 0; neuron < width; neuron++)
      sum += (hidden[neuron] as number) * (net.outputWeights[digit * width + neuron] as number);
    return sum;
  });
  const highest = scores.reduce((most, score) => Math.max(most, score));
  const powers = scores.map((score) => exponential(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const blame = new Float64Array(width);
  for (let digit = 0; digit < digits; digit++) {
    const error = (powers[digit] as number) / total - (digit === example.digit ? 1 : 0);
    const change = rate * error;
    for (let neuron = 0; neuron < width; neuron++) {
      const at = digit * width + neuron;
      (blame[neuron] as number) += error * (net.outputWeights[at] as number);
      (net.outputWeights[at] as number) -= change * (hidden[neuron] as number);
    }
    (net.outputBiases[digit] as number) -= change;
  }
  for (let neuron = 0; neuron < width; neuron++) {
    const change = (hidden[neuron] as number) > 0 ? rate * (blame[neuron] as number) : 0;
    blame[neuron] = change;
    (net.hiddenBiases[neuron] as number) -= change;
  }
  for (let index = 0; index < example.pixels.length; index++) {
    const value = example.values[index] as number;
    const row = (example.pixels[index] as number) * width;
    for (let neuron = 0; neuron < width; neuron++) (net.hiddenWeights[row + neuron] as number) -= value * (blame[neuron] as number);
  }
}
