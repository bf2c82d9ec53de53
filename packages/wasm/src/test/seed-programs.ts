/** Programs whose results are known, in WAT and AssemblyScript: they run before and after an encoding, and mutants are made of them. */
import { compileAssembly } from "./compile-assembly.mjs";
import { bytesFromWat } from "./wat.ts";

/** A program, and calls of its exports. */
export interface SeedProgram {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly calls: readonly (readonly [name: string, ...args: (number | bigint)[]])[];
}

const wats: readonly (Omit<SeedProgram, "bytes"> & { readonly text: string })[] = [
  {
    name: "control",
    calls: [
      ["classify", 0],
      ["classify", 1],
      ["classify", 2],
      ["classify", 9],
      ["collatz", 27n],
      ["early", 5],
      ["early", 50],
    ],
    text: `(module
      (func $classify (export "classify") (param i32) (result i32)
        (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 10))) (return (i32.const 20)))
        (i32.const 30))
      (func (export "collatz") (param i64) (result i64) (local i64)
        (block $done
          (loop $again
            (br_if $done (i64.le_u (local.get 0) (i64.const 1)))
            (local.set 1 (i64.add (local.get 1) (i64.const 1)))
            (if (i64.eqz (i64.and (local.get 0) (i64.const 1)))
              (then (local.set 0 (i64.shr_u (local.get 0) (i64.const 1))))
              (else (local.set 0 (i64.add (i64.mul (local.get 0) (i64.const 3)) (i64.const 1)))))
            (br $again)))
        (local.get 1))
      (func (export "early") (param i32) (result i32)
        (if (result i32) (i32.gt_s (local.get 0) (i32.const 10)) (then (i32.const 1) (br 1)) (else (nop) (local.get 0)))
        (drop (i32.const 4)) (unreachable))
    )`,
  },
  {
    name: "memory",
    calls: [["fill", 7], ["sum"], ["wide", 0x1234_5678_9abc_def0n], ["grow", 2], ["narrow", -3]],
    text: `(module
      (memory (export "memory") 1 4)
      (data (i32.const 16) "trireme\\00\\ff")
      (data (i32.const 65530) "\\01\\02\\03\\04\\05\\06")
      (func (export "fill") (param i32) (result i32)
        (memory.fill (i32.const 100) (local.get 0) (i32.const 50))
        (memory.copy (i32.const 120) (i32.const 16) (i32.const 9))
        (i32.load offset=118 align=1 (i32.const 0)))
      (func (export "sum") (result i32) (local $at i32) (local $sum i32)
        (loop $next
          (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.load8_u (local.get $at))))
          (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 200))))
        (local.get $sum))
      (func (export "wide") (param i64) (result i64)
        (i64.store (i32.const 8) (local.get 0))
        (i64.store32 offset=4 (i32.const 8) (local.get 0))
        (i64.store16 (i32.const 9) (i64.const -2)) (i64.store8 (i32.const 13) (i64.const 255))
        (i64.add (i64.load32_s (i32.const 8)) (i64.add (i64.load16_u (i32.const 9)) (i64.load (i32.const 8)))))
      (func (export "grow") (param i32) (result i32)
        (i32.add (i32.mul (memory.grow (local.get 0)) (i32.const 100)) (memory.size)))
      (func (export "narrow") (param i32) (result i32)
        (i32.store16 (i32.const 40) (local.get 0)) (i32.store8 (i32.const 41) (i32.const 1))
        (i32.add (i32.load16_s (i32.const 40)) (i32.add (i32.load8_s (i32.const 40)) (i32.load16_u (i32.const 40)))))
    )`,
  },
  {
    name: "tables and globals",
    calls: [["apply", 0, 5, 3], ["apply", 1, 5, 3], ["count"], ["count"], ["big"], ["fib", 15], ["floats", 3]],
    text: `(module
      (type $binary (func (param i32 i32) (result i32)))
      (import "vm_hooks" "pay_for_memory_grow" (func $pay (param i32)))
      (import "vm_hooks" "tx_ink_price" (func $price (result i32)))
      (table 3 funcref)
      (elem (i32.const 1) $sub $add)
      (global $counter (mut i32) (i32.const 5))
      (global $big i64 (i64.const -9223372036854775808))
      (global $pi (mut f64) (f64.const 3.25))
      (export "counter" (global $counter))
      (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
      (func $sub (type $binary) (i32.sub (local.get 0) (local.get 1)))
      (func (export "apply") (param i32 i32 i32) (result i32)
        (call_indirect (type $binary) (local.get 1) (local.get 2) (i32.add (local.get 0) (i32.const 1))))
      (func (export "count") (result i32)
        (call $pay (i32.const 0))
        (global.set $counter (i32.add (global.get $counter) (call $price)))
        (global.get $counter))
      (func (export "big") (result i64) (i64.xor (global.get $big) (i64.extend32_s (i64.const 0x80000000))))
      (func $fib (export "fib") (param i32) (result i32)
        (select (local.get 0)
          (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (i32.const 0))
            (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2))))))
          (i32.lt_u (local.get 0) (i32.const 2))))
      (func (export "floats") (param i32) (result i32) (local f32 f64)
        (local.set 1 (f32.reinterpret_i32 (local.get 0)))
        (local.set 2 (f64.reinterpret_i64 (i64.const 77)))
        (global.set $pi (local.get 2))
        (i32.xor (i32.reinterpret_f32 (local.get 1)) (i32.reinterpret_f32 (f32.const 1.5))))
    )`,
  },
  {
    name: "integers",
    calls: [
      ["mix32", 0x1234_5678, -77],
      ["mix64", 0x0123_4567_89ab_cdefn, -5n],
    ],
    text: `(module
      (func (export "mix32") (param i32 i32) (result i32)
        (i32.xor (i32.rotl (local.get 0) (i32.const 7)) (i32.sub (i32.clz (local.get 1)) (i32.ctz (local.get 0))))
        (i32.add (i32.popcnt (local.get 1)))
        (i32.or (i32.div_s (local.get 0) (local.get 1)))
        (i32.and (i32.shr_s (local.get 1) (i32.const 3)))
        (i32.sub (i32.rem_u (local.get 0) (i32.const 1000)))
        (i32.add (i32.extend8_s (local.get 0))) (i32.add (i32.extend16_s (local.get 1)))
        (i32.add (i32.wrap_i64 (i64.extend_i32_s (local.get 1)))))
      (func (export "mix64") (param i64 i64) (result i64)
        (i64.xor (i64.rotr (local.get 0) (i64.const 9)) (i64.sub (i64.clz (local.get 1)) (i64.ctz (local.get 0))))
        (i64.add (i64.popcnt (local.get 1)))
        (i64.or (i64.div_u (local.get 0) (local.get 1)))
        (i64.sub (i64.rem_s (local.get 0) (i64.const 1000)))
        (i64.add (i64.extend8_s (local.get 0))) (i64.add (i64.extend16_s (local.get 1)))
        (i64.add (i64.extend_i32_u (i64.lt_s (local.get 0) (local.get 1))))
        (i64.shl (i64.const 3)) (i64.add (i64.const 0x7fffffffffffffff)))
    )`,
  },
];

