/** One slot of sBPF text: 8 bytes, opcode, registers, offset, immediate. */

/** Length of a slot. */
export const slotLength = 8;

/** The fields of a slot. `lddw` fills two: the second one has opcode 0 and the high half in `immediate`. */
export interface Instruction {
  readonly opcode: number;
  /** 0 to 15; only 0 to 10 are registers. */
  readonly dst: number;
  readonly src: number;
  /** Signed 16 bits. */
  readonly offset: number;
  /** Signed 32 bits. */
  readonly immediate: number;
}

/** A view over text, for `instructionAt`. */
export function textView(text: Uint8Array): DataView {
  return new DataView(text.buffer, text.byteOffset, text.byteLength);
}

/** The slot at `pc`, which must be inside the text. */
export function instructionAt(view: DataView, pc: number): Instruction {
  const at = pc * slotLength;
  const registers = view.getUint8(at + 1);
  return {
    opcode: view.getUint8(at),
    dst: registers & 15,
    src: registers >> 4,
    offset: view.getInt16(at + 2, true),
    immediate: view.getInt32(at + 4, true),
  };
}

/** Writes a slot at `pc`. */
export function writeInstruction(view: DataView, pc: number, { opcode, dst, src, offset, immediate }: Instruction): void {
  const at = pc * slotLength;
  view.setUint8(at, opcode);
  view.setUint8(at + 1, (src << 4) | dst);
  view.setInt16(at + 2, offset, true);
  view.setInt32(at + 4, immediate, true);
}

/** The text of these slots. */
export function encodeInstructions(instructions: readonly Instruction[]): Uint8Array {
  const text = new Uint8Array(instructions.length * slotLength);
  const view = textView(text);
  instructions.forEach((instruction, pc) => writeInstruction(view, pc, instruction));
  return text;
}
