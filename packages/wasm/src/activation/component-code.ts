/** The code of a Stylus account: a program, or a fragment of one, or a root that names its fragments (go-ethereum, core/state/statedb_arbitrum.go). */
import { brotliDecompressSync } from "node:zlib";
import { addressFromBytes, assertStackRoom, concatBytes, type Address } from "@trireme/core";
import { WasmFaultError, type WasmFault } from "../binary/wasm-fault.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";

/** What a component is, by its first three bytes. */
export type ComponentKind = "program" | "fragment" | "root";

/** A root's content. */
export interface ProgramRoot {
  readonly dictionary: number;
  /** Bytes of the program that its fragments give. */
  readonly length: number;
  readonly fragments: readonly Address[];
}

/** A program's WebAssembly, or why there is none. */
export type ProgramBytes = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "invalid"; readonly fault: WasmFault };

const kindByVersion: readonly ComponentKind[] = ["program", "fragment", "root"];
const prefixLength = 3;
const addressLength = 20;
/** The dictionary and the length before a root's addresses. */
const rootHeaderLength = prefixLength + 5;

/** What the code is a component of; undefined for code that is none, and for a prefix with nothing behind it. Before ArbOS 60 there are only programs. */
export function componentKind(code: Uint8Array, { arbosVersion }: Pick<StylusParameters, "arbosVersion">): ComponentKind | undefined {
  if (code.length <= prefixLength || code[0] !== 0xef || code[1] !== 0xf0) return undefined;
  const kind = kindByVersion[code[2] ?? kindByVersion.length];
  return arbosVersion < 60 && kind !== "program" ? undefined : kind;
}

/** The WebAssembly of a program's own code: `EF F0 00`, a dictionary, a brotli stream. */
export function programBytes(code: Uint8Array, parameters: StylusParameters): ProgramBytes {
  return faultAsValue(() => {
    if (componentKind(code, parameters) !== "program") {
      throw new WasmFaultError("badForm", "expected the code of a program (ef f0 00), got other code", 0);
    }
    return decompress(code.subarray(prefixLength + 1), code[prefixLength] ?? 0, parameters.maxWasmSize);
  });
}

/** A root's content, within the chain's limits. */
export function parseRoot(
  code: Uint8Array,
  parameters: StylusParameters,
): { readonly kind: "root"; readonly root: ProgramRoot } | { readonly kind: "invalid"; readonly fault: WasmFault } {
  return faultAsValue(() => {
    const { maxWasmSize, maxFragmentCount } = parameters;
    const addressBytes = code.length - rootHeaderLength;
    if (componentKind(code, parameters) !== "root" || addressBytes < addressLength || addressBytes % addressLength !== 0) {
      throw new WasmFaultError(
        "badForm",
        `expected a root (ef f0 02, 5 bytes, addresses of 20 bytes), got ${code.length} bytes of other form`,
        0,
      );
    }
    const length = new DataView(code.buffer, code.byteOffset).getUint32(prefixLength + 1);
    if (length > maxWasmSize) {
      throw new WasmFaultError("limitExceeded", `root: expected a program of at most ${maxWasmSize} bytes, got ${length}`);
    }
    const count = addressBytes / addressLength;
    if (count > maxFragmentCount) {
      throw new WasmFaultError("limitExceeded", `root: expected at most ${maxFragmentCount} fragments, got ${count}`);
    }
    const fragments = Array.from({ length: count }, (_, i) => {
      const at = rootHeaderLength + i * addressLength;
      return addressFromBytes(code.subarray(at, at + addressLength));
    });
    return { kind: "root", root: { dictionary: code[prefixLength] ?? 0, length, fragments } };
  });
}

/** The WebAssembly of a root whose fragments have these codes, in the root's order. */
export function rootBytes(root: ProgramRoot, codes: Iterable<Uint8Array>, parameters: StylusParameters): ProgramBytes {
  return faultAsValue(() => {
    const parts = Array.from(codes, (code, i) => {
      if (componentKind(code, parameters) === "fragment") return code.subarray(prefixLength);
      throw new WasmFaultError("badForm", `root: expected fragment ${i} to have the code of one (ef f0 01), got other code`);
    });
    const program = decompress(concatBytes(...parts), root.dictionary, root.length);
    if (program.bytes.length !== root.length) {
      throw new WasmFaultError("badForm", `root: expected a program of ${root.length} bytes, got ${program.bytes.length}`);
    }
    return program;
  });
}

/** Gas for reading a fragment's code when a program is activated. */
export function fragmentReadGas(codeLength: number, isWarm: boolean): number {
  return (isWarm ? 100 : 2600) + 3 * Math.ceil(codeLength / 32);
}

function decompress(stream: Uint8Array, dictionary: number, mostBytes: number): { kind: "bytes"; bytes: Uint8Array } {
  if (dictionary === 1) {
    throw new WasmFaultError("notSupported", "expected dictionary 0 (none), got 1: Stylus' shared dictionary is not in Trireme");
  }
  if (dictionary !== 0) throw new WasmFaultError("badForm", `expected dictionary 0 or 1, got ${dictionary}`);
  assertStackRoom();
  let bytes: Uint8Array;
  try {
    // zlib takes no cap of 0.
    bytes = brotliDecompressSync(stream, { maxOutputLength: Math.max(1, mostBytes) });
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown };
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new WasmFaultError("limitExceeded", `expected a program of at most ${mostBytes} bytes, got more`);
    }
    // What zlib refuses has a code of its; where the machine's stack ends there is none, and that is no fault of the stream.
    if (typeof code !== "string") throw error;
    throw new WasmFaultError("badForm", "expected a whole brotli stream, got other bytes");
  }
  return { kind: "bytes", bytes: Uint8Array.from(bytes) };
}

function faultAsValue<T>(read: () => T): T | { readonly kind: "invalid"; readonly fault: WasmFault } {
  try {
    return read();
  } catch (error) {
    if (error instanceof WasmFaultError) return { kind: "invalid", fault: error.fault };
    throw error;
  }
}
