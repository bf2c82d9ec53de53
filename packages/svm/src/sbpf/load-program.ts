/** From the bytes of an ELF to a program that may run: the loaders of all versions, then the verifier. */
import { saturatingRange, elfBytes, programHeaderAt, segmentType, type ElfBytes, type ProgramHeader } from "./elf-bytes.ts";
import { parseDynamicTable } from "./dynamic-table.ts";
import { ElfFault, elfFault, type ElfError } from "./elf-error.ts";
import { bpfMachine, elfFlags, fileHeaderLength, fileHeaderOf, programHeaderLength } from "./elf-header.ts";
import type { Executable, SbpfVersion } from "./executable.ts";
import { createFunctionRegistry, type SyscallHashes } from "./function-table.ts";
import { slotLength } from "./instruction.ts";
import { fileRange, parseLenientElf, sectionBytes, validateLenientElf, type LenientElf } from "./lenient-elf.ts";
import { maxProgramLength, regionSize } from "./memory-layout.ts";
import { relocate } from "./relocate.ts";
import { verify, type VerifierError } from "./verify.ts";

export interface LoadOptions {
  /** Hashes of the syscalls that exist: internal functions must not collide with them. */
  readonly syscalls: SyscallHashes;
  /** The stricter rules of a deployment (`reject_broken_elfs`); off for programs that are there already. */
  readonly rejectBroken?: boolean;
  /** 3, as on mainnet, unless named. */
  readonly maxVersion?: SbpfVersion;
}

/** A refused ELF is a value: a name and the line that Agave logs. */
export type LoadResult =
  | { readonly kind: "loaded"; readonly executable: Executable }
  | { readonly kind: "invalid"; readonly error: ElfError | VerifierError };

/** Loads and verifies a program. Total: any bytes give a value. */
export function loadProgram(elf: Uint8Array, options: LoadOptions): LoadResult {
  try {
    const executable = loadElf(elf, options);
    const error = verify(executable.text, executable.version);
    return error === undefined ? { kind: "loaded", executable } : { kind: "invalid", error };
  } catch (error) {
    if (error instanceof ElfFault) return { kind: "invalid", error: error.error };
    throw error;
  }
}

function loadElf(bytes: Uint8Array, { syscalls, rejectBroken = false, maxVersion = 3 }: LoadOptions): Executable {
  // No account holds more, and engines reserve no more.
  if (bytes.length > maxProgramLength) throw elfFault("ValueOutOfBounds");
  const elf = elfBytes(bytes);
  const flags = elfFlags(elf);
  if (flags > maxVersion) throw elfFault("UnsupportedSBPFVersion");
  if (flags === 3) return loadStrict(elf);
  return loadLenient(elf, flags === 0 ? 0 : flags === 1 ? 1 : 2, syscalls, rejectBroken);
}

const region = BigInt(regionSize);
const slot = BigInt(slotLength);

function loadLenient(elf: ElfBytes, version: SbpfVersion, syscalls: SyscallHashes, rejectBroken: boolean): Executable {
  const parsed = parseLenientElf(elf);
  const table = parseDynamicTable(parsed);
  const text = validateLenientElf(parsed);
  const { address } = text;
  if ((rejectBroken && address !== text.offset) || address > region) throw elfFault("ValueOutOfBounds");
  const relocated = elfBytes(elf.bytes.slice());
  const { start: fileStart, end: fileEnd } = fileRange(text);
  const registry = createFunctionRegistry(Math.floor(Number(fileEnd - fileStart) / slotLength), syscalls);
  relocate(relocated, text, table, registry, { syscalls, rejectBroken });
  const entryOffset = parsed.header.entry - address;
  if (entryOffset % slot !== 0n) throw elfFault("InvalidEntrypoint");
  const entryPc = Number(entryOffset / slot);
  registry.forgetEntrypoint();
  registry.registerEntrypoint(entryPc);
  const readOnly = readOnlyRegion(parsed, relocated, rejectBroken);
  const start = Number(address);
  return {
    version,
    text: readOnly.subarray(start, start + Number(fileEnd - fileStart)),
    textAddress: regionSize + start,
    entryPc,
    readOnly,
    readOnlyAddress: regionSize,
    functions: registry.table,
  };
}

const readOnlySections = new Set([".text", ".rodata", ".data.rel.ro", ".eh_frame"]);

