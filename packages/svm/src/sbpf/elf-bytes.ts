/** The bytes of an ELF: checked reads, tables and names. Offsets are u64 as in the file, so that nothing wraps. */
import { elfFault } from "./elf-error.ts";

const u64Limit = 1n << 64n;

export interface ElfBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly length: bigint;
}

/** Bytes from `start` on, `end` excluded. */
export interface ByteRange {
  readonly start: bigint;
  readonly end: bigint;
}

export function elfBytes(bytes: Uint8Array): ElfBytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), length: BigInt(bytes.length) };
}

/** Bytes from `start` on; @throws ElfFault `ValueOutOfBounds` if their end is no u64. */
export function rangeOf(start: bigint, length: bigint): ByteRange {
  const end = start + length;
  if (end >= u64Limit) throw elfFault("ValueOutOfBounds");
  return { start, end };
}

/** As `rangeOf`, but an end past u64 stays at its largest value. */
export function saturatingRange(start: bigint, length: bigint): ByteRange {
  const end = start + length;
  return { start, end: end < u64Limit ? end : u64Limit - 1n };
}

export function contains({ start, end }: ByteRange, value: bigint): boolean {
  return value >= start && value < end;
}

/** @throws ElfFault `FailedToParse` */
export function checkNoOverlap(left: ByteRange, right: ByteRange): void {
  if (left.end > right.start && right.end > left.start) throw elfFault("FailedToParse", "values overlap");
}

/** The bytes of a range; @throws ElfFault `ValueOutOfBounds` if they are not all in the file. */
export function slice({ bytes, length }: ElfBytes, { start, end }: ByteRange): Uint8Array {
  if (start > end || end > length) throw elfFault("ValueOutOfBounds");
  return bytes.subarray(Number(start), Number(end));
}

/** File offsets of the entries of a table. @throws ElfFault */
export function tableOffsets(elf: ElfBytes, range: ByteRange, entryLength: number): TableOffsets {
  const byteLength = range.start > range.end ? 0n : range.end - range.start;
  if (byteLength % BigInt(entryLength) !== 0n) throw elfFault("FailedToParse", "invalid size");
  slice(elf, range);
  if (range.start % 8n !== 0n) throw elfFault("FailedToParse", "invalid alignment");
  return { start: Number(range.start), entryLength, count: Number(byteLength) / entryLength };
}

/** A table whose entries are read where they stand. */
export interface TableOffsets {
  readonly start: number;
  readonly entryLength: number;
  readonly count: number;
}

/** Largest name of a section, its terminator included. */
export const maxSectionNameLength = 16;
/** Largest name of a dynamic symbol, its terminator included. */
export const maxSymbolNameLength = 64;

const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The name at an offset of a string table. @throws ElfFault */
export function nameInSection(elf: ElfBytes, table: SectionHeader, offset: number, maxLength: number): Uint8Array {
  if (table.type !== sectionType.stringTable) throw elfFault("FailedToParse", "invalid section header");
  const { start } = rangeOf(table.offset + BigInt(offset), 0n);
  const sectionEnd = rangeOf(table.offset, table.size).end;
  const nameEnd = rangeOf(start, BigInt(maxLength)).end;
  const bytes = slice(elf, { start, end: sectionEnd < nameEnd ? sectionEnd : nameEnd });
  const end = bytes.indexOf(0);
  if (end < 0) throw elfFault("FailedToParse", `Section or symbol name \`${decodeName(bytes)}\` is longer than \`${maxLength}\` bytes`);
  return bytes.subarray(0, end);
}

/** A name as text, with replacement characters where it is not UTF-8. */
export function decodeName(bytes: Uint8Array): string {
  return lossyDecoder.decode(bytes);
}

export const sectionType = { null: 0, symbols: 2, stringTable: 3, dynamic: 6, noBits: 8, dynamicSymbols: 11 } as const;

export interface SectionHeader {
  readonly name: number;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly offset: bigint;
  readonly size: bigint;
}

export function sectionHeaderAt({ view }: ElfBytes, at: number): SectionHeader {
  return {
    name: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    flags: view.getBigUint64(at + 8, true),
    address: view.getBigUint64(at + 16, true),
    offset: view.getBigUint64(at + 24, true),
    size: view.getBigUint64(at + 32, true),
  };
}

export const segmentType = { load: 1, dynamic: 2 } as const;

export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly physicalAddress: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
}

export function programHeaderAt({ view }: ElfBytes, at: number): ProgramHeader {
  return {
    type: view.getUint32(at, true),
    flags: view.getUint32(at + 4, true),
    offset: view.getBigUint64(at + 8, true),
    address: view.getBigUint64(at + 16, true),
    physicalAddress: view.getBigUint64(at + 24, true),
    fileSize: view.getBigUint64(at + 32, true),
    memorySize: view.getBigUint64(at + 40, true),
  };
}
