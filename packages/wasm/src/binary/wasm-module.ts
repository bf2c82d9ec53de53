/** A WebAssembly module as plain data, with the instructions of all its functions in flat arrays. */

/** A module of the accepted feature set. Indices of functions count the imports first. */
export interface WasmModule {
  readonly types: readonly FunctionType[];
  readonly imports: readonly FunctionImport[];
  /** The type index of each function of the module's own. */
  readonly functions: Uint32Array;
  /** The table of function references, in entries. */
  readonly table: Limits | undefined;
  /** The memory, in pages of 64 KiB. */
  readonly memory: Limits | undefined;
  readonly globals: readonly Global[];
  readonly exports: readonly Export[];
  /** The function that runs at instantiation. */
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  /** The instructions of all functions, one function behind the other. */
  readonly code: InstructionStream;
  /** One for each function of the module's own. */
  readonly bodies: readonly FunctionBody[];
  readonly data: readonly DataSegment[];
  readonly customs: readonly CustomSection[];
}

/** Parameters and results: a byte of `valueType` for each. */
export interface FunctionType {
  readonly params: Uint8Array;
  readonly results: Uint8Array;
}

/** An imported function; nothing else can be imported. */
export interface FunctionImport {
  readonly module: string;
  readonly name: string;
  /** The type's index. */
  readonly type: number;
}

/** The size at the start, and the largest where one is declared. */
export interface Limits {
  readonly min: number;
  readonly max: number | undefined;
}

/** A global of the module's own; its initial value is one constant. */
export interface Global {
  /** A byte of `valueType`. */
  readonly type: number;
  readonly mutable: boolean;
  /** The bits of the initial value, unsigned: 32 or 64 of them. */
  readonly bits: bigint;
}

/** What an export names. */
export type ExportKind = "function" | "table" | "memory" | "global";

/** The kinds in the order of their bytes in the binary. */
export const exportKinds: readonly ExportKind[] = ["function", "table", "memory", "global"];

/** An export: a name for a function, the table, the memory or a global. */
export interface Export {
  readonly name: string;
  readonly kind: ExportKind;
  readonly index: number;
}

/** Functions for the table. Only an active segment has an effect: what would use the others is not accepted. */
export interface ElementSegment {
  readonly mode: "active" | "passive" | "declared";
  /** The first entry that an active segment fills; 0 for the others. */
  readonly offset: number;
  /** Indices of functions. */
  readonly functions: Uint32Array;
}

/** Bytes for the memory. Only an active segment has an effect. */
export interface DataSegment {
  readonly mode: "active" | "passive";
  /** The first byte that an active segment fills; 0 for a passive one. */
  readonly offset: number;
  /** A view of the decoded bytes. */
  readonly bytes: Uint8Array;
}

/** A custom section; where it stood between the others is not kept. */
export interface CustomSection {
  readonly name: string;
  /** A view of the decoded bytes. */
  readonly bytes: Uint8Array;
}

/** The instructions of one function: from `start` to before `end` of the module's stream. The last one is the function's `end`. */
export interface FunctionBody {
  /** The declared locals, without the parameters: a byte of `valueType` for each. */
  readonly locals: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Instructions as columns: instruction `i` is `opcodes[i]` with the immediates `first[i]` and `second[i]`, whose meaning
 * `immediate` tells (0 where there is none). An unsigned immediate of more than 31 bits stands as its bits.
 */
export interface InstructionStream {
  readonly opcodes: Uint16Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** The depths of every `br_table`. */
  readonly targets: Uint32Array;
}
