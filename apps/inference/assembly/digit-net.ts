import { Bytes, require } from "@trireme/contract-as";

const SIDE = 28;
const PIXELS: i32 = SIDE * SIDE;
const HIDDEN: i32 = 32;
const DIGITS: i32 = 10;
const SHIFT: i64 = 24;

/** The bytes of model/digits.bin, which the build puts here. */
const MODEL: usize = memory.data<u64>([0]);
const OUTPUT_WEIGHTS: usize = MODEL + PIXELS * HIDDEN;
const HIDDEN_BIASES: usize = OUTPUT_WEIGHTS + DIGITS * HIDDEN;
const OUTPUT_BIASES: usize = HIDDEN_BIASES + 4 * HIDDEN;
const MULTIPLIER: usize = OUTPUT_BIASES + 4 * DIGITS;

/** Accumulators of the hidden layer, then its bytes as words. */
const layer: usize = memory.data(4 * HIDDEN);

/** Reads handwritten digits of 28 x 28 pixels, a byte each: 0 is paper, 255 is ink. */
@contract
export class DigitNet {
  /** The digit that the image shows. */
  @pure
  classify(image: Bytes): u8 {
    require(image.length == PIXELS, "expected 784 pixels");
    return digitOf(scores(image.pointer));
  }

  /** The scores of the ten digits, for one or more images one behind the other. */
  @pure
  logits(images: Bytes): Array<i32> {
    require(images.length % PIXELS == 0, "expected 784 pixels each");
    const count = images.length / PIXELS;
    const all = new Array<i32>(count * DIGITS);
    for (let index = 0; index < count; index++) {
      const some = scores(images.pointer + index * PIXELS);
      for (let digit = 0; digit < DIGITS; digit++) unchecked((all[index * DIGITS + digit] = some[digit]));
    }
    return all;
  }
}

function digitOf(scores: StaticArray<i32>): u8 {
  let best = 0;
  for (let digit = 1; digit < DIGITS; digit++) if (unchecked(scores[digit]) > unchecked(scores[best])) best = digit;
  return <u8>best;
}

function scores(image: usize): StaticArray<i32> {
  for (let neuron = 0; neuron < HIDDEN; neuron += 8) accumulate(image, neuron);
  const multiplier = <i64>bswap(load<u32>(MULTIPLIER));
  for (let at = layer; at < layer + 4 * HIDDEN; at += 4) {
    const scaled = (<i64>load<i32>(at) * multiplier + (1 << (SHIFT - 1))) >> SHIFT;
    store<i32>(at, <i32>min<i64>(max<i64>(scaled, 0), 255));
  }
  const result = new StaticArray<i32>(DIGITS);
  for (let digit = 0; digit < DIGITS; digit++) {
    let sum = <i32>bswap(load<u32>(OUTPUT_BIASES + 4 * digit));
    const row = OUTPUT_WEIGHTS + digit * HIDDEN;
    for (let neuron = 0; neuron < HIDDEN; neuron++) sum += load<i32>(layer + 4 * neuron) * <i32>load<i8>(row + neuron);
    unchecked((result[digit] = sum));
  }
  return result;
}

/** Eight neurons of the hidden layer over the pixels that are not paper. */
function accumulate(image: usize, neuron: i32): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  let weights = MODEL + neuron;
  for (let at = image; at < image + PIXELS; at++) {
    const value = <i32>load<u8>(at);
    if (value) {
      a += value * <i32>load<i8>(weights);
      b += value * <i32>load<i8>(weights, 1);
      c += value * <i32>load<i8>(weights, 2);
      d += value * <i32>load<i8>(weights, 3);
      e += value * <i32>load<i8>(weights, 4);
      f += value * <i32>load<i8>(weights, 5);
      g += value * <i32>load<i8>(weights, 6);
      h += value * <i32>load<i8>(weights, 7);
    }
    weights += HIDDEN;
  }
  put(neuron, a);
  put(neuron + 1, b);
  put(neuron + 2, c);
  put(neuron + 3, d);
  put(neuron + 4, e);
  put(neuron + 5, f);
  put(neuron + 6, g);
  put(neuron + 7, h);
}

function put(neuron: i32, sum: i32): void {
  store<i32>(layer + 4 * neuron, sum + <i32>bswap(load<u32>(HIDDEN_BIASES + 4 * neuron)));
}
