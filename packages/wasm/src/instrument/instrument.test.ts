/** What the middlewares write, and what it does: figures that nitro's own tests state, and others worked out from its rules. */
import { describe, expect, test } from "vitest";
import { instrument } from "./instrument.ts";
import { encodeModule } from "../binary/encode/encode-module.ts";
import { opcode, opcodeSpace } from "../binary/opcodes.ts";
import type { OpcodePrices } from "../pricing/opcode-prices.ts";
import { ampleInk, ampleStack, instrumentedFromWat, moduleFromWat, outcomeOf, startMetered } from "../test/metered.ts";
import { watFromBytes } from "../test/wat.ts";

const memory = '(memory (export "memory") 1 1)';

/** Ink that a call takes, its meter's headers included. */
function inkOf(text: string, name = "run", args: readonly (number | bigint)[] = []): number {
  const program = startMetered(instrumentedFromWat(text).module, { pay_for_memory_grow: () => undefined });
  program[name]?.(...args);
  return ampleInk - program.trireme_ink_left();
}

/** Every instruction is free but for one. */
function onlyPriceOf(name: keyof typeof opcode, ink: number): OpcodePrices {
  const byOpcode = new Float64Array(opcodeSpace);
  byOpcode[opcode[name]] = ink;
  return { byOpcode, block: 0, indirectParameter: 0, branchTarget: 0, bulkByte: 0 };
}

describe("meter", () => {
  const add = `(module ${memory} (func (export "run") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))`;

  test("with additions at 100 ink and all else free: exhausted at 0, 50 and 99, five calls for 500", () => {
    const program = startMetered(instrumentedFromWat(add, { isDebug: true, prices: onlyPriceOf("i32.add", 100) }).module);
    const run = program["run"] ?? (() => 0);
    for (const ink of [0, 50, 99]) {
      program.trireme_begin(ink, ampleStack);
      expect([outcomeOf(() => run(32)), program.trireme_ink_status(), program.trireme_ink_left()]).toEqual(["trap", 1, ink]);
    }
    program.trireme_begin(500, ampleStack);
    for (let left = 400; left >= 0; left -= 100) {
      expect([run(64), program.trireme_ink_left(), program.trireme_ink_status()]).toEqual([65, left, 0]);
    }
    expect([outcomeOf(() => run(32)), program.trireme_ink_left(), program.trireme_ink_status()]).toEqual(["trap", 0, 1]);
  });

  test("a body of one block: header, its instructions, its end", () => {
    // 2450 + local.get 75 + i32.const 1 + i32.add 70 + end 1
    expect(inkOf(add, "run", [1])).toBe(2597);
  });

  test("every kind of instruction that ends a block", () => {
    const text = `(module ${memory} (table 1 funcref) (elem (i32.const 0) $none) (type $none (func))
      (func $none)
      (func (export "br") (br 0))
      (func (export "br_if") (br_if 0 (i32.const 0)))
      (func (export "br_table") (br_table 0 0 0 (i32.const 0)))
      (func (export "return") (return))
      (func (export "loop") (loop))
      (func (export "block") (block))
      (func (export "if") (if (i32.const 0) (then)))
      (func (export "else") (if (i32.const 1) (then) (else)))
      (func (export "call") (call $none))
      (func (export "call_indirect") (call_indirect (type $none) (i32.const 0)))
      (func (export "unreachable") (unreachable)))`;
    const expected = {
      br: 2450 + 765, // the end behind it is not reached
      br_if: 2450 + 1 + 765 + (2450 + 1),
      br_table: 2450 + 1 + 2400 + 325 * 2, // two depths and the default, which is not counted
      return: 2450 + 1,
      loop: 2450 + 1 + (2450 + 1) + (2450 + 1), // loop | end | end
      block: 2450 + 1 + 1 + (2450 + 1), // block end | end
      if: 2450 + 1 + 765 + (2450 + 1), // const if | (end, in the branch not taken) | end
      else: 2450 + 1 + 765 + (2450 + 1) + (2450 + 1), // const if | else | end
      call: 2450 + 3800 + (2450 + 1) + (2450 + 1), // call | the callee's end | end
      call_indirect: 2450 + 1 + 13_610 + (2450 + 1) + (2450 + 1),
    };
    for (const [name, ink] of Object.entries(expected)) expect({ name, ink: inkOf(text, name) }).toEqual({ name, ink });
  });

  test("a call through the table pays for each parameter", () => {
    const text = `(module ${memory} (table 1 funcref) (elem (i32.const 0) $three)
      (type $three (func (param i32 i64 i32)))
      (func $three (type $three))
      (func (export "run") (call_indirect (type $three) (i32.const 1) (i64.const 2) (i32.const 3) (i32.const 0))))`;
    // four constants, the call and 3 x 650 | the callee's end | end
    expect(inkOf(text)).toBe(2450 + 4 + 13_610 + 1950 + 2451 + 2451);
  });

  test("memory.fill and memory.copy pay 100 ink a byte", () => {
    const text = `(module ${memory} (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
      (func (export "copy") (param i32) (memory.copy (i32.const 0) (i32.const 9) (local.get 0))))`;
    // 2450 + two constants 2 + local.get 75 + 950 + end 1 + 100 a byte
    for (const name of ["fill", "copy"]) {
      expect(inkOf(text, name, [0])).toBe(3478);
      expect(inkOf(text, name, [57])).toBe(3478 + 5700);
    }
    const program = startMetered(instrumentedFromWat(text).module);
    program.trireme_begin(3478 + 5699, ampleStack);
    expect(outcomeOf(() => program["fill"]?.(57))).toBe("trap");
    expect(program.trireme_ink_status()).toBe(1);
    // A length of 2^32 - 1 is unsigned: 429,496,729,500 ink.
    program.trireme_begin(429_496_729_499, ampleStack);
    expect(outcomeOf(() => program["fill"]?.(-1))).toBe("trap");
    expect(program.trireme_ink_status()).toBe(1);
  });

  test("a block with an instruction on floats can never be paid", () => {
    const text = `(module ${memory} (func (export "run") (param i32) (if (local.get 0) (then (drop (f32.const 1))))))`;
    expect(inkOf(text, "run", [0])).toBe(2450 + 75 + 765 + 2451);
    const program = startMetered(instrumentedFromWat(text).module);
    program.trireme_begin(Infinity, ampleStack); // saturates to 2^64 - 1, one more than any block but this one can leave
    expect(outcomeOf(() => program["run"]?.(1))).toBe("trap");
    expect(program.trireme_ink_status()).toBe(1);
  });
});

