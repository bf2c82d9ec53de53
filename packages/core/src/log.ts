/** Logs: EVM-style events, which are in receipts and blooms, and program log lines, which are in neither. */
import type { Address } from "./address.ts";

/** An event of LOG0 to LOG4. */
export interface Log {
  readonly address: Address;
  /** At most four topics of 32 bytes. */
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

/** A line that an SVM program (or a contract's console) printed. Not an EVM log; allowed in static frames. */
export interface ProgramLog {
  readonly address: Address;
  readonly line: string;
}
