/** A program that V8 has compiled, and a pool of its instances. */
import { createProgramInstance, type ProgramInstance } from "./program-instance.ts";

/** A compiled program. Any number of its instances may run at one time. */
export interface CompiledProgram {
  /** An instance in the state in which a program starts, but for meter and globals, which `trireme_begin` sets. */
  acquire(): ProgramInstance;
  /** Gives an instance back after its frame has ended well or badly. */
  release(instance: ProgramInstance): void;
}

/** Idle instances of one program: V8 reserves some gigabytes of addresses for the memory of each. */
const mostIdle = 4;
/** Resetting more memory than this costs as much as a new instance, whose pages the machine gives when they are touched. */
const mostPooledBytes = 32 * 65_536;

/** Compiles an instrumented module. @throws what V8 throws: a module that activation accepts compiles. */
export function compileProgram(bytes: Uint8Array): CompiledProgram {
  const module = new WebAssembly.Module(bytes);
  const idle: ProgramInstance[] = [];
  let initial: Uint8Array | undefined;
  let initialBytes = 0;
  return {
    acquire() {
      const pooled = idle.pop();
      if (pooled !== undefined) return pooled;
      const made = createProgramInstance(module);
      if (initial === undefined) {
        const memory = made.memory.bytes();
        initialBytes = memory.length;
        initial = withoutTrailingZeros(memory);
      }
      return made;
    },
    release(instance) {
      const { cell, memory } = instance;
      // What the host threw may have cut anything short; grown memory cannot shrink.
      const isBroken = cell.fault !== undefined;
      cell.frame = undefined;
      cell.fault = undefined;
      if (isBroken || initial === undefined || idle.length >= mostIdle || initialBytes > mostPooledBytes) return;
      const bytes = memory.bytes();
      if (bytes.length !== initialBytes) return;
      bytes.set(initial);
      bytes.fill(0, initial.length);
      idle.push(instance);
    },
  };
}

function withoutTrailingZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
}