describe("depth checker", () => {
  // Two locals, three values at once, and 4: a frame of 9.
  const depth = `(module ${memory} (global $depth (export "depth") (mut i32) (i32.const 0))
    (func $deeper (export "run") (local i64 i64)
      (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
      (i32.store (i32.const 0) (global.get $depth))
      (drop (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.const 1))))
      (call $deeper)))`;

  test("a frame of 9 words fits 0, 1, 1, 2, 3 and 4 times into 9, 10, 18, 19, 36 and 40", () => {
    const { module, frames } = instrumentedFromWat(depth);
    expect([...frames]).toEqual([9]);
    const program = startMetered(module);
    const depths = [9, 10, 18, 19, 36, 40].map((space) => {
      program.trireme_begin(ampleInk, space);
      new DataView(program.memory.buffer).setUint32(0, 0, true);
      expect(outcomeOf(() => program["run"]?.())).toBe("trap");
      expect(program.trireme_stack_left()).toBe(0);
      expect(program.trireme_ink_status()).toBe(0);
      return new DataView(program.memory.buffer).getUint32(0, true);
    });
    expect(depths).toEqual([0, 1, 1, 2, 3, 4]);
  });

  test("a branch out of a function keeps its frame, a return gives it back", () => {
    const text = `(module ${memory} (func (export "branch") (result i32) (br 0 (i32.const 7)))
      (func (export "return") (result i32) (return (i32.const 7))) (func (export "end") (result i32) (i32.const 7)))`;
    const program = startMetered(instrumentedFromWat(text).module);
    const left = ["branch", "branch", "return", "end"].map((name) => {
      expect(program[name]?.()).toBe(7);
      return program.trireme_stack_left();
    });
    // The constant and, before the end, two values of the meter: 3 + 0 + 4 = 7 words, twice.
    expect(left).toEqual([21_993, 21_986, 21_986, 21_986]);
  });

  test("the words of frames", () => {
    const { frames } = instrumentedFromWat(`(module (import "vm_hooks" "read_args" (func $args (param i32))) ${memory}
      (type $pair (func (param i32 i32) (result i32 i32)))
      (func)
      (func (param i64 i64 i64))
      (func (local i32 i64 f32))
      (func (result i32) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.add) (i32.add) (i32.add))
      (func (memory.fill (i32.const 1) (i32.const 2) (i32.const 3)))
      (func (result i32) (if (result i32) (i32.const 1) (then (i32.const 2)) (else (i32.const 3))))
      (func (call $args (i32.const 1)))
      (func (result i32 i32) (i32.const 1) (i32.const 2) (block (type $pair)))
      (func (unreachable) (i32.add) (drop)))`);
    expect([...frames]).toEqual([
      6, // 2 of the meter + 4
      6, // parameters are not in the frame
      9, // 2 + 3 locals + 4
      8, // 4 values: the header before stands on none
      10, // below the length 2, on top of them 4: 6 values
      7, // the slot of the if's result, and on it the header of each branch: 3 values
      6, // the call takes its parameter before the header of the block behind it
      8, // two constants and two slots, before the block's parameters are taken off: 4 values
      6, // pops saturate at 0
    ]);
  });
});

