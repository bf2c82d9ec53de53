/** The model as bytes, which the contracts read as they are: weights, then biases and multiplier as big-endian words of 4 bytes. */
import { readFileSync } from "node:fs";
import { imageSize } from "../digits/draw-digit.ts";
import { digitCount, hiddenSize, type Net } from "./net.ts";

/** Where the committed model is. */
export const modelPath = new URL("../../model/digits.bin", import.meta.url);

const hiddenLength = imageSize * hiddenSize;
const outputLength = digitCount * hiddenSize;
const biasesAt = hiddenLength + outputLength;
const modelLength = biasesAt + 4 * (hiddenSize + digitCount + 1);

/** The committed model. */
export function readModel(): Uint8Array {
  return new Uint8Array(readFileSync(modelPath));
}

/** The bytes of a net. */
export function modelFromNet(net: Net): Uint8Array {
  const model = new Uint8Array(modelLength);
  model.set(new Uint8Array(net.hiddenWeights.buffer));
  model.set(new Uint8Array(net.outputWeights.buffer), hiddenLength);
  const view = new DataView(model.buffer, biasesAt);
  const words = [...net.hiddenBiases, ...net.outputBiases, net.multiplier];
  for (const [index, word] of words.entries()) view.setInt32(4 * index, word);
  return model;
}

/** The net of a model. @throws RangeError for one of another shape */
export function netFromModel(model: Uint8Array): Net {
  if (model.length !== modelLength) throw new RangeError(`expected a model of ${modelLength} bytes, got ${model.length}`);
  const view = new DataView(model.buffer, model.byteOffset + biasesAt);
  const words = Int32Array.from({ length: hiddenSize + digitCount + 1 }, (_, index) => view.getInt32(4 * index));
  return {
    hiddenWeights: Int8Array.from(model.subarray(0, hiddenLength)),
    outputWeights: Int8Array.from(model.subarray(hiddenLength, biasesAt)),
    hiddenBiases: words.slice(0, hiddenSize),
    outputBiases: words.slice(hiddenSize, hiddenSize + digitCount),
    multiplier: words.at(-1) as number,
  };
}
