/** Writes the ELF of a program, as a linker would: of V0 to V2 with dynamic relocations for syscalls, of V3 with two segments. */
import { sectionType, segmentType } from "../sbpf/elf-bytes.ts";
import { slotLength, textView } from "../sbpf/instruction.ts";
import { regionSize } from "../sbpf/memory-layout.ts";
import { callImmediate } from "../sbpf/opcodes.ts";
import { aligned, createNameTable, firstSectionOffset, writeImage, type Section, type Segment } from "./elf-image.ts";
import type { ElfSource } from "./elf-source.ts";

/** The bytes of an ELF that loaders of its version accept, with section headers and a symbol table. */
export function writeElf(source: ElfSource): Uint8Array {
  return source.version === 3 ? writeStrictElf(source) : writeLenientElf(source);
}

const allocated = 2;
const executable = 6;
const symbolLength = 24;
const relocationLength = 16;
const programBits = 1;
const relocations = 9;
const callRelocation = 10n;
const globalFunction = 0x12;
const globalSymbol = 0x10;
const readFlag = 4;
const executeFlag = 1;
const noData = new Uint8Array(0);

/** Sections in the order of the file, each behind the one before. */
function createSections(start: number) {
  const sections: Section[] = [];
  const names = createNameTable();
  let offset = start;
  return {
    sections,
    nameOffset: (name: string) => names.add(name),
    /** Index of the next section among the headers. */
    nextIndex: () => sections.length + 1,
    nextOffset: () => aligned(offset),
    add(section: Omit<Section, "offset" | "address">, address: (offset: number) => number = () => 0): Section {
      offset = aligned(offset);
      names.add(section.name);
      const placed = { ...section, offset, address: address(offset) };
      sections.push(placed);
      offset += section.bytes.length;
      return placed;
    },
    /** Ends with the names of the sections. */
    addNames() {
      names.add(".shstrtab");
      this.add({ name: ".shstrtab", type: sectionType.stringTable, flags: 0, bytes: names.bytes() });
    },
  };
}

type Sections = ReturnType<typeof createSections>;

function writeStrictElf({ version, text, entryPc = 0, readOnlyData = noData, functions, dataReferences = [] }: ElfSource): Uint8Array {
  const hasData = readOnlyData.length > 0;
  const sections = createSections(firstSectionOffset(hasData ? 2 : 1));
  const segments: Segment[] = [];
  if (hasData) {
    const bytes = new Uint8Array(aligned(readOnlyData.length));
    bytes.set(readOnlyData);
    const { offset } = sections.add({ name: ".rodata", type: programBits, flags: allocated, bytes });
    segments.push({ type: segmentType.load, flags: readFlag, offset, address: 0, length: bytes.length });
  }
  const code = withAddresses(text, dataReferences, 0);
  const { offset } = sections.add({ name: ".text", type: programBits, flags: executable, bytes: code }, () => regionSize);
  segments.push({ type: segmentType.load, flags: executeFlag, offset, address: regionSize, length: code.length });
  addFunctionSymbols(sections, functions, hasData ? 2 : 1, regionSize);
  sections.addNames();
  return writeImage({ version, entry: regionSize + entryPc * slotLength, segments, sections: sections.sections }, sections.nameOffset);
}

function writeLenientElf(source: ElfSource): Uint8Array {
  const { version, text, entryPc = 0, readOnlyData = noData, functions, dataReferences = [] } = source;
  const calls = relocatedCalls(source);
  const start = firstSectionOffset(calls.length > 0 ? 2 : 1);
  const sections = createSections(start);
  const inPlace = (offset: number) => offset;
  const dataOffset = aligned(start + text.length);
  const code = withAddresses(text, dataReferences, regionSize + dataOffset);
  // The distance that tells a loader to wait for a relocation.
  for (const { pc } of calls) textView(code).setInt32(pc * slotLength + 4, -1, true);
  sections.add({ name: ".text", type: programBits, flags: executable, bytes: code }, inPlace);
  if (readOnlyData.length > 0) sections.add({ name: ".rodata", type: programBits, flags: allocated, bytes: readOnlyData }, inPlace);
  const dynamic = calls.length > 0 ? addDynamicSections(sections, calls, start, inPlace) : undefined;
  const length = sections.nextOffset() - start;
  const segments: Segment[] = [{ type: segmentType.load, flags: readFlag | executeFlag, offset: start, address: start, length }];
  if (dynamic) segments.push({ ...dynamic, type: segmentType.dynamic, flags: readFlag, length: dynamic.bytes.length });
  addFunctionSymbols(sections, functions, 1, start);
  sections.addNames();
  return writeImage({ version, entry: start + entryPc * slotLength, segments, sections: sections.sections }, sections.nameOffset);
}

/** A call whose target a relocation names: a syscall, or an internal function at a slot. */
interface RelocatedCall {
  readonly pc: number;
  readonly name: string;
  readonly target?: number;
}

