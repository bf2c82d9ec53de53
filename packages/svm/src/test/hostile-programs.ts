/** Programs that nobody would write: what costs the most to load, to translate and to run, at any length. */
import type { ElfSource } from "../asm/elf-source.ts";
import { callImmediate, wideTail } from "../sbpf/opcodes.ts";
import { encodeInstructions, type Instruction } from "../sbpf/instruction.ts";
import { createRandom, type Random } from "./random-program.ts";

const plain = { dst: 0, src: 0, offset: 0, immediate: 0 } as const;
const opcode = { lddw: 0x18, addImmediate: 0x07, jump: 0x05, jumpEqual: 0x15, jumpGreater: 0x25, callRegister: 0x8d, exit: 0x95 } as const;
/** Furthest jump, in slots, that an instruction can name. */
const furthest = 0x7fff;
const ending = 2;

type Fill = (slots: number, random: Random) => Instruction[];

function instruction(number: number, fields: Partial<Instruction> = {}): Instruction {
  return { ...plain, ...fields, opcode: number };
}

/** Jumps to anywhere within `reach`, mostly conditional ones that are or are not taken. */
function jumps(reach: number, density: number): Fill {
  return (slots, random) =>
    Array.from({ length: slots }, (_, pc) => {
      if (random.below(density) !== 0) return instruction(opcode.addImmediate, { dst: random.below(10), immediate: random.below(100) });
      const least = Math.max(0, pc - reach);
      const most = Math.min(slots, pc + reach);
      const offset = least + random.below(most - least + 1) - pc - 1;
      const kind = random.pick([opcode.jump, opcode.jumpEqual, opcode.jumpGreater, opcode.jumpGreater]);
      return instruction(kind, {
        dst: kind === opcode.jump ? 0 : random.below(10),
        offset,
        immediate: kind === opcode.jump ? 0 : random.below(3),
      });
    });
}

/** Functions of `length` slots, each filled by itself: few enough functions to be translated. The first slots call them all. */
function functionsOf(length: number, fill: Fill): Fill {
  return (slots, random) => {
    const count = Math.max(1, Math.floor(slots / (length + 2)));
    const calls = Array.from({ length: count }, (_, index) =>
      instruction(callImmediate, { src: 1, immediate: count + 1 + index * (length + 1) - index - 1 }),
    );
    const bodies = Array.from({ length: count }, () => [...fill(length, random), instruction(opcode.exit)]);
    return [...calls, instruction(opcode.exit), ...bodies.flat()];
  };
}

/** One function of as many blocks as are translated, about; then tame ones. */
function oneFunction(fill: Fill): Fill {
  const wild = 4000;
  return (slots, random) => {
    if (slots < 2 * wild) return functionsOf(slots - 4, fill)(slots, random);
    const tame = functionsOf(110, jumps(40, 12))(slots - wild - 2, random);
    return [
      ...functionsOf(wild, fill)(wild + 4, random).toSpliced(1, 1, instruction(callImmediate, { src: 1, immediate: wild + 1 })),
      ...tame,
    ];
  };
}

const nestedLoops: Fill = (slots) =>
  Array.from({ length: slots }, (_, pc) =>
    pc < slots >> 1
      ? instruction(opcode.jumpEqual, { dst: 3, immediate: 7, offset: 0 })
      : instruction(opcode.jumpEqual, { dst: 9, immediate: 7, offset: Math.max(-furthest, 2 * ((slots >> 1) - pc) - 1) }),
  );
const ladder: Fill = (slots) =>
  Array.from({ length: slots }, (_, pc) => instruction(opcode.jumpEqual, { dst: pc % 10, immediate: 7, offset: pc + 2 < slots ? 1 : 0 }));
const branchesToTheEnd: Fill = (slots) =>
  Array.from({ length: slots }, (_, pc) => instruction(opcode.jumpEqual, { dst: 1, immediate: 7, offset: slots - pc - 1 }));
const branchesToTheStart: Fill = (slots) =>
  Array.from({ length: slots }, (_, pc) => instruction(opcode.jumpEqual, { dst: 1, immediate: 7, offset: -pc - 1 }));

