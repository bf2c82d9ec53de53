/** The instructions of Own VM: an opcode, the bytes that follow it in the code, and its gas. */

/** One instruction. `immediate` bytes follow the opcode; `gas` is what it costs before anything that grows. */
export interface Instruction {
  readonly opcode: number;
  readonly immediate: number;
  readonly gas: bigint;
}

const instruction = (opcode: number, gas: bigint, immediate = 0): Instruction => ({ opcode, immediate, gas });

/**
 * Words are 256 bits wide. Operands are popped from the stack in the order in which they are written here, the
 * first one from the top.
 */
export const instructionSet = {
  /** Ends well, with no output. */
  stop: instruction(0x00, 0n),
  /** Pushes the 32 bytes that follow. */
  push: instruction(0x01, 2n, 32),
  pop: instruction(0x02, 2n),
  /** Copies the word that many places below the top. */
  dup: instruction(0x03, 2n, 1),
  add: instruction(0x10, 3n),
  /** a - b, modulo 2^256. */
  sub: instruction(0x11, 3n),
  lt: instruction(0x12, 3n),
  iszero: instruction(0x13, 3n),
  /** Goes on at the offset that follows. */
  jump: instruction(0x20, 5n, 2),
  /** The same if the word popped is not zero. */
  jumpif: instruction(0x21, 5n, 2),
  /** offset -> word */
  mload: instruction(0x30, 3n),
  /** offset, word */
  mstore: instruction(0x31, 3n),
  inputsize: instruction(0x32, 2n),
  /** memory offset, input offset, size */
  inputcopy: instruction(0x33, 3n),
  /** Size of what the last callee returned. */
  outputsize: instruction(0x34, 2n),
  /** memory offset, output offset, size */
  outputcopy: instruction(0x35, 3n),
  address: instruction(0x40, 2n),
  sender: instruction(0x41, 2n),
  value: instruction(0x42, 2n),
  gas: instruction(0x43, 2n),
  /** key -> word */
  sload: instruction(0x50, 800n),
  /** key, word */
  sstore: instruction(0x51, 5_000n),
  tload: instruction(0x52, 100n),
  tstore: instruction(0x53, 100n),
  /** topic, memory offset, size */
  log: instruction(0x54, 750n),
  /** gas (0: all that may be given), address, wei, memory offset, size -> 1 or 0 */
  call: instruction(0x60, 700n),
  /** gas, address, memory offset, size -> 1 or 0 */
  delegatecall: instruction(0x61, 700n),
  staticcall: instruction(0x62, 700n),
  /** memory offset, size */
  return: instruction(0x70, 0n),
  revert: instruction(0x71, 0n),
} as const satisfies Readonly<Record<string, Instruction>>;

/** Name of an instruction. */
export type Mnemonic = keyof typeof instructionSet;

/** Names by opcode. */
export const mnemonics: ReadonlyMap<number, Mnemonic> = new Map(
  (Object.keys(instructionSet) as Mnemonic[]).map((mnemonic) => [instructionSet[mnemonic].opcode, mnemonic]),
);
