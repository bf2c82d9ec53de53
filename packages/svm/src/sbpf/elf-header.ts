/** The first 64 bytes of an ELF. */
import type { ElfBytes } from "./elf-bytes.ts";
import { elfFault } from "./elf-error.ts";

export const fileHeaderLength = 64;
export const programHeaderLength = 56;
export const sectionHeaderLength = 64;

export const bpfMachine = 247;
export const sbpfMachine = 263;
export const sharedObjectType = 3;

const flagsOffset = 48;

export interface FileHeader {
  /** Bytes 0 to 6: magic, class, data, version. */
  readonly isElf64LittleEndian: boolean;
  readonly osAbi: number;
  /** Whether ABI version and padding are 0. */
  readonly hasPlainIdentification: boolean;
  readonly type: number;
  readonly machine: number;
  readonly version: number;
  readonly entry: bigint;
  readonly programHeadersOffset: bigint;
  readonly sectionHeadersOffset: bigint;
  readonly headerLength: number;
  readonly programHeaderLength: number;
  readonly programHeaderCount: number;
  readonly sectionHeaderLength: number;
  readonly sectionHeaderCount: number;
  readonly sectionNamesIndex: number;
}

const identification = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1];

/** @throws ElfFault `ValueOutOfBounds` for less than 64 bytes */
export function fileHeaderOf({ bytes, view }: ElfBytes): FileHeader {
  if (bytes.length < fileHeaderLength) throw elfFault("ValueOutOfBounds");
  return {
    isElf64LittleEndian: identification.every((byte, index) => bytes[index] === byte),
    osAbi: bytes[7]!,
    hasPlainIdentification: bytes.subarray(8, 16).every((byte) => byte === 0),
    type: view.getUint16(16, true),
    machine: view.getUint16(18, true),
    version: view.getUint32(20, true),
    entry: view.getBigUint64(24, true),
    programHeadersOffset: view.getBigUint64(32, true),
    sectionHeadersOffset: view.getBigUint64(40, true),
    headerLength: view.getUint16(52, true),
    programHeaderLength: view.getUint16(54, true),
    programHeaderCount: view.getUint16(56, true),
    sectionHeaderLength: view.getUint16(58, true),
    sectionHeaderCount: view.getUint16(60, true),
    sectionNamesIndex: view.getUint16(62, true),
  };
}

/** `e_flags`, which names the sBPF version. @throws ElfFault `ValueOutOfBounds` */
export function elfFlags({ bytes, view }: ElfBytes): number {
  if (bytes.length < flagsOffset + 4) throw elfFault("ValueOutOfBounds");
  return view.getUint32(flagsOffset, true);
}
