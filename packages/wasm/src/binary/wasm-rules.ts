/** Which modules are accepted: the features that depend on the ArbOS version, and the limits. */

/** The ArbOS versions whose rules are known. */
export type ArbosVersion = 51 | 60;

/** How much a module may hold. Counts that the decoder can hold against the bytes of a section are not among them. */
export interface WasmLimits {
  readonly moduleBytes: number;
  /** Bytes of a name. */
  readonly nameBytes: number;
  /** Parameters of a function type, and as many results. */
  readonly params: number;
  readonly imports: number;
  readonly functions: number;
  readonly globals: number;
  /** Entries that the table begins with. */
  readonly tableEntries: number;
  readonly elementSegments: number;
  readonly dataSegments: number;
  /** Declared locals of a function, parameters not counted. */
  readonly locals: number;
  /** Instructions of a function. */
  readonly instructions: number;
  /** Depths of a `br_table` without the default. */
  readonly branchTargets: number;
  /** Values on the operand stack of a function at one time. */
  readonly stackValues: number;
}

/** What decoding and validating go by. */
export interface WasmRules {
  /** Function types with several results, and blocks with a type index. */
  readonly multiValue: boolean;
  readonly limits: WasmLimits;
}

/**
 * Stylus' limits (nitro, crates/prover/src/binary.rs `parse_user`), wasmparser's for names and types. Two are V8's or
 * ours: 65,520 branch targets, and 65,536 values on the operand stack (nitro's frame limit of 4,096 is stricter for
 * every module without multi-value blocks).
 */
export const stylusLimits: WasmLimits = {
  moduleBytes: 131_072,
  nameBytes: 100_000,
  params: 1000,
  imports: 513,
  functions: 4096,
  globals: 32_768,
  tableEntries: 4096,
  elementSegments: 128,
  dataSegments: 128,
  locals: 348,
  instructions: 65_536,
  branchTargets: 65_520,
  stackValues: 65_536,
};

/** The rules of an ArbOS version: multi-value modules are refused from 60 on. */
export function wasmRules(arbos: ArbosVersion): WasmRules {
  return { multiValue: arbos < 60, limits: stylusLimits };
}