/** Syscalls, and calls of the slot itself: their distance of -1 means that a relocation follows. */
function relocatedCalls({ text, syscalls = [] }: ElfSource): RelocatedCall[] {
  const syscallSlots = new Set(syscalls.map(({ pc }) => pc));
  const view = textView(text);
  const calls: RelocatedCall[] = [...syscalls];
  for (let pc = 0; pc < Math.floor(text.length / slotLength); pc++) {
    const at = pc * slotLength;
    if (text[at] === callImmediate && view.getInt32(at + 4, true) === -1 && !syscallSlots.has(pc))
      calls.push({ pc, name: `function_${pc}`, target: pc });
  }
  return calls;
}

function addDynamicSections(sections: Sections, calls: readonly RelocatedCall[], textAddress: number, inPlace: (offset: number) => number) {
  const names = createNameTable();
  const symbols = new Map<string, { readonly index: number; readonly target: number | undefined }>();
  for (const { name, target } of calls) if (!symbols.has(name)) symbols.set(name, { index: symbols.size + 1, target });
  const table = new DataView(new ArrayBuffer((symbols.size + 1) * symbolLength));
  for (const [name, { index, target }] of symbols) {
    const address = target === undefined ? 0 : textAddress + target * slotLength;
    writeSymbol(table, index, names.add(name), target === undefined ? globalSymbol : globalFunction, target === undefined ? 0 : 1, address);
  }
  const entries = new DataView(new ArrayBuffer(calls.length * relocationLength));
  calls.forEach(({ pc, name }, index) => {
    entries.setBigUint64(index * relocationLength, BigInt(textAddress + pc * slotLength), true);
    entries.setBigUint64(index * relocationLength + 8, (BigInt(symbols.get(name)!.index) << 32n) | callRelocation, true);
  });
  const symbolsIndex = sections.nextIndex();
  const symbolSection = sections.add(
    {
      name: ".dynsym",
      type: sectionType.dynamicSymbols,
      flags: allocated,
      bytes: bytesOf(table),
      link: symbolsIndex + 1,
      entryLength: symbolLength,
    },
    inPlace,
  );
  const nameSection = sections.add({ name: ".dynstr", type: sectionType.stringTable, flags: allocated, bytes: names.bytes() }, inPlace);
  const relocationSection = sections.add(
    { name: ".rel.dyn", type: relocations, flags: allocated, bytes: bytesOf(entries), link: symbolsIndex, entryLength: relocationLength },
    inPlace,
  );
  const tags: readonly (readonly [tag: number, value: number])[] = [
    [17, relocationSection.address],
    [18, relocationSection.bytes.length],
    [19, relocationLength],
    [6, symbolSection.address],
    [11, symbolLength],
    [5, nameSection.address],
    [10, nameSection.bytes.length],
    [0, 0],
  ];
  const dynamic = new DataView(new ArrayBuffer(tags.length * 16));
  tags.forEach(([tag, value], index) => {
    dynamic.setBigUint64(index * 16, BigInt(tag), true);
    dynamic.setBigUint64(index * 16 + 8, BigInt(value), true);
  });
  return sections.add(
    { name: ".dynamic", type: sectionType.dynamic, flags: allocated, bytes: bytesOf(dynamic), link: symbolsIndex + 1, entryLength: 16 },
    inPlace,
  );
}

/** `.symtab` and `.strtab`: what debuggers and register traces name functions by. */
function addFunctionSymbols(sections: Sections, functions: ElfSource["functions"], textIndex: number, textAddress: number): void {
  const names = createNameTable();
  const entries = [...(functions ?? [])];
  const table = new DataView(new ArrayBuffer((entries.length + 1) * symbolLength));
  entries.forEach(([name, pc], index) =>
    writeSymbol(table, index + 1, names.add(name), globalFunction, textIndex, textAddress + pc * slotLength),
  );
  const link = sections.nextIndex() + 1;
  sections.add({ name: ".symtab", type: sectionType.symbols, flags: 0, bytes: bytesOf(table), link, entryLength: symbolLength });
  sections.add({ name: ".strtab", type: sectionType.stringTable, flags: 0, bytes: names.bytes() });
}

function writeSymbol(table: DataView, index: number, name: number, info: number, section: number, address: number): void {
  const at = index * symbolLength;
  table.setUint32(at, name, true);
  table.setUint8(at + 4, info);
  table.setUint16(at + 6, section, true);
  table.setBigUint64(at + 8, BigInt(address), true);
}

function withAddresses(text: Uint8Array, references: NonNullable<ElfSource["dataReferences"]>, dataAddress: number): Uint8Array {
  const linked = text.slice();
  const view = textView(linked);
  for (const { pc, offset } of references) {
    const address = dataAddress + offset;
    view.setUint32(pc * slotLength + 4, address >>> 0, true);
    view.setUint32(pc * slotLength + slotLength + 4, Math.floor(address / regionSize), true);
  }
  return linked;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer);
}
