/** Random programs with the shapes that compilers have trouble with: loops with several entries, calls, callx into the middle, accesses at borders. */
import type { ElfSource } from "../asm/elf-source.ts";
import type { SbpfVersion } from "../sbpf/executable.ts";
import { encodeInstructions, type Instruction } from "../sbpf/instruction.ts";
import { heapAddress, inputAddress, regionSize, stackAddress } from "../sbpf/memory-layout.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { callImmediate, callRegister, exit, opcodesOf, type InstructionForm } from "../sbpf/opcodes.ts";
import type { Random } from "./random-program.ts";

const framePointer = 10;
const plain = { dst: 0, src: 0, offset: 0, immediate: 0 } as const;
const immediates = [0, 1, -1, 2, 3, 7, 8, 31, 32, 63, 255, 4096, 0x7fff_ffff, -0x8000_0000, 0x1234_5678];
const syscallNames = ["sol_log_64_", "sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"] as const;
/** Length of the input region that these programs are run with. */
export const structuredInputLength = 200;
const borders = [
  stackAddress,
  stackAddress + 0x1000,
  stackAddress + 0x2000,
  stackAddress + 0x4_0000,
  stackAddress + 0x8_0000,
  heapAddress,
  heapAddress + 4096,
  heapAddress + 32_768,
  inputAddress,
  inputAddress + structuredInputLength,
  regionSize,
  0,
];