/** Shapes by name. */
const shapes: Readonly<Record<string, Fill>> = {
  "random jumps": jumps(furthest - 2, 1),
  "random jumps between other instructions": jumps(furthest - 2, 4),
  "random short jumps": jumps(200, 2),
  // A call of every slot: as many functions as slots.
  calls: (slots, random) =>
    Array.from({ length: slots }, (_, pc) => instruction(callImmediate, { src: 1, immediate: random.below(slots) - pc - 1 })),
  "calls in order": (slots) =>
    Array.from({ length: slots }, (_, pc) => instruction(callImmediate, { src: 1, immediate: pc + 1 < slots ? 0 : -2 })),
  "calls through registers": (slots, random) =>
    Array.from({ length: slots }, () => instruction(opcode.callRegister, { immediate: random.below(10) })),
  "calls of addresses": (slots, random) =>
    Array.from({ length: slots - (slots % 3) }, (_, pc) =>
      pc % 3 === 0
        ? instruction(opcode.lddw, { dst: 2, immediate: (8 * random.below(slots)) | 0 })
        : pc % 3 === 1
          ? instruction(wideTail, { immediate: 1 })
          : instruction(opcode.callRegister, { immediate: 2 }),
    ),
  // Loops in loops in loops, then their ends.
  "nested loops": (slots) =>
    Array.from({ length: slots }, (_, pc) => {
      const offset = -2 * (pc % (furthest >> 1)) - 1;
      return pc % furthest < furthest >> 1
        ? instruction(opcode.addImmediate, { dst: 1, immediate: 1 })
        : instruction(opcode.jumpEqual, { dst: 9, immediate: 1, offset: Math.max(offset, -pc - 1) });
    }),
  "one straight line": (slots) =>
    Array.from({ length: slots }, (_, pc) => instruction(opcode.addImmediate, { dst: pc % 10, immediate: pc })),
  "a chain of branches": (slots) =>
    Array.from({ length: slots }, (_, pc) =>
      instruction(opcode.jumpEqual, { dst: 1, immediate: 7, offset: Math.min(furthest, slots - pc - 1) }),
    ),
  "jumps back": (slots) =>
    Array.from({ length: slots }, (_, pc) => instruction(opcode.jumpEqual, { dst: 1, immediate: 7, offset: -Math.min(furthest, pc + 1) })),
  "ladder of branches": (slots) =>
    Array.from({ length: slots }, (_, pc) => instruction(opcode.jumpEqual, { dst: pc % 10, immediate: 7, offset: pc + 1 < slots ? 1 : 0 })),
  "functions of random jumps": functionsOf(110, jumps(furthest, 1)),
  "functions of random short jumps": functionsOf(110, jumps(8, 2)),
  "functions of nested loops": functionsOf(110, nestedLoops),
  "functions of ladders": functionsOf(110, ladder),
  "short functions of random jumps": functionsOf(40, jumps(furthest, 2)),
  "a wild function among tame ones": oneFunction(jumps(furthest, 1)),
  "a function of nested loops among tame ones": oneFunction(nestedLoops),
  "a ladder among tame functions": oneFunction(ladder),
  "branches to the end among tame functions": oneFunction(branchesToTheEnd),
  "branches to the start among tame functions": oneFunction(branchesToTheStart),
  constants: (slots) =>
    Array.from({ length: slots - (slots % 2) }, (_, pc) =>
      pc % 2 === 0 ? instruction(opcode.lddw, { dst: 1, immediate: pc }) : instruction(wideTail, { immediate: pc }),
    ),
  "stores and loads": (slots, random) =>
    Array.from({ length: slots }, (_, pc) =>
      pc % 2 === 0
        ? instruction(0x7b, { dst: 10, src: pc % 10, offset: -8 * (1 + random.below(64)) })
        : instruction(0x79, { dst: pc % 10, src: 10, offset: -8 * (1 + random.below(64)) }),
    ),
  divisions: (slots) =>
    Array.from({ length: slots }, (_, pc) =>
      instruction(pc % 2 === 0 ? 0x3f : 0x07, { dst: pc % 9, src: pc % 2 === 0 ? 9 : 0, immediate: pc % 2 === 0 ? 0 : 3 }),
    ),
};

/** Their names. */
export const hostileShapes: readonly string[] = Object.keys(shapes);

/** The program of a shape, of V0, with a text of about `length` bytes. */
export function hostileProgram(shape: string, length: number, seed: number): ElfSource {
  const slots = Math.max(8, (length >> 3) - ending);
  const body = shapes[shape]!(slots, createRandom(seed));
  return { version: 0, text: encodeInstructions([instruction(0xb7, { dst: 9, immediate: 1 }), ...body, instruction(opcode.exit)]) };
}
