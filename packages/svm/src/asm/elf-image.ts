/** The bytes of an ELF: a header, program headers, sections one after another, their headers. */
import { bpfMachine, fileHeaderLength, programHeaderLength, sectionHeaderLength, sharedObjectType } from "../sbpf/elf-header.ts";
import type { SbpfVersion } from "../sbpf/executable.ts";

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly length: number;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** 0 for sections that are not loaded. */
  readonly address: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Index of the section with the names or symbols that this one means. */
  readonly link?: number;
  readonly entryLength?: number;
}

export interface ElfImage {
  readonly version: SbpfVersion;
  readonly entry: number;
  readonly segments: readonly Segment[];
  /** Without the null section; the last one holds the names of the sections. */
  readonly sections: readonly Section[];
}

const alignment = 8;

/** The next offset at which a table or section may begin. */
export function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** Where the first section may begin. */
export function firstSectionOffset(segmentCount: number): number {
  return fileHeaderLength + segmentCount * programHeaderLength;
}

/** Offset of the name of each section in `sectionNames`. */
export function createNameTable(): { add(name: string): number; bytes(): Uint8Array } {
  const names: number[] = [0];
  const offsets = new Map<string, number>([["", 0]]);
  return {
    add(name) {
      const known = offsets.get(name);
      if (known !== undefined) return known;
      const offset = names.length;
      offsets.set(name, offset);
      for (const byte of new TextEncoder().encode(name)) names.push(byte);
      names.push(0);
      return offset;
    },
    bytes: () => Uint8Array.from(names),
  };
}

/** Writes an image. `nameOffset` gives the offsets of section names in the last section. */
export function writeImage({ version, entry, segments, sections }: ElfImage, nameOffset: (name: string) => number): Uint8Array {
  const last = sections.at(-1)!;
  const headersOffset = aligned(last.offset + last.bytes.length);
  const file = new Uint8Array(headersOffset + (sections.length + 1) * sectionHeaderLength);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, sharedObjectType, true);
  view.setUint16(18, bpfMachine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(entry), true);
  view.setBigUint64(32, BigInt(fileHeaderLength), true);
  view.setBigUint64(40, BigInt(headersOffset), true);
  view.setUint32(48, version, true);
  view.setUint16(52, fileHeaderLength, true);
  view.setUint16(54, programHeaderLength, true);
  view.setUint16(56, segments.length, true);
  view.setUint16(58, sectionHeaderLength, true);
  view.setUint16(60, sections.length + 1, true);
  view.setUint16(62, sections.length, true);
  segments.forEach((segment, index) => writeSegment(view, fileHeaderLength + index * programHeaderLength, segment));
  sections.forEach((section, index) => {
    file.set(section.bytes, section.offset);
    writeSection(view, headersOffset + (index + 1) * sectionHeaderLength, section, nameOffset(section.name));
  });
  return file;
}

function writeSegment(view: DataView, at: number, { type, flags, offset, address, length }: Segment): void {
  view.setUint32(at, type, true);
  view.setUint32(at + 4, flags, true);
  view.setBigUint64(at + 8, BigInt(offset), true);
  view.setBigUint64(at + 16, BigInt(address), true);
  view.setBigUint64(at + 24, BigInt(address), true);
  view.setBigUint64(at + 32, BigInt(length), true);
  view.setBigUint64(at + 40, BigInt(length), true);
  view.setBigUint64(at + 48, BigInt(alignment), true);
}

function writeSection(view: DataView, at: number, section: Section, name: number): void {
  view.setUint32(at, name, true);
  view.setUint32(at + 4, section.type, true);
  view.setBigUint64(at + 8, BigInt(section.flags), true);
  view.setBigUint64(at + 16, BigInt(section.address), true);
  view.setBigUint64(at + 24, BigInt(section.offset), true);
  view.setBigUint64(at + 32, BigInt(section.bytes.length), true);
  view.setUint32(at + 40, section.link ?? 0, true);
  // Symbols that are local stand first: only the null symbol is.
  view.setUint32(at + 44, section.link === undefined ? 0 : 1, true);
  view.setBigUint64(at + 48, BigInt(alignment), true);
  view.setBigUint64(at + 56, BigInt(section.entryLength ?? 0), true);
}
