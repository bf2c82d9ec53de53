/** ELFs of V0 to V2 as a linker makes them: the tables, and the rules they must follow (elf_parser/mod.rs, elf.rs). */
import {
  checkNoOverlap,
  contains,
  decodeName,
  maxSectionNameLength,
  nameInSection,
  programHeaderAt,
  rangeOf,
  saturatingRange,
  sectionHeaderAt,
  sectionType,
  segmentType,
  slice,
  tableOffsets,
  type ByteRange,
  type ElfBytes,
  type ProgramHeader,
  type SectionHeader,
} from "./elf-bytes.ts";
import { elfFault } from "./elf-error.ts";
import {
  bpfMachine,
  fileHeaderLength,
  fileHeaderOf,
  programHeaderLength,
  sbpfMachine,
  sectionHeaderLength,
  sharedObjectType,
  type FileHeader,
} from "./elf-header.ts";

/** A section with its name. */
export interface NamedSection extends SectionHeader {
  readonly text: string;
}

/** The tables of an ELF whose ranges have been checked. */
export interface LenientElf extends ElfBytes {
  readonly header: FileHeader;
  readonly segments: readonly ProgramHeader[];
  readonly sections: readonly NamedSection[];
}

/** @throws ElfFault */
export function parseLenientElf(elf: ElfBytes): LenientElf {
  const header = fileHeaderOf(elf);
  checkHeader(header);
  const headerRange = rangeOf(0n, BigInt(fileHeaderLength));
  const segmentsRange = rangeOf(header.programHeadersOffset, BigInt(programHeaderLength * header.programHeaderCount));
  checkNoOverlap(headerRange, segmentsRange);
  const segments = entriesOf(elf, segmentsRange, programHeaderLength, programHeaderAt);
  const sectionsRange = rangeOf(header.sectionHeadersOffset, BigInt(sectionHeaderLength * header.sectionHeaderCount));
  checkNoOverlap(headerRange, sectionsRange);
  checkNoOverlap(segmentsRange, sectionsRange);
  const sections = entriesOf(elf, sectionsRange, sectionHeaderLength, sectionHeaderAt);
  if (sections[0]?.type !== sectionType.null) throw invalid("invalid section header");
  checkSegments(segments, elf.length);
  checkSections(sections, elf.length, [headerRange, segmentsRange, sectionsRange]);
  const names = header.sectionNamesIndex === 0 ? undefined : sections[header.sectionNamesIndex];
  if (names === undefined) throw invalid("no section name string table found");
  const seen = new Set<string>();
  const named = sections.map((section): NamedSection => {
    const text = decodeName(nameInSection(elf, names, section.name, maxSectionNameLength));
    if (singleSections.has(text)) {
      if (seen.has(text)) throw invalid("invalid section header");
      seen.add(text);
    }
    return { ...section, text };
  });
  return { ...elf, header, segments, sections: named };
}

/** The rules of `validate`; gives the text section. @throws ElfFault */
export function validateLenientElf({ header, sections, length }: LenientElf): NamedSection {
  if (header.osAbi !== 0) throw elfFault("WrongAbi");
  if (header.machine !== bpfMachine && header.machine !== sbpfMachine) throw elfFault("WrongMachine");
  if (header.type !== sharedObjectType) throw elfFault("WrongType");
  const [text, ...others] = sections.filter((section) => section.text === ".text");
  if (text === undefined || others.length > 0) throw elfFault("NotOneTextSection");
  const writable = sections.find(isWritableData);
  if (writable !== undefined) throw elfFault("WritableSectionNotSupported", writable.text);
  for (const { offset, size } of sections) if (rangeOf(offset, size).end > length) throw elfFault("ValueOutOfBounds");
  if (!contains(saturatingRange(text.address, text.size), header.entry)) throw elfFault("EntrypointOutOfBounds");
  return text;
}

/** The bytes of a section in the file; none for a section that has no bits. */
export function fileRange({ type, offset, size }: SectionHeader): ByteRange {
  return type === sectionType.noBits ? { start: 0n, end: 0n } : saturatingRange(offset, size);
}

/** The bytes of a section. @throws ElfFault `ValueOutOfBounds` */
export function sectionBytes(elf: ElfBytes, section: SectionHeader): Uint8Array {
  return slice(elf, fileRange(section));
}

/** Names that may stand once. */
const singleSections = new Set([".symtab", ".strtab", ".dynstr"]);
const writeAndAllocate = 3n;

function isWritableData({ text, flags }: NamedSection): boolean {
  if (text.startsWith(".bss")) return true;
  const isWritable = (flags & writeAndAllocate) === writeAndAllocate;
  return isWritable && text.startsWith(".data") && !text.startsWith(".data.rel");
}

function checkHeader(header: FileHeader): void {
  const isValid =
    header.isElf64LittleEndian &&
    header.version === 1 &&
    header.headerLength === fileHeaderLength &&
    header.programHeaderLength === programHeaderLength &&
    header.sectionHeaderLength === sectionHeaderLength &&
    header.sectionNamesIndex < header.sectionHeaderCount;
  if (!isValid) throw invalid("invalid file header");
}

function checkSegments(segments: readonly ProgramHeader[], length: bigint): void {
  let lowest = 0n;
  for (const { type, address, offset, fileSize } of segments) {
    if (type !== segmentType.load) continue;
    if (address < lowest) throw elfFault("InvalidProgramHeader");
    if (rangeOf(offset, fileSize).end > length) throw elfFault("ValueOutOfBounds");
    lowest = address;
  }
}

function checkSections(sections: readonly SectionHeader[], length: bigint, tables: readonly ByteRange[]): void {
  let lowest = 0n;
  for (const { type, offset, size } of sections) {
    if (type === sectionType.noBits) continue;
    const range = rangeOf(offset, size);
    for (const table of tables) checkNoOverlap(range, table);
    if (range.start < lowest) throw invalid("sections not in ascending order");
    lowest = range.end;
    if (lowest > length) throw elfFault("ValueOutOfBounds");
  }
}

function entriesOf<T>(elf: ElfBytes, range: ByteRange, entryLength: number, read: (elf: ElfBytes, at: number) => T): T[] {
  const { start, count } = tableOffsets(elf, range, entryLength);
  return Array.from({ length: count }, (_, index) => read(elf, start + index * entryLength));
}

function invalid(reason: string): Error {
  return elfFault("FailedToParse", reason);
}
