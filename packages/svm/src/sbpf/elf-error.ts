/** Why an ELF was refused, in the names and texts of anza-xyz/sbpf's `ElfError`. */

const texts = {
  FailedToParse: (reason: string) => `Failed to parse ELF file: ${reason}`,
  EntrypointOutOfBounds: () => "Entrypoint out of bounds",
  InvalidEntrypoint: () => "Invalid entrypoint",
  UnresolvedSymbol: (symbol: string, slot: bigint, offset: bigint) =>
    `Unresolved symbol (${symbol}) at instruction #${slot} (ELF file offset 0x${offset.toString(16)})`,
  RelativeJumpOutOfBounds: (slot: number) => `Relative jump out of bounds at instruction #${slot}`,
  SymbolHashCollision: (hash: number) => `Symbol hash collision 0x${hash.toString(16)}`,
  WrongAbi: () => "Incompatible ELF: wrong ABI",
  WrongMachine: () => "Incompatible ELF: wrong machine",
  WrongType: () => "Incompatible ELF: wrong type",
  NotOneTextSection: () => "Multiple or no text sections, consider removing llc option: -function-sections",
  WritableSectionNotSupported: (section: string) => `Found writable section (${section}) in ELF, read-write data not supported`,
  InvalidVirtualAddress: (address: bigint) => `Relocation failed, invalid referenced virtual address 0x${address.toString(16)}`,
  UnknownRelocation: (type: number) => `Relocation failed, unknown type ${type}`,
  UnknownSymbol: (index: number) => `Unknown symbol with index ${index}`,
  ValueOutOfBounds: () => "Offset or value is out of bounds",
  UnsupportedSBPFVersion: () => "Detected sbpf_version required by the executable which are not enabled",
  InvalidProgramHeader: () => "Invalid ELF program header",
} as const;

export type ElfErrorName = keyof typeof texts;

/** `message` is the line that Agave logs. */
export interface ElfError {
  readonly name: ElfErrorName;
  readonly message: string;
}

/** Carries an `ElfError` out of the loader; never leaves `loadProgram`. */
export class ElfFault extends Error {
  readonly error: ElfError;

  constructor(error: ElfError) {
    super(error.message);
    this.error = error;
  }
}

/** The fault of this name, with what its text tells. */
export function elfFault<N extends ElfErrorName>(name: N, ...details: Parameters<(typeof texts)[N]>): ElfFault {
  // The types of name and details belong together, which a call through a union cannot express.
  const text = texts[name] as (...details: unknown[]) => string;
  return new ElfFault({ name, message: text(...details) });
}
