/** Parameters and results of blocks. */
import { emptyBlock } from "../opcodes.ts";
import type { FunctionType } from "../wasm-module.ts";

const none = new Uint8Array(0);
/** By the negative of the block type: i32, i64, f32, f64. */
const single = [none, Uint8Array.of(0x7f), Uint8Array.of(0x7e), Uint8Array.of(0x7d), Uint8Array.of(0x7c)];

/** The types that a block takes; undefined where its type index is unknown. */
export function blockParams(types: readonly FunctionType[], blockType: number): Uint8Array | undefined {
  return blockType < 0 ? none : types[blockType]?.params;
}

/** The types that a block leaves; undefined where its type index is unknown. */
export function blockResults(types: readonly FunctionType[], blockType: number): Uint8Array | undefined {
  if (blockType === emptyBlock) return none;
  return blockType < 0 ? single[-blockType] : types[blockType]?.results;
}
