/** Relocation of ELFs of V0 to V2: calls become hashes, addresses move into the program region (elf.rs, `relocate`). */
import { contains, decodeName, saturatingRange, slice, type ElfBytes } from "./elf-bytes.ts";
import type { DynamicSymbol, DynamicTable, Relocation } from "./dynamic-table.ts";
import { elfFault } from "./elf-error.ts";
import type { FunctionRegistry, SyscallHashes } from "./function-table.ts";
import { textView, slotLength } from "./instruction.ts";
import { fileRange, type NamedSection } from "./lenient-elf.ts";
import { regionSize } from "./memory-layout.ts";
import { murmur3 } from "./murmur3.ts";
import { callImmediate } from "./opcodes.ts";

export interface RelocationRules {
  readonly syscalls: SyscallHashes;
  /** Whether a call of an unknown syscall is refused: at deployment, not for programs that are there already. */
  readonly rejectBroken: boolean;
}

const region = BigInt(regionSize);
const immediateOffset = 4n;
const entrypointName = "entrypoint";
const relocationType = { address: 1, relative: 8, call: 10 } as const;

/** Relocates `target`, a copy of the file. @throws ElfFault */
export function relocate(
  target: ElfBytes,
  text: NamedSection,
  table: DynamicTable,
  registry: FunctionRegistry,
  rules: RelocationRules,
): void {
  relocateRelativeCalls(slice(target, fileRange(text)), registry);
  const hashes = new Map<number, number>();
  for (let index = 0; index < table.relocationCount; index++) {
    const relocation = table.relocation(index);
    switch (relocation.type) {
      case relocationType.address:
        relocateAddress(target, relocation, table);
        break;
      case relocationType.relative:
        if (contains(fileRange(text), relocation.offset)) relocateWide(target, relocation.offset);
        else relocateData(target, relocation.offset);
        break;
      case relocationType.call: {
        const symbol = table.symbol(relocation.symbol);
        const name = table.symbolName(symbol.name);
        const isInternal = symbol.isFunction && symbol.value !== 0n;
        const key = isInternal
          ? registerFunction(registry, symbolPc(text, symbol), name)
          : syscallHash(symbol, name, relocation, hashes, rules);
        writeU32(target, relocation.offset + immediateOffset, key);
        break;
      }
      default:
        throw elfFault("UnknownRelocation", relocation.type);
    }
  }
}

/** `call` with the distance to an internal function, unless the immediate is the -1 that a relocation fills in. */
function relocateRelativeCalls(text: Uint8Array, registry: FunctionRegistry): void {
  const view = textView(text);
  const slots = Math.floor(text.length / slotLength);
  for (let pc = 0; pc < slots; pc++) {
    const at = pc * slotLength;
    if (text[at] !== callImmediate) continue;
    const distance = view.getInt32(at + 4, true);
    if (distance === -1) continue;
    const target = pc + 1 + distance;
    if (target < 0 || target >= slots) throw elfFault("RelativeJumpOutOfBounds", pc);
    view.setUint32(at + 4, registry.register(target), true);
  }
}

/** R_BPF_64_64: the address of a symbol, plus what stands in the instruction. */
function relocateAddress(target: ElfBytes, { offset, symbol }: Relocation, table: DynamicTable): void {
  const low = offset + immediateOffset;
  const addend = readU32(target, low);
  const address = intoRegion(saturatingRange(table.symbol(symbol).value, BigInt(addend)).end);
  writeU32(target, low, Number(address & 0xffff_ffffn));
  writeU32(target, low + BigInt(slotLength), Number(address >> 32n));
}

/** R_BPF_64_RELATIVE of a `lddw`: both halves of an address. */
function relocateWide(target: ElfBytes, offset: bigint): void {
  const low = offset + immediateOffset;
  const high = low + BigInt(slotLength);
  const address = BigInt(readU32(target, low)) | (BigInt(readU32(target, high)) << 32n);
  if (address === 0n) throw elfFault("InvalidVirtualAddress", address);
  const moved = intoRegion(address);
  writeU32(target, low, Number(moved & 0xffff_ffffn));
  writeU32(target, high, Number(moved >> 32n));
}

/** R_BPF_64_RELATIVE of data: old linkers wrote the low half of an address into the high half of its field. */
function relocateData(target: ElfBytes, offset: bigint): void {
  const address = region + BigInt(readU32(target, offset + immediateOffset));
  writeU32(target, offset, Number(address & 0xffff_ffffn));
  writeU32(target, offset + immediateOffset, Number(address >> 32n));
}

function registerFunction(registry: FunctionRegistry, pc: number, name: Uint8Array): number {
  return decodeName(name) === entrypointName ? registry.registerEntrypoint(pc) : registry.register(pc);
}

function symbolPc(text: NamedSection, { value }: DynamicSymbol): number {
  if (!contains(saturatingRange(text.address, text.size), value)) throw elfFault("ValueOutOfBounds");
  return Number((value - text.address) / BigInt(slotLength));
}

function syscallHash(
  symbol: DynamicSymbol,
  name: Uint8Array,
  { offset }: Relocation,
  hashes: Map<number, number>,
  { syscalls, rejectBroken }: RelocationRules,
): number {
  let hash = hashes.get(symbol.name);
  if (hash === undefined) hashes.set(symbol.name, (hash = murmur3(name)));
  if (rejectBroken && !syscalls.has(hash)) throw elfFault("UnresolvedSymbol", decodeName(name), offset / BigInt(slotLength), offset);
  return hash;
}

/** Linkers that put a program at 0 mean the start of its region. */
function intoRegion(address: bigint): bigint {
  return address < region ? address + region : address;
}

function readU32(elf: ElfBytes, at: bigint): number {
  if (at + 4n > elf.length) throw elfFault("ValueOutOfBounds");
  return elf.view.getUint32(Number(at), true);
}

function writeU32(elf: ElfBytes, at: bigint, value: number): void {
  if (at + 4n > elf.length) throw elfFault("ValueOutOfBounds");
  elf.view.setUint32(Number(at), value, true);
}
