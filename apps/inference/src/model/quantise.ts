/** From a net of floating-point numbers to one of whole numbers. */
import { requantisationShift, type Net } from "./net.ts";
import type { FloatNet } from "./train.ts";

/** `peak` is the highest value of a hidden neuron, which becomes 255. */
export function quantise(net: FloatNet, peak: number): Net {
  const hiddenScale = scaleOf(net.hiddenWeights);
  const outputScale = scaleOf(net.outputWeights);
  return {
    hiddenWeights: Int8Array.from(net.hiddenWeights, (weight) => Math.round(weight / hiddenScale)),
    // An accumulator counts in hiddenScale / 255: pixels are 0 to 255.
    hiddenBiases: Int32Array.from(net.hiddenBiases, (bias) => Math.round((bias / hiddenScale) * 255)),
    multiplier: Math.round((hiddenScale / peak) * 2 ** requantisationShift),
    outputWeights: Int8Array.from(net.outputWeights, (weight) => Math.round(weight / outputScale)),
    outputBiases: Int32Array.from(net.outputBiases, (bias) => Math.round(((bias / outputScale) * 255) / peak)),
  };
}

/** What a weight of 1 stands for. */
function scaleOf(weights: Float64Array): number {
  return weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127;
}
