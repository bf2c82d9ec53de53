/** Random programs that the verifier accepts: what two engines, or an engine and an oracle, are compared on. */
import type { ElfSource } from "../asm/elf-source.ts";
import type { SbpfVersion } from "../sbpf/executable.ts";
import { encodeInstructions, type Instruction } from "../sbpf/instruction.ts";
import { heapAddress, inputAddress, regionSize, stackAddress } from "../sbpf/memory-layout.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { addImmediate, callImmediate, opcodesOf, type InstructionForm } from "../sbpf/opcodes.ts";

/** Numbers that depend on the seed only. */
export interface Random {
  /** From 0 to `limit`, `limit` excluded. */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
}

/** xorshift32. */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  for (let round = 0; round < 8; round++) below(2);
  return { below, pick: (values) => values[below(values.length)]! };
}

const plain = { dst: 0, src: 0, offset: 0, immediate: 0 } as const;
const immediates = [0, 1, -1, 2, 8, 31, 32, 63, 255, 256, 0x7fff, -0x8000, 0x7fff_ffff, -0x8000_0000, 0x1234_5678];
const offsets = [0, -8, -1, -4, 1, 7, 8, 16, -16, 100, 4096, -4096, -4100, 0x7fff, -0x8000];
const addresses = [stackAddress, stackAddress + 0x1000, heapAddress, heapAddress + 32_760, inputAddress, regionSize, 0];
const framePointer = 10;

/**
 * A program of about `length` random instructions. In V0 to V2 calls of `sol_log_64_` show its registers at the end; it may
 * as well fault, or loop.
 */
export function randomProgram(version: SbpfVersion, random: Random, length: number): ElfSource {
  const opcodes = opcodesOf(version);
  const forms = new Map<InstructionForm, number[]>();
  opcodes.forEach((opcode, number) => {
    if (opcode !== undefined) forms.set(opcode.form, [...(forms.get(opcode.form) ?? []), number]);
  });
  const body: Instruction[] = [];
  const emit = (opcode: number, fields: Partial<Instruction> = {}) => void body.push({ ...plain, ...fields, opcode });
  const syscalls: { pc: number; name: string }[] = [];
  const log = () => {
    if (version !== 3) syscalls.push({ pc: body.length, name: "sol_log_64_" });
    emit(callImmediate, { immediate: version === 3 ? murmur3("sol_log_64_") | 0 : -1 });
  };
  const numberOf = (name: string, form: InstructionForm) => opcodes.findIndex((opcode) => opcode?.name === name && opcode.form === form);
  const move = (dst: number, src: number) => emit(numberOf("mov64", "register"), { dst, src });
  const loadAddress = (dst: number, address: number) => {
    const immediate = address >>> 0 > 0x7fff_ffff ? (address >>> 0) - regionSize : address >>> 0;
    const high = Math.floor(address / regionSize);
    if (version === 2) {
      emit(numberOf("mov32", "immediate"), { dst, immediate });
      emit(numberOf("hor64", "immediate"), { dst, immediate: high });
    } else {
      emit(numberOf("lddw", "wide"), { dst, immediate });
      emit(0, { immediate: high });
    }
  };
  /** Mostly in the frame, else at an address that is loaded first, sometimes wherever a register points. */
  const memoryBase = (register: number): { readonly register: number; readonly offset: number } => {
    const kind = random.below(20);
    if (kind < 13) return { register: framePointer, offset: -8 * (1 + random.below(32)) - random.below(2) * random.below(8) };
    if (kind === 19) return { register, offset: random.pick(offsets) };
    if (register === framePointer) return { register, offset: -8 };
    loadAddress(register, random.pick([stackAddress, heapAddress, heapAddress, inputAddress]) + 8 * random.below(4));
    return { register, offset: kind === 18 ? random.pick(offsets) : random.below(16) };
  };
  // V1 and V2 make their own frames: leave some of the stack above.
  if (version === 1 || version === 2) emit(addImmediate, { dst: framePointer, immediate: -4096 });
  for (let dst = 0; dst < framePointer; dst++) {
    if (random.below(2) === 0) loadAddress(dst, random.pick(addresses) + 8 * random.below(16));
    else emit(numberOf("mov64", "immediate"), { dst, immediate: random.pick(immediates) });
  }
  const start = body.length;
  const kinds: readonly InstructionForm[] = [
    "immediate",
    "immediate",
    "register",
    "register",
    "register",
    "unary",
    "endian",
    "load",
    "load",
    "storeImmediate",
    "storeRegister",
    "storeRegister",
    "jump",
    "jumpImmediate",
    "jumpRegister",
    "call",
    "callRegister",
    "exit",
    "wide",
  ];
  const jumps: number[] = [];
  while (body.length < start + length) {
    const form = random.pick(kinds);
    const numbers = forms.get(form);
    if (numbers === undefined) continue;
    // Programs that end or leave at once show little.
    if ((form === "exit" || form === "callRegister") && random.below(4) !== 0) continue;
    const opcode = random.pick(numbers);
    const { rule } = opcodes[opcode]!;
    const dst = random.below(10);
    const src = form === "register" || form === "load" || form === "storeRegister" || form === "jumpRegister" ? random.below(11) : 0;
    let immediate = random.pick(immediates);
    if (rule === "nonzero" && immediate === 0) immediate = 3;
    if (rule === "shift32") immediate = random.below(32);
    if (rule === "shift64") immediate = random.below(64);
    if (rule === "width") immediate = random.pick([16, 32, 64]);
    if (form === "load" || form === "storeImmediate" || form === "storeRegister") {
      const base = memoryBase(form === "load" ? src : dst);
      const fields = form === "load" ? { dst, src: base.register } : { dst: base.register, src: form === "storeRegister" ? src : 0 };
      emit(opcode, { ...fields, offset: base.offset, immediate: form === "storeImmediate" ? immediate : 0 });
    } else if (form === "jump" || form === "jumpImmediate" || form === "jumpRegister" || form === "call") {
      jumps.push(body.length);
      emit(opcode, {
        dst: form.startsWith("jump") && form !== "jump" ? dst : 0,
        src: form === "call" && version === 3 ? 1 : src,
        immediate: form === "jumpImmediate" ? immediate : 0,
      });
    } else if (form === "callRegister") {
      loadAddress(dst, regionSize + 8 * random.below(start + length));
      emit(opcode, version === 3 ? { dst } : version === 2 ? { src: dst } : { immediate: dst });
    } else if (form === "wide") {
      loadAddress(dst, random.pick(addresses) + random.below(64));
    } else {
      emit(opcode, { dst: form === "exit" ? 0 : dst, src, immediate: form === "immediate" || form === "endian" ? immediate : 0 });
    }
  }
  const end = body.length;
  log();
  move(5, 0);
  for (let register = 1; register < 5; register++) move(register, register + 5);
  log();
  emit(numberOf("mov64", "immediate"), { dst: 0, immediate: 0 });
  emit(0x95);
  // Targets are known now: a slot that begins an instruction, mostly further on.
  const targets = body.flatMap(({ opcode }, pc) => (opcode === 0 || pc < start || pc > end ? [] : [pc]));
  for (const pc of jumps) {
    const later = targets.filter((target) => target > pc && target <= pc + 12);
    const target = random.below(6) === 0 || later.length === 0 ? random.pick(targets) : random.pick(later);
    const slot = body[pc]!;
    const distance = target - pc - 1;
    body[pc] = slot.opcode === callImmediate ? { ...slot, immediate: distance } : { ...slot, offset: distance };
  }
  return { version, text: encodeInstructions(body), syscalls };
}
