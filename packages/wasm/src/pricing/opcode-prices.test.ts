/** Every price as a literal, beside the table that is built from rules. */
import { expect, test } from "vitest";
import { opcode, opcodeTable, type Mnemonic } from "../binary/opcodes.ts";
import { ampleInk, instrumentedFromWat, startMetered } from "../test/metered.ts";
import { stylusOpcodePrices } from "./opcode-prices.ts";

const expected: readonly (readonly [ink: number, names: string])[] = [
  [1, "unreachable nop return i32.const i64.const block loop else end"],
  [9, "drop"],
  [765, "br br_if if"],
  [1250, "select"],
  [3800, "call"],
  [13_610, "call_indirect"],
  [2400, "br_table"],
  [75, "local.get local.tee"],
  [210, "local.set"],
  [225, "global.get"],
  [575, "global.set"],
  [670, "i32.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u"],
  [680, "i64.load i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u"],
  [825, "i32.store i32.store8 i32.store16"],
  [950, "i64.store i64.store8 i64.store16 i64.store32"],
  [3000, "memory.size"],
  [8050, "memory.grow"],
  [170, "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u"],
  [225, "i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u"],
  [210, "i32.clz i32.ctz i64.clz i64.ctz"],
  [2650, "i32.popcnt"],
  [6000, "i64.popcnt"],
  [70, "i32.add i32.sub i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr"],
  [100, "i64.add i64.sub i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr"],
  [160, "i32.mul i64.mul"],
  [1120, "i32.div_s i32.div_u i32.rem_s i32.rem_u"],
  [1270, "i64.div_s i64.div_u i64.rem_s i64.rem_u"],
  [100, "i32.wrap_i64 i64.extend_i32_s i64.extend_i32_u"],
  [100, "i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s"],
  [950, "memory.copy memory.fill"],
  [Infinity, "f32.const f64.const f32.load f64.load f32.store f64.store"],
  [Infinity, "i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64"],
];

test("each instruction has its price", () => {
  const names = expected.flatMap(([, list]) => list.split(" "));
  expect(names.toSorted()).toEqual(opcodeTable.map(({ name }) => name).toSorted());
  for (const [ink, list] of expected) {
    for (const name of list.split(" ")) {
      expect({ name, ink: stylusOpcodePrices.byOpcode[opcode[name as Mnemonic]] }).toEqual({ name, ink });
    }
  }
  const { block, indirectParameter, branchTarget, bulkByte } = stylusOpcodePrices;
  expect({ block, indirectParameter, branchTarget, bulkByte }).toEqual({
    block: 2450,
    indirectParameter: 650,
    branchTarget: 325,
    bulkByte: 100,
  });
});

test("an opcode that is not accepted cannot be paid", () => {
  expect(stylusOpcodePrices.byOpcode[0x92]).toBe(Infinity); // f32.add
  expect(stylusOpcodePrices.byOpcode[0xfd]).toBe(Infinity); // SIMD
});

test("a program whose figure is worked out by hand: 10 rounds of a loop over memory", () => {
  const { module } = instrumentedFromWat(`(module (memory (export "memory") 1 1)
    (func (export "run") (result i32) (local $i i32) (local $sum i64)
      (loop $next
        (i64.store (i32.shl (local.get $i) (i32.const 3)) (i64.extend_i32_u (local.get $i)))
        (local.set $sum (i64.add (local.get $sum) (i64.load (i32.shl (local.get $i) (i32.const 3)))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
      (i32.wrap_i64 (local.get $sum))))`);
  const program = startMetered(module);
  expect(program["run"]?.()).toBe(45);
  // A round: header 2450; store: get 75 + const 1 + shl 70, get 75 + extend 100, store 950 = 1271;
  // sum: get 75, get 75 + const 1 + shl 70, load 680, add 100, set 210 = 1211;
  // branch: get 75 + const 1 + add 70, tee 75, const 1, lt_u 170, br_if 765 = 1157. Together 6089.
  // Around them: the loop 2450 + 1; behind it end 2450 + 1; then get 75 + wrap 100 + end 1 + 2450 = 2626.
  expect(ampleInk - program.trireme_ink_left()).toBe(10 * 6089 + 2451 + 2451 + 2626);
});