describe("heap bound", () => {
  const grow = (limits: string): string => `(module (import "vm_hooks" "pay_for_memory_grow" (func $pay (param i32)))
    (memory (export "memory") ${limits}) (func (export "run") (param i32) (result i32) (memory.grow (local.get 0))))`;

  test.each(["0", "0 65536"])("nobody grows by 65,536 pages, which count as none (a memory of %s)", (limits) => {
    const paid: number[] = [];
    const program = startMetered(instrumentedFromWat(grow(limits)).module, { pay_for_memory_grow: (pages: number) => paid.push(pages) });
    expect([65_536, 1].map((pages) => program["run"]?.(pages))).toEqual([-1, 0]);
    expect(paid).toEqual([65_536, 1]);
  });

  test("memory.grow has its pages paid first, even where it then fails", () => {
    const paid: number[] = [];
    const program = startMetered(instrumentedFromWat(grow("1 3")).module, { pay_for_memory_grow: (pages: number) => paid.push(pages) });
    expect([program["run"]?.(2), program["run"]?.(5), paid]).toEqual([1, -1, [2, 5]]);
    // 2450 + local.get 75 + memory.grow 8050 + end 1: what the middleware adds is not metered
    expect(inkOf(grow("1 3"), "run", [1])).toBe(10_576);
  });

  test("nothing is paid for a memory that cannot grow", () => {
    const paid: number[] = [];
    const program = startMetered(instrumentedFromWat(grow("1 1")).module, { pay_for_memory_grow: (pages: number) => paid.push(pages) });
    expect([program["run"]?.(0), program["run"]?.(1), paid]).toEqual([1, -1, []]);
  });
});