/** Read-only sections at their addresses; what lies between reads as zeros (`optimize_rodata` is off). */
function readOnlyRegion({ sections }: LenientElf, relocated: ElfBytes, rejectBroken: boolean): Uint8Array {
  let lowest: bigint | undefined;
  let highest = 0n;
  let filled = 0n;
  const parts: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  let hasMovedSection = false;
  for (const section of sections) {
    if (!readOnlySections.has(section.text)) continue;
    const { address, offset } = section;
    hasMovedSection ||= address !== offset;
    if ((rejectBroken && hasMovedSection) || address > region) throw elfFault("ValueOutOfBounds");
    const bytes = sectionBytes(relocated, section);
    const end = address + BigInt(bytes.length);
    if (lowest === undefined || address < lowest) lowest = address;
    if (end > highest) highest = end;
    filled += BigInt(bytes.length);
    if (bytes.length > 0) parts.push({ address: Number(address), bytes });
  }
  if (rejectBroken && (lowest ?? 0n) + filled > highest) throw elfFault("ValueOutOfBounds");
  if (highest > relocated.length) throw elfFault("ValueOutOfBounds");
  const readOnly = new Uint8Array(Number(highest));
  for (const { address, bytes } of parts) readOnly.set(bytes, address);
  return readOnly;
}

const readFlag = 4;
const executeFlag = 1;

/** SIMD-0189: a header, one or two program headers, their bytes; sections are not looked at. */
function loadStrict(elf: ElfBytes): Executable {
  const header = fileHeaderOf(elf);
  const tableEnd = fileHeaderLength + programHeaderLength * header.programHeaderCount;
  const isPlain =
    header.isElf64LittleEndian &&
    header.osAbi === 0 &&
    header.hasPlainIdentification &&
    header.machine === bpfMachine &&
    header.version === 1 &&
    header.programHeadersOffset === BigInt(fileHeaderLength) &&
    header.headerLength === fileHeaderLength &&
    header.programHeaderLength === programHeaderLength &&
    header.programHeaderCount > 0 &&
    tableEnd <= elf.bytes.length;
  if (!isPlain) throw invalidHeader();
  const first = programHeaderAt(elf, fileHeaderLength);
  const hasReadOnly = first.flags === readFlag;
  if (hasReadOnly && header.programHeaderCount < 2) throw invalidHeader();
  let offset = BigInt(tableEnd);
  if (hasReadOnly) offset = checkStrictSegment(elf, first, offset, readFlag, 0n);
  const code = hasReadOnly ? programHeaderAt(elf, fileHeaderLength + programHeaderLength) : first;
  checkStrictSegment(elf, code, offset, executeFlag, region);
  const { entry } = header;
  const codeRange = saturatingRange(code.address, code.memorySize);
  if (entry + slot - 1n < codeRange.start || entry + slot - 1n >= codeRange.end || entry % slot !== 0n) throw invalidHeader();
  return {
    version: 3,
    text: segmentBytes(elf, code),
    textAddress: regionSize,
    entryPc: entry < code.address ? 0 : Number((entry - code.address) / slot),
    readOnly: hasReadOnly ? segmentBytes(elf, first) : new Uint8Array(0),
    readOnlyAddress: 0,
    functions: new Map(),
  };
}

/** Gives the offset at which the next segment must begin. */
function checkStrictSegment(elf: ElfBytes, segment: ProgramHeader, offset: bigint, flags: number, address: bigint): bigint {
  const isValid =
    segment.type === segmentType.load &&
    segment.flags === flags &&
    segment.offset === offset &&
    segment.offset < elf.length &&
    segment.offset % slot === 0n &&
    segment.address === address &&
    segment.physicalAddress === address &&
    segment.fileSize === segment.memorySize &&
    segment.fileSize <= elf.length - segment.offset &&
    segment.fileSize % slot === 0n &&
    segment.memorySize < region;
  if (!isValid) throw elfFault("InvalidProgramHeader");
  return offset + segment.fileSize;
}

function segmentBytes({ bytes }: ElfBytes, { offset, fileSize }: ProgramHeader): Uint8Array {
  return bytes.slice(Number(offset), Number(offset + fileSize));
}

function invalidHeader(): ElfFault {
  return elfFault("FailedToParse", "invalid file header");
}
