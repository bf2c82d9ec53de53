/** The code that linking adds to a component, before the indices of functions are known. */
import type { hostioSignatures } from "../activation/hostio-signatures.ts";
import { emptyBlock, type Mnemonic, type ValueTypeName } from "../binary/opcodes.ts";

/** A function of `vm_hooks`. */
export type HostioName = keyof typeof hostioSignatures;

/** An instruction with its immediates, or a call. */
export type LinkedInstruction =
  | readonly [instruction: Mnemonic, first?: number, second?: number]
  | { readonly hook: HostioName }
  /** A function of the component, by its index there. */
  | { readonly guest: number }
  /** The shared function `allocate`: (size) -> pointer. */
  | "allocate";

/** A function that linking adds. Its locals are i32s behind the parameters. */
export interface LinkedFunction {
  readonly params: readonly ValueTypeName[];
  readonly results: readonly ValueTypeName[];
  readonly locals: number;
  readonly body: readonly LinkedInstruction[];
}

/** What linked code knows of the storage cache: the host keeps one for each frame, and writes it when it is asked to. */
export interface WriteCache {
  /** Whether the component imports what reads or writes storage: otherwise there is nothing to flush. */
  readonly isUsed: boolean;
  /** Whether it imports what writes. */
  readonly isWritten: boolean;
  /** Index of the global that tells, in a component that writes, whether something is not flushed yet. */
  readonly dirty: number;
}

/** Pushes a parameter or local. */
export function local(index: number): LinkedInstruction {
  return ["local.get", index];
}

/** Pushes a constant. */
export function constant(value: number): LinkedInstruction {
  return ["i32.const", value];
}

/** An instruction behind what pushes its operands. */
export function apply(instruction: Mnemonic, ...operands: readonly LinkedInstruction[]): LinkedInstruction[] {
  return [...operands, [instruction]];
}

/** Pushes the u32 at a pointer. */
export function load(pointer: number, offset: number): LinkedInstruction[] {
  return [local(pointer), ["i32.load", 2, offset]];
}

/** Writes a u32 behind a pointer. */
export function store(pointer: number, offset: number, ...value: readonly LinkedInstruction[]): LinkedInstruction[] {
  return [local(pointer), ...value, ["i32.store", 2, offset]];
}

/** Traps unless the top of the stack is 0. */
export const trapUnlessZero: readonly LinkedInstruction[] = [["if", emptyBlock], ["unreachable"], ["end"]];

/** Pushes 0 where the length in a local is the one expected. */
export function lengthDiffers(length: number, expected: number): LinkedInstruction[] {
  return apply("i32.xor", local(length), constant(expected));
}

/** Pushes 0 where a pointer may be that of a return area: the canonical ABI wants it aligned. */
export function isUnaligned(pointer: number): LinkedInstruction[] {
  return apply("i32.and", local(pointer), constant(3));
}

/** Traps unless all of these push 0. */
export function trapUnlessAllZero(checks: readonly (readonly LinkedInstruction[])[]): LinkedInstruction[] {
  const [first, ...others] = checks;
  if (first === undefined) return [];
  return [...first, ...others.flatMap((check) => apply("i32.or", ...check)), ...trapUnlessZero];
}

/** Brings writes to the chain before another contract can look, and forgets what it may change. */
export function flushAndForget({ isUsed, isWritten, dirty }: WriteCache): LinkedInstruction[] {
  if (!isUsed) return [];
  return [constant(1), { hook: "storage_flush_cache" }, ...(isWritten ? settled(dirty) : [])];
}

/** Brings writes to the chain, where there are some and the condition on the stack, if one is given, holds. */
export function flushWrites({ isWritten, dirty }: WriteCache, ...condition: readonly LinkedInstruction[]): LinkedInstruction[] {
  if (!isWritten) return [];
  const both: LinkedInstruction[] = condition.length === 0 ? [] : [...condition, ["i32.and"]];
  return [["global.get", dirty], ...both, ["if", emptyBlock], constant(0), { hook: "storage_flush_cache" }, ...settled(dirty), ["end"]];
}

function settled(dirty: number): LinkedInstruction[] {
  return [constant(0), ["global.set", dirty]];
}
