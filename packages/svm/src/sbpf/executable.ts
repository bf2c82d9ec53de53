/** A program that was loaded and verified: what both engines run. */

/** sBPF version, from `e_flags` of the ELF. */
export type SbpfVersion = 0 | 1 | 2 | 3;

/** A loaded ELF: relocated text, its read-only region, its internal functions. Never changed after it was made. */
export interface Executable {
  readonly version: SbpfVersion;
  /** Text after relocation, 8 bytes per slot. */
  readonly text: Uint8Array;
  /** Address of the first instruction in the guest: 0x1_0000_0000 plus its offset. */
  readonly textAddress: number;
  /** Slot of the first instruction to run. */
  readonly entryPc: number;
  /** The read-only region: text and read-only data in V0 to V2 at 0x1_0000_0000, read-only data in V3 at 0. */
  readonly readOnly: Uint8Array;
  /** Address of `readOnly` in the guest: 0x1_0000_0000 in V0 to V2, 0 in V3. */
  readonly readOnlyAddress: number;
  /** Internal functions of V0 to V2: murmur3 key that stands in `call imm` -> slot. Empty in V3, where calls are relative. */
  readonly functions: ReadonlyMap<number, number>;
}