const multiValue = `(module
  (type $pair (func (param i32 i32) (result i32 i32)))
  (func $swap (type $pair) (local.get 1) (local.get 0))
  (func (export "difference") (param i32 i32) (result i32)
    (local.get 0) (local.get 1)
    (call $swap)
    (block (type $pair) (call $swap) (br 0))
    (loop (type $pair))
    (if (type $pair) (i32.const 1) (then) (else (call $swap)))
    (i32.sub)))`;

const assembly = `
  const seen = new Map<u32, u64>();
  @external("vm_hooks", "pay_for_memory_grow") declare function pay(pages: i32): void;
  export function keep(): void { pay(0); }
  export function sieve(limit: i32): i32 {
    const composite = new StaticArray<u8>(limit + 1);
    let count = 0;
    for (let i = 2; i <= limit; i++) {
      if (composite[i]) continue;
      count++;
      for (let j = i * 2; j <= limit; j += i) composite[j] = 1;
    }
    return count;
  }
  export function remember(key: u32, value: u64): u64 {
    if (!seen.has(key)) seen.set(key, value);
    return seen.get(key) + <u64>seen.size;
  }
  export function text(n: i32): i32 {
    const words = new Array<string>();
    for (let i = 0; i < n; i++) words.push("word" + i.toString(16));
    words.sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
    const joined = words.join("-").toUpperCase();
    let hash = 17;
    for (let i = 0; i < joined.length; i++) hash = hash * 31 + joined.charCodeAt(i);
    return hash;
  }
  export function dispatch(kind: i32, a: u64, b: u64): u64 {
    switch (kind) {
      case 0: return a + b;
      case 1: return a * b;
      case 2: return b == 0 ? 0 : a / b;
      case 3: return a ^ rotl(b, 13);
      case 4: return a << (b & 63);
      default: return unreachable();
    }
  }
`;

/** The programs written in WAT; those with multi-value blocks only where they are asked for. */
export function watPrograms(withMultiValue: boolean): SeedProgram[] {
  const programs = wats.map(({ text, ...rest }) => ({ ...rest, bytes: bytesFromWat(text) }));
  if (withMultiValue) programs.push({ name: "multi-value", bytes: bytesFromWat(multiValue), calls: [["difference", 50, 8]] });
  return programs;
}

/** A program compiled by AssemblyScript: about 10 KB. */
export async function assemblyProgram(): Promise<SeedProgram> {
  const bytes = await compileAssembly(assembly, ["-O2", "--runtime", "stub", "--use", "abort=", "--exportStart", "init"]);
  return {
    name: "AssemblyScript",
    bytes,
    calls: [
      ["init"],
      ["sieve", 1000],
      ["remember", 5, 77n],
      ["remember", 6, 7n],
      ["remember", 5, 1n],
      ["text", 40],
      ["dispatch", 3, 1n, 2n],
      ["dispatch", 2, 99n, 7n],
      ["dispatch", 9, 1n, 1n],
    ],
  };
}