/** A program of a few functions. It may fault, and it may loop without end. */
export function structuredProgram(version: SbpfVersion, random: Random): ElfSource {
  const opcodes = opcodesOf(version);
  const forms = new Map<InstructionForm, number[]>();
  opcodes.forEach((opcode, number) => {
    if (opcode !== undefined) forms.set(opcode.form, [...(forms.get(opcode.form) ?? []), number]);
  });
  const numberOf = (name: string, form: InstructionForm) => opcodes.findIndex((opcode) => opcode?.name === name && opcode.form === form);
  const body: Instruction[] = [];
  const syscalls: { pc: number; name: string }[] = [];
  const jumps: { readonly pc: number; readonly label: number }[] = [];
  const addresses: { readonly pc: number; readonly label: number }[] = [];
  const labels: number[] = [];
  const functionCount = 2 + random.below(4);
  const functionLabels = Array.from({ length: functionCount }, () => newLabel());

  function newLabel(): number {
    labels.push(-1);
    return labels.length - 1;
  }
  const place = (label: number) => void (labels[label] = body.length);
  const emit = (opcode: number, fields: Partial<Instruction> = {}) => void body.push({ ...plain, ...fields, opcode });
  const setImmediate = (dst: number, immediate: number) => emit(numberOf("mov64", "immediate"), { dst, immediate });
  const loadAddress = (dst: number, address: number) => {
    const immediate = (address % regionSize) | 0;
    const high = Math.floor(address / regionSize);
    if (version === 2) {
      emit(numberOf("mov32", "immediate"), { dst, immediate });
      emit(numberOf("hor64", "immediate"), { dst, immediate: high });
    } else {
      emit(numberOf("lddw", "wide"), { dst, immediate });
      emit(0, { immediate: high });
    }
  };
  const jump = (opcode: number, label: number, fields: Partial<Instruction> = {}) => {
    jumps.push({ pc: body.length, label });
    emit(opcode, fields);
  };
  const branch = (label: number) => {
    const form = random.pick(["jumpImmediate", "jumpRegister"] as const);
    const operand = form === "jumpImmediate" ? { immediate: random.pick(immediates) } : { src: random.below(10) };
    jump(random.pick(forms.get(form)!), label, { dst: random.below(10), ...operand });
  };
  const anyLabel = () => random.below(labels.length);

  const arithmetic = () => {
    const form = random.pick(["immediate", "immediate", "register", "register", "register", "unary", "endian"] as const);
    const numbers = forms.get(form);
    if (numbers === undefined) return;
    const opcode = random.pick(numbers);
    let immediate = random.pick(immediates);
    const rule = opcodes[opcode]!.rule;
    if (rule === "nonzero" && immediate === 0) immediate = -1;
    if (rule === "shift32") immediate = random.below(32);
    if (rule === "shift64") immediate = random.below(64);
    if (rule === "width") immediate = random.pick([16, 32, 64]);
    const usesImmediate = form === "immediate" || form === "endian";
    emit(opcode, { dst: random.below(10), src: form === "register" ? random.below(11) : 0, immediate: usesImmediate ? immediate : 0 });
  };
  const memory = () => {
    const form = random.pick(["load", "load", "storeImmediate", "storeRegister", "storeRegister"] as const);
    const opcode = random.pick(forms.get(form)!);
    const value = random.below(10);
    const kind = random.below(24);
    let base: number = framePointer;
    let offset = -8 * (1 + random.below(20)) + (random.below(4) === 0 ? random.below(9) - 4 : 0);
    if (kind === 0) offset = random.pick([-4096, -4095, -4104, -1, -7, 0, 8, 0x1000]);
    else if (kind < 10) {
      base = random.below(10);
      if (random.below(3) === 0) {
        emit(numberOf("mov64", "register"), { dst: base, src: framePointer });
        emit(numberOf("add64", "immediate"), { dst: base, immediate: random.pick([-8, -64, -4096, -16, 0, 4096, 8192, -8192]) });
        offset = random.pick([0, -8, -4, 8, -1]);
      } else {
        const isInside = random.below(12) !== 0;
        loadAddress(
          base,
          random.pick(isInside ? [stackAddress, heapAddress, heapAddress + 8000, inputAddress] : borders) +
            8 * random.below(isInside ? 16 : 1),
        );
        offset = isInside ? random.below(64) : random.pick([-8, -4, -1, 0, 1, -7]);
      }
    }
    if (form === "load") emit(opcode, { dst: value, src: base, offset });
    else emit(opcode, { dst: base, offset, ...(form === "storeRegister" ? { src: value } : { immediate: random.pick(immediates) }) });
  };
  const syscall = () => {
    const name = random.pick(syscallNames);
    if (name !== "sol_log_64_") {
      const place = () =>
        random.pick(random.below(10) === 0 ? borders : [stackAddress, stackAddress + 0x80, heapAddress, heapAddress + 64, inputAddress]);
      loadAddress(1, place() + 8 * random.below(4));
      if (name === "sol_memset_") setImmediate(2, random.pick(immediates));
      else loadAddress(2, place() + random.below(9));
      setImmediate(3, random.pick([0, 1, 4, 8, 31, 32, 100, 300, 5000]));
      if (name === "sol_memcmp_") loadAddress(4, place() + random.pick([0, 0, 0, 2]));
    }
    if (version !== 3) syscalls.push({ pc: body.length, name });
    emit(callImmediate, { immediate: version === 3 ? murmur3(name) | 0 : -1 });
  };
  const call = () => {
    if (random.below(3) !== 0) return jump(callImmediate, random.pick(functionLabels), version === 3 ? { src: 1 } : {});
    const register = random.below(10);
    addresses.push({ pc: body.length, label: random.below(3) === 0 ? anyLabel() : random.pick(functionLabels) });
    loadAddress(register, regionSize);
    if (random.below(12) === 0)
      emit(numberOf("add64", "immediate"), { dst: register, immediate: random.pick([8, 16, 4, -8, 0x7fff_ffff]) });
    emit(callRegister, version === 3 ? { dst: register } : version === 2 ? { src: register } : { immediate: register });
  };
  const loop = (depth: number) => {
    const [head, end, middle] = [newLabel(), newLabel(), newLabel()];
    const counter = 6 + random.below(4);
    setImmediate(counter, 1 + random.below(4));
    if (random.below(4) === 0) branch(middle);
    place(head);
    statements(depth + 1, 1 + random.below(3));
    place(middle);
    statements(depth + 1, random.below(3));
    if (random.below(3) === 0) branch(end);
    emit(numberOf("add64", "immediate"), { dst: counter, immediate: -1 });
    jump(numberOf("jsgt", "jumpImmediate"), head, { dst: counter, immediate: 0 });
    place(end);
  };
  const choice = (depth: number) => {
    const [other, end] = [newLabel(), newLabel()];
    branch(other);
    statements(depth + 1, 1 + random.below(3));
    if (random.below(2) === 0) jump(0x05, end);
    place(other);
    statements(depth + 1, random.below(3));
    place(end);
  };
  function statements(depth: number, count: number): void {
    for (let index = 0; index < count; index++) {
      const kind = random.below(40);
      if (kind < 14) arithmetic();
      else if (kind < 24) memory();
      else if (kind < 28 && depth < 4) loop(depth);
      else if (kind < 33 && depth < 5) choice(depth);
      else if (kind < 36) call();
      else if (kind < 38) syscall();
      else if (kind === 38 && random.below(3) === 0) emit(exit);
      else if (kind === 39 && random.below(3) === 0) branch(anyLabel());
    }
  }

  functionLabels.forEach((label, index) => {
    place(label);
    if (version === 1 || version === 2) emit(numberOf("add64", "immediate"), { dst: framePointer, immediate: -64 * (3 + random.below(3)) });
    if (index === 0) for (let dst = 0; dst < framePointer; dst++) setImmediate(dst, random.pick(immediates));
    statements(0, 2 + random.below(8));
    // Some functions go on in the next one.
    if (random.below(8) !== 0 || index === functionCount - 1) emit(exit);
  });
  for (const { pc, label } of jumps) {
    const distance = labels[label]! - pc - 1;
    const slot = body[pc]!;
    body[pc] = slot.opcode === callImmediate ? { ...slot, immediate: distance } : { ...slot, offset: distance };
  }
  const textStart = version === 3 ? 0 : firstTextOffset;
  for (const { pc, label } of addresses) body[pc] = { ...body[pc]!, immediate: textStart + 8 * labels[label]! };
  return { version, text: encodeInstructions(body), syscalls };
}

/** Where the ELF writer puts the text of V0 to V2 in the file, and so in the guest: after the file header. */
const firstTextOffset = 0x40;
