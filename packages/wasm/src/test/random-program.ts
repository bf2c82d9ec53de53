/** Random programs that end: WAT whose results a peer can compute too. */
import type { Random } from "./random.ts";

const binary32 = [
  "add",
  "sub",
  "mul",
  "div_s",
  "div_u",
  "rem_s",
  "rem_u",
  "and",
  "or",
  "xor",
  "shl",
  "shr_s",
  "shr_u",
  "rotl",
  "rotr",
  "eq",
  "lt_u",
  "ge_s",
];
const unary32 = ["eqz", "clz", "ctz", "popcnt", "extend8_s", "extend16_s"];
const binary64 = ["add", "sub", "mul", "div_u", "rem_s", "and", "or", "xor", "shl", "shr_s", "rotl"];
const compare64 = ["eq", "ne", "lt_s", "gt_u", "le_u"];

/** Functions of a program, of which each may call the ones before it. */
const functions = 4;

/**
 * A program with the export `run` (i32, i32) -> i32: arithmetic, locals, globals, memory, branches of every kind, loops
 * of a few rounds, calls direct and through the table, growing memory. Some of its paths trap.
 */
export function randomProgram(random: Random): string {
  const bodies = Array.from({ length: functions }, (_, index) => {
    const statements = Array.from({ length: 2 + random.below(4) }, () => statement(random, 3, index)).join("\n");
    return `(func $f${index} (type $f) (local $x i32) (local $n i32) (local $wide i64) ${statements} ${expression(random, 3, index)})`;
  });
  return `(module
    (type $f (func (param i32 i32) (result i32)))
    (import "vm_hooks" "pay_for_memory_grow" (func $pay (param i32)))
    (memory (export "memory") 1 3)
    (data (i32.const 0) "\\01\\02\\03\\04\\ff\\fe\\80\\7f")
    (table ${functions} funcref) (elem (i32.const 0) ${bodies.map((_, i) => `$f${i}`).join(" ")})
    (global $a (mut i32) (i32.const 7)) (global $b (mut i64) (i64.const -9))
    ${bodies.join("\n")}
    (export "run" (func $f${functions - 1})))`;
}

function local(random: Random): string {
  return random.pick(["0", "1", "$x"]);
}

function address(random: Random, depth: number, index: number): string {
  return random.below(100) === 0 ? expression(random, depth, index) : `(i32.and ${expression(random, depth, index)} (i32.const 1023))`;
}

function expression(random: Random, depth: number, index: number): string {
  if (depth === 0) return random.pick([`(local.get ${local(random)})`, `(i32.const ${random.below(300) - 40})`, "(global.get $a)"]);
  const next = (): string => expression(random, depth - 1, index);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return operation(random, "i32", random.pick(binary32), next(), next());
    case 3:
      return `(i32.${random.pick(unary32)} ${next()})`;
    case 4:
      return `(i32.wrap_i64 ${wide(random, depth - 1, index)})`;
    case 5:
      return `(i32.${random.pick(["load", "load8_u", "load16_s"])} ${address(random, depth - 1, index)})`;
    case 6:
      return `(if (result i32) ${next()} (then ${next()}) (else ${next()}))`;
    case 7:
      return `(block (result i32) (br_if 0 ${next()} ${next()}) (drop) ${next()})`;
    case 8:
      return `(select ${next()} ${next()} ${next()})`;
    case 9:
      return `(local.tee ${local(random)} ${next()})`;
    case 10:
      return index === 0 ? next() : `(call $f${random.below(index)} ${next()} ${next()})`;
    default:
      return `(i64.${random.pick(compare64)} ${wide(random, depth - 1, index)} ${wide(random, depth - 1, index)})`;
  }
}

/** An operation; one that divides mostly gets an odd divisor, so that it mostly does not trap. */
function operation(random: Random, type: "i32" | "i64", name: string, left: string, right: string): string {
  const divides = /^(div|rem)/.test(name) && random.below(12) > 0;
  return `(${type}.${name} ${left} ${divides ? `(${type}.or ${right} (${type}.const 1))` : right})`;
}

function wide(random: Random, depth: number, index: number): string {
  if (depth === 0) return random.pick(["(local.get $wide)", "(global.get $b)", `(i64.const ${random.below(1_000_000) - 500})`]);
  const next = (): string => wide(random, depth - 1, index);
  switch (random.below(4)) {
    case 0:
      return `(i64.extend_i32_${random.pick(["s", "u"])} ${expression(random, depth - 1, index)})`;
    case 1:
      return `(i64.${random.pick(["load", "load32_u"])} ${address(random, depth - 1, index)})`;
    default:
      return operation(random, "i64", random.pick(binary64), next(), next());
  }
}

function statement(random: Random, depth: number, index: number): string {
  const value = expression(random, 2, index);
  const inner = (): string => (depth === 0 ? "(nop)" : statement(random, depth - 1, index));
  switch (random.below(14)) {
    case 0:
      return `(i32.${random.pick(["store", "store8", "store16"])} ${address(random, 1, index)} ${value})`;
    case 1:
      return `(i64.store ${address(random, 1, index)} ${wide(random, 2, index)})`;
    case 2:
      return `(if ${value} (then ${inner()}) (else ${inner()}))`;
    case 3:
      return `(block (block (block (br_table 0 1 2 0 ${value})) ${inner()}) ${inner()})`;
    case 4:
      // The counter is not shared with a loop inside: $n goes on where that one has left it, and the loop still ends.
      return `(local.set $n (i32.const ${1 + random.below(3)})) (loop (local.set $n (i32.sub (local.get $n) (i32.const 1))) ${inner()} (br_if 0 (i32.gt_s (local.get $n) (i32.const 0))))`;
    case 5:
      return `(memory.fill (i32.and ${value} (i32.const 1023)) (i32.const 5) (i32.and ${value} (i32.const 127)))`;
    case 6:
      return `(memory.copy ${address(random, 1, index)} (i32.const 40) (i32.and ${value} (i32.const 63)))`;
    case 7:
      return `(if (i32.eq ${value} (i32.const 3)) (then (return ${value})))`;
    case 8:
      return `(drop (memory.grow (i32.and ${value} (i32.const 1))))`;
    case 9:
      return random.below(5) === 0 ? `(if (i32.eqz ${value}) (then (unreachable)))` : `(global.set $a ${value})`;
    case 10:
      return `(global.set $b ${wide(random, 2, index)})`;
    case 11:
      return index === 0 ? "(nop)" : `(drop (call_indirect (type $f) ${value} ${value} (i32.rem_u ${value} (i32.const ${index}))))`;
    case 12:
      return `(if (i32.eq ${value} (i32.const 9)) (then (br 1 ${value})))`;
    default:
      return `(local.set ${local(random)} ${value})`;
  }
}