test("a whole body, instruction by instruction", () => {
  const { module, instructions, globals } = instrumentedFromWat(
    `(module ${memory} (global i32 (i32.const 5)) (func (export "run") (drop (i32.const 1))))`,
  );
  const text = watFromBytes(encodeModule(module));
  const body = text.slice(text.indexOf("(func (;0;)"), text.indexOf("(func (;1;)"));
  expect(
    body
      .replaceAll(/ *;;[^\n]*/g, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  ).toBe(
    "(func (;0;) (type 0) " +
      // 2 values + 4
      "global.get 4 i32.const 6 i32.le_u if i32.const 0 global.set 4 unreachable end global.get 4 i32.const 6 i32.sub global.set 4 " +
      // 2450 + 1 + 9 + 1
      "global.get 1 i64.const 2461 i64.lt_u if i32.const 1 global.set 2 unreachable end global.get 1 i64.const 2461 i64.sub global.set 1 " +
      "i32.const 1 drop global.get 4 i32.const 6 i32.add global.set 4 return)",
  );
  // 12 + 12 + 2 + 4 + return + end; the user's global and four more
  expect([instructions, globals]).toEqual([32, 5]);
});

describe("exports and start", () => {
  const text = `(module ${memory} (global (export "counter") (mut i32) (i32.const 5)) (func $start (global.set 0 (i32.const 8)))
    (func (export "user_entrypoint") (param i32) (result i32) (global.get 0)) (func (export "other")) START)`;
  const names = (isDebug: boolean, start: string): readonly string[] =>
    instrumentedFromWat(text.replace("START", start), { isDebug }).module.exports.map(({ name }) => name);
  const hosts = ["trireme_begin", "trireme_buy", "trireme_ink_left", "trireme_set_ink", "trireme_ink_status", "trireme_stack_left"];

  test("only the memory and the entry point stay", () => {
    expect(names(false, "")).toEqual(["memory", "user_entrypoint", ...hosts]);
    expect(names(true, "")).toEqual(["memory", "counter", "user_entrypoint", "other", ...hosts]);
  });

  test("the host's names are not the program's", () => {
    const { module } = instrumentedFromWat(`(module ${memory} (func (export "trireme_buy") (result i32) (i32.const 9)))`);
    expect(module.exports.filter(({ name }) => name === "trireme_buy")).toHaveLength(1);
    expect(startMetered(module).trireme_buy(1)).toBe(1);
  });

  test("a start function becomes an export on a debug chain and is refused elsewhere", () => {
    expect(names(true, "(start $start)")).toEqual(["memory", "counter", "user_entrypoint", "other", "stylus_start", ...hosts]);
    const program = startMetered(instrumentedFromWat(text.replace("START", "(start $start)")).module);
    expect([program.user_entrypoint(0), program["stylus_start"]?.(), program.user_entrypoint(0)]).toEqual([5, undefined, 8]);
    expect(instrument(moduleFromWat(text.replace("START", "(start $start)")), { isDebug: false })).toMatchObject({
      kind: "invalid",
      fault: { code: "stylusRule" },
    });
  });
});

describe("what the host calls", () => {
  const text = `(module ${memory} (global $a (mut i32) (i32.const -3)) (global $b (mut i64) (i64.const 0x123456789abcdef0)) (global $c i32 (i32.const 4))
    (global $d (mut f64) (f64.const -0.1)) (global $e (mut f32) (f32.const 1.5))
    (func (export "change") (global.set $a (i32.const 1)) (global.set $b (i64.const 1)))
    (func (export "floats") (global.set $d (f64.const 1)))
    (func (export "a") (result i32) (global.get $a)) (func (export "b") (result i64) (global.get $b))
    (func (export "d") (result i64) (i64.reinterpret_f64 (global.get $d))))`;

  test("a new frame finds the program's globals as they were at first", () => {
    const program = startMetered(instrumentedFromWat(text).module);
    program["change"]?.();
    expect([program["a"]?.(), program["b"]?.()]).toEqual([1, 1n]);
    program.trireme_begin(ampleInk, 77);
    expect([program["a"]?.(), program["b"]?.(), program.trireme_stack_left()]).toEqual([-3, 0x1234_5678_9abc_def0n, 77]);
  });

  test("buying", () => {
    const program = startMetered(instrumentedFromWat(text).module);
    program.trireme_begin(1000, 1);
    expect([program.trireme_buy(400), program.trireme_ink_left(), program.trireme_ink_status()]).toEqual([1, 600, 0]);
    expect([program.trireme_buy(600), program.trireme_ink_left(), program.trireme_ink_status()]).toEqual([1, 0, 0]);
    program.trireme_set_ink(2 ** 53 - 1);
    expect([program.trireme_buy(1), program.trireme_ink_left()]).toEqual([1, 2 ** 53 - 2]);
    expect([program.trireme_buy(Infinity), program.trireme_ink_left(), program.trireme_ink_status()]).toEqual([0, 0, 1]);
    program.trireme_begin(5, 1);
    expect([program.trireme_ink_status(), program.trireme_buy(6), program.trireme_ink_status()]).toEqual([0, 0, 1]);
  });
});

describe("limits of a body with its meters", () => {
  const verdict = (text: string): unknown => {
    const result = instrument(moduleFromWat(text), { isDebug: false });
    return result.kind === "invalid" ? result.fault.code : result.kind;
  };

  test("65,536 instructions", () => {
    // 12 of the prologue, 12 of the header, the constants and drops, 4 + return + end: 30 beside them.
    const body = (pairs: number, more: string): string => `(module ${memory} (func ${"i32.const 1 drop ".repeat(pairs)} ${more}))`;
    expect(verdict(body(32_753, ""))).toBe("instrumented");
    expect(verdict(body(32_753, "nop"))).toBe("limitExceeded");
  });

  test("4,096 values on the stack", () => {
    const body = (values: number): string => `(module ${memory} (func ${"i32.const 1 ".repeat(values)} ${"drop ".repeat(values)}))`;
    expect(verdict(body(4096))).toBe("instrumented");
    expect(verdict(body(4097))).toBe("limitExceeded");
  });

  test("128 pages", () => {
    const pages = (count: number): string => `(module (memory (export "memory") ${count} ${count}) (func))`;
    expect([verdict(pages(128)), verdict(pages(129))]).toEqual(["instrumented", "limitExceeded"]);
  });
});
