/** Damages a module as data: what comes out can mostly be decoded, and is sometimes valid. */
import { copyInstructions, createInstructionBuffer, pushInstruction, streamFromBuffer } from "../binary/instruction-buffer.ts";
import { immediate, opcodeInfo, opcodeTable, valueType } from "../binary/opcodes.ts";
import { exportKinds, type FunctionBody, type WasmModule } from "../binary/wasm-module.ts";
import type { Random } from "./random.ts";

const types = Object.values(valueType);
const blockTypes = [-64, -1, -2, -3, -4, 0, 1, 2];

/** A copy with one to three changes: mostly of instructions, sometimes of what surrounds them. */
export function mutateModule(module: WasmModule, random: Random): WasmModule {
  let mutant = module;
  for (let left = 1 + random.below(3); left > 0; left--) {
    mutant = random.below(5) > 0 ? mutateBody(mutant, random) : mutateSection(mutant, random);
  }
  return mutant;
}

function mutateBody(module: WasmModule, random: Random): WasmModule {
  const { code } = module;
  const target = random.below(module.bodies.length);
  const buffer = createInstructionBuffer(code.opcodes.length + 4);
  const bodies = module.bodies.map((body, index): FunctionBody => {
    const start = buffer.length;
    if (index === target) {
      const at = body.start + random.below(body.end - body.start);
      copyInstructions(buffer, code, body.start, at);
      const skipped = mutateInstruction(module, buffer, at, body.end, random);
      copyInstructions(buffer, code, Math.min(body.end, at + skipped), body.end);
    } else copyInstructions(buffer, code, body.start, body.end);
    return {
      locals: index === target && random.below(8) === 0 ? mutateTypes(body.locals, random) : body.locals,
      start,
      end: buffer.length,
    };
  });
  return { ...module, bodies, code: streamFromBuffer(buffer, code.targets) };
}

/** Writes something in place of the instruction at `at`; answers how many it stands for. */
function mutateInstruction(
  module: WasmModule,
  buffer: ReturnType<typeof createInstructionBuffer>,
  at: number,
  end: number,
  random: Random,
): number {
  const { code } = module;
  const opcode = code.opcodes[at] ?? 0;
  const first = code.first[at] ?? 0;
  const second = code.second[at] ?? 0;
  switch (random.below(7)) {
    // Another opcode with immediates of the same kind, and of the same types where there is one.
    case 0:
    case 1: {
      const info = opcodeInfo(opcode);
      const alike = opcodeTable.filter(({ immediates }) => immediates === info?.immediates);
      const twins = alike.filter(({ signature }) => JSON.stringify(signature) === JSON.stringify(info?.signature));
      pushInstruction(buffer, random.pick(random.below(3) > 0 ? twins : alike).code, first, second);
      return 1;
    }
    case 2:
      pushInstruction(buffer, opcode, ...mutateImmediates(module, opcode, first, second, random));
      return 1;
    case 3:
      pushInstruction(buffer, opcode, first, second);
      pushInstruction(buffer, opcode, first, second);
      return 1;
    case 4: {
      const { code: put, immediates } = random.pick(opcodeTable);
      if (immediates !== immediate.labels) pushInstruction(buffer, put, ...mutateImmediates(module, put, random.below(4), 0, random));
      return random.below(2);
    }
    case 5:
      return 1;
    default: {
      const from = random.below(end);
      copyInstructions(buffer, code, from, Math.min(end, from + 1 + random.below(4)));
      return random.below(2);
    }
  }
}

function mutateImmediates(module: WasmModule, opcode: number, first: number, second: number, random: Random): [number, number] {
  switch (opcodeInfo(opcode)?.immediates ?? immediate.none) {
    case immediate.none:
    case immediate.memory:
    case immediate.memories:
      return [0, 0];
    case immediate.block:
      return [random.pick(blockTypes), 0];
    case immediate.memoryArgument:
      return [random.below(5), random.pick([0, 1, -1, second])];
    case immediate.i32:
    case immediate.f32:
      return [random.pick([0, 1, -1, 63, 64, -64, -65, 0x7fff_ffff, -0x8000_0000, first ^ 1]), 0];
    case immediate.i64:
    case immediate.f64:
      return [random.pick([0, 1, -1, -0x8000_0000, first]), random.pick([0, -1, 0x7fff_ffff, -0x8000_0000, second])];
    case immediate.labels:
      return [first, Math.max(0, second - random.below(2))];
    case immediate.index:
    case immediate.signature:
    case immediate.label:
    default:
      return [random.pick([0, 1, 2, 3, module.imports.length, Math.abs(first) + 1, Math.max(0, first - 1)]), 0];
  }
}

function mutateSection(module: WasmModule, random: Random): WasmModule {
  const edge = (): number => random.pick([0, 1, 2, 3, 16, 0xffff, 0x1_0000, 0x1_0001, 0xffff_ffff]);
  switch (random.below(9)) {
    case 0:
      return {
        ...module,
        types: mutateOne(module.types, random, (type) => ({
          params: random.below(2) === 0 ? mutateTypes(type.params, random) : type.params,
          results: random.below(2) === 0 ? mutateTypes(type.results, random) : type.results,
        })),
      };
    case 1:
      return {
        ...module,
        functions: module.functions.map((type) =>
          random.below(module.functions.length) === 0 ? random.below(module.types.length + 1) : type,
        ),
      };
    case 2:
      return { ...module, memory: random.below(4) === 0 ? undefined : { min: edge(), max: random.below(2) === 0 ? undefined : edge() } };
    case 3:
      return {
        ...module,
        table: random.below(4) === 0 ? undefined : { min: random.below(5), max: random.below(2) === 0 ? undefined : random.below(5) },
      };
    case 4:
      return {
        ...module,
        globals: mutateOne(module.globals, random, (global) => {
          const type = random.pick(types);
          const bits = type === valueType.i32 || type === valueType.f32 ? global.bits & 0xffff_ffffn : global.bits;
          return { type, mutable: random.below(2) === 0, bits };
        }),
      };
    case 5:
      return {
        ...module,
        exports: [
          ...module.exports,
          { name: random.pick(["new", "memory", "sum", "a__stylus"]), kind: random.pick(exportKinds), index: random.below(4) },
        ],
      };
    case 6:
      return { ...module, start: random.below(module.functions.length + module.imports.length + 1) };
    case 7:
      return { ...module, data: mutateOne(module.data, random, (segment) => ({ ...segment, mode: "active", offset: edge() })) };
    default:
      return {
        ...module,
        elements: mutateOne(module.elements, random, ({ functions }) => ({
          mode: random.pick(["active", "passive", "declared"] as const),
          offset: 0,
          functions: functions.map((index) => (random.below(4) === 0 ? index + 1 : index)),
        })).map((segment) => (segment.mode === "active" ? { ...segment, offset: random.below(4) } : segment)),
      };
  }
}

function mutateOne<T>(items: readonly T[], random: Random, mutate: (item: T) => T): T[] {
  const target = random.below(items.length);
  return items.map((item, index) => (index === target ? mutate(item) : item));
}

function mutateTypes(list: Uint8Array, random: Random): Uint8Array {
  const other = random.below(3);
  if (other === 0) return Uint8Array.of(...list, random.pick(types));
  if (other === 1) return list.slice(1);
  return list.map((type) => (random.below(2) === 0 ? random.pick(types) : type));
}
