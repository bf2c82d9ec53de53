/** What the compiling thread is asked and what it answers; everything can be cloned between threads. */
import type { AbiItem } from "../generate/abi.ts";
import type { StorageEntry } from "../generate/storage-layout.ts";

/** Where a contract's source is. */
export type ContractSource =
  | {
      /** The text of the contract's only file. */
      readonly source: string;
    }
  | {
      /** The file with the contract; it may import others by relative paths. */
      readonly entryPath: string;
    };

/** @see buildContract */
export interface CompileOptions {
  /** Pages of memory (64 KiB) from the beginning. */
  readonly pages: number;
  /** Pages that it may grow to; the same number makes it fixed. */
  readonly maximumPages: number;
  readonly optimizeFor: "size" | "speed";
}

/** One compilation. */
export interface CompileRequest {
  readonly from: ContractSource;
  readonly options: CompileOptions;
}

/** A compiled contract. */
export interface CompiledContract {
  /** The contract's class. */
  readonly name: string;
  readonly wasm: Uint8Array;
  readonly abi: readonly AbiItem[];
  readonly storageLayout: readonly StorageEntry[];
}

/** The answer; a refusal tells the mistakes in the source. */
export type CompileReply =
  | { readonly kind: "compiled"; readonly contract: CompiledContract }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };
