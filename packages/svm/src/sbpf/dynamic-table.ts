/** What the dynamic table of an ELF of V0 to V2 names: relocations and the symbols they mean. */
import {
  contains,
  maxSymbolNameLength,
  nameInSection,
  rangeOf,
  saturatingRange,
  sectionType,
  segmentType,
  tableOffsets,
  type SectionHeader,
  type TableOffsets,
} from "./elf-bytes.ts";
import { ElfFault, elfFault } from "./elf-error.ts";
import type { LenientElf } from "./lenient-elf.ts";

const relocationLength = 16;
const symbolLength = 24;
const entryLength = 16;
const tagCount = 35n;
const tag = { symbols: 6, relocations: 17, relocationsLength: 18, relocationLength: 19 } as const;

export interface Relocation {
  /** File offset. */
  readonly offset: bigint;
  readonly type: number;
  readonly symbol: number;
}

export interface DynamicSymbol {
  readonly name: number;
  readonly isFunction: boolean;
  readonly value: bigint;
}

/** Entries are read one by one, so that a long table costs no memory. */
export interface DynamicTable {
  readonly relocationCount: number;
  relocation(index: number): Relocation;
  /** @throws ElfFault `UnknownSymbol` */
  symbol(index: number): DynamicSymbol;
  /** @throws ElfFault `UnknownSymbol` */
  symbolName(offset: number): Uint8Array;
}

/** @throws ElfFault */
export function parseDynamicTable(elf: LenientElf): DynamicTable {
  const values = dynamicValues(elf);
  const relocations = values && relocationTable(elf, values);
  const symbols = values && symbolTable(elf, values);
  const names = elf.sections.find((section) => section.text === ".dynstr");
  const { view } = elf;
  return {
    relocationCount: relocations?.count ?? 0,
    relocation(index) {
      const at = relocations!.start + index * relocationLength;
      return { offset: view.getBigUint64(at, true), type: view.getUint32(at + 8, true), symbol: view.getUint32(at + 12, true) };
    },
    symbol(index) {
      if (symbols === undefined || index >= symbols.count) throw elfFault("UnknownSymbol", index);
      const at = symbols.start + index * symbolLength;
      const isFunction = (view.getUint8(at + 4) & 15) === 2;
      return { name: view.getUint32(at, true), isFunction, value: view.getBigUint64(at + 8, true) };
    },
    symbolName(offset) {
      try {
        if (names !== undefined) return nameInSection(elf, names, offset, maxSymbolNameLength);
      } catch (error) {
        if (!(error instanceof ElfFault)) throw error;
      }
      throw elfFault("UnknownSymbol", offset);
    },
  };
}

/** Values by tag; nothing for a static file. */
function dynamicValues(elf: LenientElf): bigint[] | undefined {
  const table = dynamicOffsets(elf);
  if (table === undefined) return undefined;
  const values = Array.from({ length: Number(tagCount) }, () => 0n);
  for (let index = 0; index < table.count; index++) {
    const at = table.start + index * entryLength;
    const name = elf.view.getBigUint64(at, true);
    if (name === 0n) break;
    if (name < tagCount) values[Number(name)] = elf.view.getBigUint64(at + 8, true);
  }
  return values;
}

function dynamicOffsets(elf: LenientElf): TableOffsets | undefined {
  const segment = elf.segments.find(({ type }) => type === segmentType.dynamic);
  if (segment !== undefined) {
    try {
      return tableOffsets(elf, rangeOf(segment.offset, segment.fileSize), entryLength);
    } catch (error) {
      // Old linkers made bad segments beside good sections.
      if (!(error instanceof ElfFault)) throw error;
    }
  }
  const section = elf.sections.find(({ type }) => type === sectionType.dynamic);
  if (section === undefined) return undefined;
  return orInvalidTable(() => tableOffsets(elf, rangeOf(section.offset, section.size), entryLength));
}

function relocationTable(elf: LenientElf, values: readonly bigint[]): TableOffsets | undefined {
  const address = values[tag.relocations]!;
  if (address === 0n) return undefined;
  const length = values[tag.relocationsLength]!;
  if (values[tag.relocationLength] !== BigInt(relocationLength) || length === 0n) throw invalidTable();
  const start = relocationsOffset(elf, address);
  const range = rangeOf(start, length);
  return orInvalidTable(() => tableOffsets(elf, range, relocationLength));
}

function relocationsOffset({ segments, sections }: LenientElf, address: bigint): bigint {
  const segment = segments.find((header) => contains(rangeOf(header.address, header.memorySize), address));
  if (segment !== undefined) return rangeOf(address - segment.address, segment.offset).end;
  // Compilers up to rust-bpf-sysroot 0.13 named an address outside of all segments.
  const section = sections.find((header) => header.address === address);
  if (section === undefined) throw invalidTable();
  return section.offset;
}

function symbolTable(elf: LenientElf, values: readonly bigint[]): TableOffsets | undefined {
  const address = values[tag.symbols]!;
  if (address === 0n) return undefined;
  const section: SectionHeader | undefined = elf.sections.find((header) => header.address === address);
  if (section === undefined) throw invalidTable();
  if (section.type !== sectionType.symbols && section.type !== sectionType.dynamicSymbols)
    throw elfFault("FailedToParse", "invalid section header");
  return tableOffsets(elf, saturatingRange(section.offset, section.size), symbolLength);
}

function orInvalidTable(read: () => TableOffsets): TableOffsets {
  try {
    return read();
  } catch (error) {
    if (error instanceof ElfFault) throw invalidTable();
    throw error;
  }
}

function invalidTable(): ElfFault {
  return elfFault("FailedToParse", "invalid dynamic section table");
}
