/** Loops of one kind of instruction each. Their input is the number of rounds, as a u64; r2 points to it. */

/** A loop: what a round does, and what stands behind the program's exit. */
export interface Loop {
  readonly name: string;
  /** Instructions of a round. */
  readonly instructions: number;
  readonly body: string;
  readonly tail?: string;
  /** Units of a round beyond its instructions. */
  readonly extraUnits?: number;
  /** What ours over litesvm's JIT should be. */
  readonly aim: number;
}

const next = "sub64 r6, 1\n jne r6, 0, loop";

/** The loops. */
export const loops: readonly Loop[] = [
  { name: "ALU", instructions: 6, aim: 1, body: `add64 r1, 3\n xor64 r1, r2\n lsh64 r2, 1\n or64 r2, 5\n ${next}` },
  {
    name: "stack",
    instructions: 7,
    aim: 10,
    body: `ldxdw r1, [r10-8]\n add64 r1, 1\n stxdw [r10-8], r1\n ldxdw r2, [r10-16]\n stxdw [r10-16], r1\n ${next}`,
  },
  {
    name: "heap, 32 KiB",
    instructions: 9,
    aim: 10,
    body: `mov64 r2, r6\n and64 r2, 4095\n lsh64 r2, 3\n add64 r2, r7\n ldxdw r1, [r2+0]\n add64 r1, r6\n stxdw [r2+0], r1\n ${next}`,
  },
  { name: "call", instructions: 5, aim: 0.8, body: `call f\n ${next}`, tail: "f:\n add64 r0, 1\n exit" },
  { name: "mul, div", instructions: 6, aim: 1, body: `mul64 r1, 7\n add64 r1, r6\n div64 r1, r8\n add64 r1, 11\n ${next}` },
  { name: "syscall", instructions: 3, aim: 1, extraUnits: 100, body: `call sol_get_stack_height\n ${next}` },
  {
    name: "memcpy, 64 bytes",
    instructions: 6,
    aim: 1,
    extraUnits: 10,
    body: `mov64 r1, r7\n mov64 r2, r9\n mov64 r3, 64\n call sol_memcpy_\n ${next}`,
  },
];

/** The program of a loop, for V0 and V3. */
export function loopSource({ body, tail = "" }: Loop): string {
  return `entrypoint:
 ldxdw r6, [r2+0]
 lddw r7, 0x300000000
 lddw r9, 0x300001000
 mov64 r8, 3
 mov64 r1, 1
 mov64 r2, 2
 mov64 r0, 0
 stxdw [r10-8], r0
 stxdw [r10-16], r0
loop:
 ${body}
 mov64 r0, 0
 exit
${tail}`;
}
