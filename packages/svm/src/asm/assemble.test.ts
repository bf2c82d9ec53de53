import { describe, expect, test } from "vitest";
import { disassemble } from "./disassemble.ts";
import { assemble } from "./assemble.ts";

const hex = (source: string, version: 0 | 1 | 2 | 3 = 0) => Buffer.from(assemble(source, { version }).text).toString("hex");
const problemOf = (source: string, version: 0 | 1 | 2 | 3 = 0) => {
  try {
    assemble(source, { version });
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

test("the example of anza-xyz/sbpf's assembler", () => {
  const source = "add64 r1, 0x605\nmov64 r2, 0x32\nmov64 r1, r0\nbe16 r0\nneg64 r2\nexit";
  const slots = ["0701000005060000", "b702000032000000", "bf01000000000000", "dc00000010000000", "8702000000000000", "9500000000000000"];
  expect(hex(source)).toBe(slots.join(""));
});

test("instructions by version", () => {
  expect(hex("ldxw r1, [r2+8]", 0)).toBe("6121080000000000");
  expect(hex("ldxw r1, [r2 + 8]", 2)).toBe("8c21080000000000");
  expect(hex("stxdw [r10-8], r3", 0)).toBe("7b3af8ff00000000");
  expect(hex("stb [r1], 5", 2)).toBe("2701000005000000");
  expect(hex("jeq32 r1, -1, 2", 3)).toBe("16010200ffffffff");
  expect(hex("callx r4", 0)).toBe("8d00000004000000");
  expect(hex("callx r4", 2)).toBe("8d40000000000000");
  expect(hex("callx r4", 3)).toBe("8d04000000000000");
  expect(hex("lddw r1, 0x1122334455667788", 0)).toBe("18010000887766550000000044332211");
  expect(hex("lddw r1, 0x1122334455667788", 2)).toBe("b401000088776655f701000044332211");
  expect(hex("syscall sol_log_", 3)).toBe("85000000bd597520");
  expect(hex("mul r1, r2", 0)).toBe(hex("mul64 r1, r2", 0));
  expect(hex("jne64 r1, r2, 0", 0)).toBe(hex("jne r1, r2, 0", 0));
});

test("labels, distances, functions", () => {
  const program = assemble("start: ja end\nloop: jeq r1, 5, loop\ncall function_x\ncall -2\nend: exit\nfunction_x: exit", { version: 3 });
  expect(disassemble({ ...program, functions: new Map() })).toBe(`entrypoint:
  ja lbb_4
lbb_1:
  jeq r1, 5, lbb_1
function_2:
  call function_5
  call function_2
lbb_4:
  exit
function_5:
  exit
`);
  expect([...program.functions]).toEqual([["function_x", 5]]);
});

test("the entrypoint is a label, comments and constants are read, directives fill .rodata", () => {
  const program = assemble(`
    .globl entrypoint
    .equ LENGTH, 3     ; a constant
    helper: exit       # another comment
    entrypoint:        // and another
      lddw r1, text
      mov64 r2, LENGTH
      ldxb r3, [r1+LENGTH]
      call helper
      exit
    .section .rodata
    text: .ascii "a;\\n"
    .byte 1, -1
    .align 8
    numbers: .half 0x1234
    .word -2
    .quad 5
    .zero 2
    .asciz "\\x41"
  `);
  expect(program.entryPc).toBe(1);
  expect(program.dataReferences).toEqual([{ pc: 1, offset: 0 }]);
  expect(Buffer.from(program.readOnlyData).toString("hex")).toBe("613b0a01ff0000003412feffffff050000000000000000004100");
  expect(program.text[24]).toBe(0xb7);
});

test("syscalls of V0 to V2 are references, of V3 hashes", () => {
  expect(assemble("mov64 r1, 1\nsyscall sol_log_\ncall abort").syscalls).toEqual([
    { pc: 1, name: "sol_log_" },
    { pc: 2, name: "abort" },
  ]);
  expect(assemble("syscall sol_log_", { version: 3 }).syscalls).toEqual([]);
});

describe("what cannot be assembled is named with its line", () => {
  test.each([
    ["exit\nfoo r1", "line 2: V0 has no instruction foo"],
    ["jeq32 r1, r2, 0", "line 1: V0 has no instruction jeq32"],
    ["mov64 r1", "line 1: mov64 expects a register, and a register or number"],
    ["mov64 r11, 1", "line 1: a register r0 to r10 was expected, r11 came"],
    ["mov64 r1, 0x80000000", "line 1: a number from -2147483648 to 2147483647 was expected, 2147483648 came"],
    ["ldxb r1, [r2+40000]", "line 1: a number from -32768 to 32767 was expected, 40000 came"],
    ["ja nowhere", "line 1: no label is called nowhere"],
    ["call nowhere", "line 1: no label is called nowhere"],
    ["a: exit\na: exit", "line 2: the label a stands twice"],
    [".rodata\nexit", "line 2: an instruction was expected in .text, exit came in .rodata"],
    [".rodata\n.byte 256", "line 2: a number of 8 bits was expected, 256 came"],
    ['.ascii "a"', "line 1: .ascii was expected in .rodata"],
    ['.rodata\n.ascii "a', "line 2: a string was expected to end with a quotation mark"],
    [".fill 99999999, 0", "line 1: .fill expects a count of at most 1310720 and a slot"],
    [".bss", "line 1: no directive is called .bss"],
    ["mov64 r1,", "line 1: an operand was expected beside each comma"],
    ["mov64 r1, [r2", "line 1: a register, a number, a label or [register + offset] was expected, `[r2` came"],
    ["]", "line 1: an instruction, a directive or a label was expected, `]` came"],
    ["exit r1", "line 1: exit expects no operand"],
    ["lddw r1, unknown", "line 1: no label of .rodata is called unknown"],
  ])("%j", (source, message) => expect(problemOf(source)).toBe(message));
});
