import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { compareWithOracle } from "../test/compare-with-oracle.mts";
import { createProgramOracle } from "../test/program-oracle.mts";
import { createRandom, randomProgram } from "../test/random-program.ts";
import { createInterpreter } from "./interpreter.ts";

const versions = [0, 1, 2, 3] as const;
const engine = createInterpreter();
const oracle = createProgramOracle();
const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

test.each(versions)("V%i: random programs end as in litesvm, with the same units, registers and faults", (version) => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const source = randomProgram(version, createRandom(seed * 4 + version), 5 + (seed % 60));
    const { kind, ours, theirs } = compareWithOracle(oracle, engine, source, data, 3000);
    kinds.add(kind);
    expect({ seed, ...ours }).toEqual({ seed, ...theirs });
  }
  expect([...kinds]).toEqual(expect.arrayContaining(["exit", "AccessViolation", "ExceededMaxInstructions", "CallDepthExceeded"]));
});

const nested = (depth: number) =>
  Array.from({ length: depth }, (_, index) => `f${index}: call f${index + 1}\nexit`).join("\n") + `\nf${depth}: mov64 r0, 0\nexit`;
const logs = "syscall sol_log_64_\nmov64 r0, 0\nexit";

/** Source by rule; each runs in every version that has its instructions. */
const rules: readonly (readonly [rule: string, source: string, versions?: readonly (0 | 1 | 2 | 3)[], units?: number])[] = [
  [
    "a callee sees the caller's registers and leaks r0 to r5 back",
    `mov64 r1, 7\nmov64 r6, 9\ncall f\nmov64 r2, r6\n${logs}\nf: add64 r1, r6\nmov64 r6, 1\nexit`,
  ],
  ["r10 moves by a frame for each call, and comes back", `call f\nmov64 r2, r10\n${logs}\nf: mov64 r1, r10\nexit`],
  [
    "a frame of V1 and V2 is made by the program",
    `add64 r10, -64\nstdw [r10+0], 5\nldxdw r1, [r10+0]\ncall f\nmov64 r3, r10\n${logs}\nf: add64 r10, -128\nmov64 r2, r10\nexit`,
    [1, 2],
  ],
  ["a jump may enter another function", `mov64 r1, 1\nja inside\ncall f\nexit\nf: mov64 r1, 2\ninside: add64 r1, 40\n${logs}`],
  ["running past the end takes one unit more", "mov64 r0, 0"],
  ["63 nested calls are good", nested(63)],
  ["64 are not", nested(64)],
  ["a budget may be spent to the last unit", "mov64 r0, 0\nexit", versions, 2],
  ["one unit less is too little", "mov64 r0, 0\nexit", versions, 1],
  ["a fault at the last unit is that fault", "mov64 r1, 0\nldxb r0, [r1+0]\nexit", versions, 2],
  ["a fault that the budget does not reach is none", "mov64 r1, 0\nldxb r0, [r1+0]\nexit", versions, 1],
  ["callx truncates an address inside of a slot", `lddw r3, 0x100000000\nmov64 r4, r3\ncallx r4\nexit`, [0, 1, 3]],
  ["callx counts the frame before it looks at the target", "callx r1\nexit"],
  [
    "V0: a store over the end of a frame goes on in the next one",
    `lddw r3, 0x1122334455667788\nstxdw [r10-4], r3\ncall f\n${logs}\nf: ldxw r1, [r10-4096]\nexit`,
    [0],
  ],
  ["the gap below the text reads as zeros", "lddw r1, 0x100000000\nldxdw r0, [r1+0]\nexit", [0, 1, 2]],
  ["the text can be read in V0 to V2", `lddw r1, 0x1000000b0\nldxdw r1, [r1+0]\n${logs}`, [0, 1, 2]],
  ["the text cannot be read in V3", `lddw r1, 0x100000000\nldxdw r1, [r1+0]\n${logs}`, [3]],
  [
    "read-only data stand at 0 in V3",
    `.rodata\nd: .quad 0x1122334455667788\n.text\nlddw r3, d\nldxdw r1, [r3+0]\nstxdw [r3+0], r1\n${logs}`,
    [3],
  ],
  ["instruction data stand behind r2", `ldxdw r3, [r2+0]\nldxdw r4, [r2-8]\n${logs}`],
  [
    "sums of 32 bits are sign-extended but for V2",
    `mov64 r1, 0x7fffffff\nadd32 r1, 1\nmov64 r2, 5\nsub32 r2, 6\nmov64 r3, -1\nmov32 r4, r3\n${logs}`,
  ],
  [
    "V2: subtraction from an immediate, signed division",
    `mov64 r1, 5\nsub64 r1, 3\nmov64 r2, -7\nsdiv64 r2, 2\nmov64 r3, -7\nsrem32 r3, 2\nlddw r4, 0x8000000000000000\nmov64 r5, -1\nshmul64 r5, r4\n${logs}`,
    [2],
  ],
  ["V2: the quotient of the smallest number and -1 overflows", "lddw r4, 0x8000000000000000\nmov64 r5, -1\nsdiv64 r4, r5\nexit", [2]],
  ["V2: the same for a remainder of 32 bits", "mov32 r4, 0x80000000\nsrem32 r4, -1\nexit", [2]],
  ["V3: a jump of 32 bits looks at low halves", `lddw r3, 0x100000005\njeq32 r3, 5, yes\nmov64 r1, 1\nyes: mov64 r2, 2\n${logs}`, [3]],
  ["an unknown syscall faults", "syscall sol_nope_\nexit"],
  ["a syscall without units fails", "syscall sol_log_64_\nexit", versions, 50],
  ["the heap is 32 KiB of zeros", `lddw r3, 0x300007ff8\nldxdw r1, [r3+0]\nstdw [r3+0], 7\nldxdw r2, [r3+0]\nldxdw r4, [r3+1]\n${logs}`],
  ["the stack ends after 64 frames", `lddw r3, 0x20003fff8\nldxdw r1, [r3+0]\nldxdw r1, [r3+8]\n${logs}`],
];

test.each(rules.flatMap(([rule, source, of = versions, units = 10_000]) => of.map((version) => [version, rule, source, units] as const)))(
  "V%i: %s",
  (version, _, source, units) => {
    const { ours, theirs } = compareWithOracle(oracle, engine, assemble(source, { version }), data, units);
    expect(ours).toEqual(theirs);
  },
);
