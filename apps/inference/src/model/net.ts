/** The net in whole numbers: what every implementation has to compute, bit by bit. */

/** Neurons of the hidden layer. */
export const hiddenSize = 32;
/** Neurons of the last layer, one for each digit. */
export const digitCount = 10;
/** The product of an accumulator and `multiplier` is shifted right by so many bits. */
export const requantisationShift = 24;

/** A trained net: 784 pixels, 32 hidden neurons, 10 digits. */
export interface Net {
  /** Signed bytes, those of one pixel beside one another: `pixel * hiddenSize + neuron`. */
  readonly hiddenWeights: Int8Array;
  readonly hiddenBiases: Int32Array;
  /** What brings a hidden accumulator back to a byte, times 2^24. */
  readonly multiplier: number;
  /** Signed bytes, those of one digit beside one another: `digit * hiddenSize + neuron`. */
  readonly outputWeights: Int8Array;
  readonly outputBiases: Int32Array;
}

/**
 * The score of each digit. Accumulators are int32; a hidden one becomes a byte by
 * min(max((accumulator * multiplier + 2^23) >> 24, 0), 255).
 */
export function logitsOf(net: Net, image: Uint8Array): Int32Array {
  const accumulators = Int32Array.from(net.hiddenBiases);
  for (const [pixel, value] of image.entries()) {
    if (value === 0) continue;
    const row = pixel * hiddenSize;
    for (let neuron = 0; neuron < hiddenSize; neuron++)
      (accumulators[neuron] as number) += value * (net.hiddenWeights[row + neuron] as number);
  }
  const half = 2 ** (requantisationShift - 1);
  // Below 2^53: the product of an int32 and a multiplier below 2^20.
  const hidden = accumulators.map((sum) => Math.min(Math.max(Math.floor((sum * net.multiplier + half) / (2 * half)), 0), 255));
  return net.outputBiases.map((bias, digit) => {
    let sum = bias;
    const row = digit * hiddenSize;
    for (let neuron = 0; neuron < hiddenSize; neuron++) sum += (hidden[neuron] as number) * (net.outputWeights[row + neuron] as number);
    return sum;
  });
}

/** The digit with the highest score; the lowest of several. */
export function digitOf(logits: Int32Array | readonly number[]): number {
  let best = 0;
  for (let digit = 1; digit < logits.length; digit++) if ((logits[digit] as number) > (logits[best] as number)) best = digit;
  return best;
}
