import { Bytes, require, StorageArray, StorageBytes, StorageValue } from "@trireme/contract-as";

/**
 * One dense layer of a neural network in 8-bit integers: out = clamp(relu((W x + b) >> shift), 127).
 * The weights are stored row by row, a signed byte each, the biases as packed int32.
 */
@contract
export class NeuralLayer {
  private inputs: StorageValue<u32>;
  private outputs: StorageValue<u32>;
  private shift: StorageValue<u8>;
  private weights: StorageBytes;
  private biases: StorageArray<StorageValue<i32>>;

  /** To be called once after the deployment. */
  initialize(inputs: u32, weights: Bytes, biases: Array<i32>, shift: u8): void {
    require(this.inputs.get() == 0, "already initialized");
    require(inputs > 0 && shift < 32 && weights.length == inputs * biases.length, "shapes differ");
    this.inputs.set(inputs);
    this.outputs.set(biases.length);
    this.shift.set(shift);
    this.weights.set(weights);
    for (let index = 0; index < biases.length; index++) this.biases.push().set(biases[index]);
  }

  /** Shape of the layer. */
  @view
  shape(): Array<u32> {
    return [this.inputs.get(), this.outputs.get()];
  }

  /** The layer's output for signed bytes. */
  @view
  infer(input: Bytes): Bytes {
    const inputs = <i32>this.inputs.get();
    const outputs = <i32>this.outputs.get();
    const shift = <i32>this.shift.get();
    require(input.length == inputs, "shapes differ");
    const weights = this.weights.get();
    const output = Bytes.alloc(outputs);
    let row = weights.pointer;
    for (let index = 0; index < outputs; index++) {
      const sum = (dot(row, input.pointer, inputs) + this.biases.at(index).get()) >> shift;
      output[index] = <u8>min(max(sum, 0), 127);
      row += inputs;
    }
    return output;
  }
}

/** Sum of products of signed bytes. */
function dot(left: usize, right: usize, length: i32): i32 {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += <i32>load<i8>(left + at) * <i32>load<i8>(right + at);
  return sum;
}
