/** A WebAssembly module in the making: types, functions, and the sections around them. */
import { createByteWriter, type ByteWriter } from "./byte-writer.ts";
import { importNames } from "./control-page.ts";
import type { HelperName } from "./helpers.ts";
import { valueType } from "./wasm-codes.ts";

const { i32, i64 } = valueType;

/** Parameters of the imports, and whether they give an i32. */
const importTypes: Readonly<Record<(typeof importNames)[number], readonly [parameters: number, hasResult: boolean]>> = {
  fault: [2, false],
  exceeded: [0, false],
  overrun: [2, false],
  translate: [4, true],
  enterFrame: [1, false],
  syscall: [1, false],
  callUnknown: [1, false],
};

/** Collects a module. Functions are numbered in the order of their bodies, after the imports. */
export interface ModuleParts {
  /** Where bodies are written. */
  readonly code: ByteWriter;
  /** The number of a type, as WebAssembly counts them. */
  typeIndex(parameters: readonly number[], results: readonly number[]): number;
  /** Begins the body of the next function; returns its index. The caller writes locals and instructions, then calls `endFunction`. */
  beginFunction(type: number): number;
  endFunction(): void;
  /** The index that the next function gets. */
  readonly nextFunction: number;
  indexOf(name: HelperName): number;
  nameHelper(name: HelperName, index: number): void;
  /** The name of the syscall that is compiled into the module, by hash. */
  memorySyscallAt(hash: number): "memcpy" | "memmove" | "memset" | "memcmp" | undefined;
  /** The module: `entry` is exported as `run`, `table` holds functions for `call_indirect`. */
  finish(entry: number, table: readonly number[]): Uint8Array;
}

/** An empty module. `memorySyscalls` gives the names of syscalls that it shall have as functions. */
export function createModuleParts(
  capacity: number,
  memorySyscalls: ReadonlyMap<number, "memcpy" | "memmove" | "memset" | "memcmp">,
): ModuleParts {
  const code = createByteWriter(capacity);
  const types = new Map<string, number>();
  const functionTypes: number[] = [];
  const helpers = new Map<HelperName, number>();
  let mark = 0;

  const typeIndex = (parameters: readonly number[], results: readonly number[]): number => {
    const key = String.fromCharCode(...parameters, 0, ...results);
    let index = types.get(key);
    if (index === undefined) types.set(key, (index = types.size));
    return index;
  };
  const importTypeIndices = importNames.map((name) => {
    const [parameters, hasResult] = importTypes[name];
    return typeIndex(Array<number>(parameters).fill(i32), hasResult ? [i32] : []);
  });

  return {
    code,
    typeIndex,
    get nextFunction() {
      return importNames.length + functionTypes.length;
    },
    beginFunction(type) {
      functionTypes.push(type);
      mark = code.open();
      return importNames.length + functionTypes.length - 1;
    },
    endFunction() {
      code.close(mark);
    },
    indexOf(name) {
      return helpers.get(name)!;
    },
    nameHelper(name, index) {
      helpers.set(name, index);
    },
    memorySyscallAt(hash) {
      return memorySyscalls.get(hash);
    },
    finish(entry, table) {
      const out = createByteWriter(code.length + 4 * functionTypes.length + 4096);
      for (const byte of [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
      section(out, 1, () => {
        out.unsigned(types.size);
        for (const key of types.keys()) {
          const [parameters = "", results = ""] = key.split("\0");
          out.byte(0x60);
          for (const list of [parameters, results]) {
            out.unsigned(list.length);
            for (let index = 0; index < list.length; index++) out.byte(list.charCodeAt(index));
          }
        }
      });
      section(out, 2, () => {
        out.unsigned(importNames.length + 1);
        importNames.forEach((name, index) => {
          text(out, "env");
          text(out, name);
          out.byte(0);
          out.unsigned(importTypeIndices[index]!);
        });
        text(out, "env");
        text(out, "memory");
        out.byte(2);
        out.byte(0);
        out.unsigned(1);
      });
      section(out, 3, () => {
        out.unsigned(functionTypes.length);
        for (const type of functionTypes) out.unsigned(type);
      });
      if (table.length > 0) {
        section(out, 4, () => {
          out.unsigned(1);
          out.byte(valueType.funcref);
          out.byte(0);
          out.unsigned(table.length);
        });
      }
      section(out, 7, () => {
        out.unsigned(1);
        text(out, "run");
        out.byte(0);
        out.unsigned(entry);
      });
      if (table.length > 0) {
        section(out, 9, () => {
          out.unsigned(1);
          for (const byte of [0, 0x41, 0, 0x0b]) out.byte(byte);
          out.unsigned(table.length);
          for (const index of table) out.unsigned(index);
        });
      }
      section(out, 10, () => {
        out.unsigned(functionTypes.length);
        out.bytes(code.result());
      });
      return out.result();
    },
  };
}

/** The types of `count` values of 64 bits. */
export function wide(count: number): number[] {
  return Array<number>(count).fill(i64);
}

function section(out: ByteWriter, id: number, write: () => void): void {
  out.byte(id);
  const mark = out.open();
  write();
  out.close(mark);
}

function text(out: ByteWriter, value: string): void {
  out.unsigned(value.length);
  for (let index = 0; index < value.length; index++) out.byte(value.charCodeAt(index));
}
