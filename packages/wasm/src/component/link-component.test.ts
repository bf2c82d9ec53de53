import { readFileSync } from "node:fs";
import { emptyBytes, hexToBytes } from "@trireme/core";
import { describe, expect, it } from "vitest";
import { decodeModule } from "../binary/decode/decode-module.ts";
import { encodeModule } from "../binary/encode/encode-module.ts";
import { parseModule } from "../binary/parse-module.ts";
import { wasmRules } from "../binary/wasm-rules.ts";
import { hostExport } from "../instrument/host-exports.ts";
import { instrument } from "../instrument/instrument.ts";
import { componentWat, coreType, worldFunctions, worldText, type ComponentParts } from "../test/component-wat.ts";
import { ampleInk, startMetered } from "../test/metered.ts";
import { mutateBytes } from "../test/mutate-bytes.ts";
import { mutateModule } from "../test/mutate-module.ts";
import { createRandom } from "../test/random.ts";
import { answerOf, linkedProgram, runComponent, u32 } from "../test/run-component.ts";
import { createStylusMachine, word } from "../test/stylus-machine.ts";
import { bytesFromWat } from "../test/wat.ts";
import { contractWorld } from "./contract-world.ts";
import { linkComponent } from "./link-component.ts";

const failure = { kind: "revert", output: emptyBytes };
const echo = "(call $ok (local.get $input) (local.get $length))";
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const vault = readFileSync(new URL("../../wit/example/vault.wat", import.meta.url), "utf8");

describe("the world", () => {
  it("is that of the published text", () => {
    expect(Object.fromEntries(worldFunctions)).toEqual(contractWorld.functions);
    expect(worldText).toContain(`export ${contractWorld.exported};`);
    expect(worldText).toContain("package trireme:contract@0.1.0;");
    expect([contractWorld.name, contractWorld.host]).toEqual(["trireme:contract/contract@0.1.0", "trireme:contract/host@0.1.0"]);
  });

  it.each(worldFunctions)("%s has the type that the canonical ABI gives it, and no other", (name, wit) => {
    const { params, results } = coreType(wit);
    const importing = (type: { readonly params: readonly string[]; readonly results: readonly string[] }): string =>
      componentWat(echo, {}).replace(
        "(module",
        `(module (import "trireme:contract/host@0.1.0" "${name}" (func (param ${type.params.join(" ")}) (result ${type.results.join(" ")})))`,
      );
    expect(WebAssembly.validate(linkedProgram(importing({ params, results })))).toBe(true);
    const others = [
      { params: [...params, "i32"], results },
      { params, results: results.length === 0 ? ["i32"] : [] },
      { params: params.map((type) => (type === "i32" ? "i64" : "i32")), results: params.length === 0 ? ["f32"] : results },
    ];
    for (const other of others)
      expect(() => linkedProgram(importing(other))).toThrow(`worldMismatch: import "trireme:contract/host@0.1.0" "${name}"`);
  });
});

describe("a linked component", () => {
  it("is an ordinary program: vm_hooks in, memory and an entry point out, nothing else", () => {
    const program = linkedProgram(componentWat(`(call $storage-get (i32.const 0) (i32.const 32) (i32.const 32)) ${echo}`, { pages: "1" }));
    const parsed = parseModule(program, wasmRules(60));
    if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
    const { imports, exports, customs, start } = parsed.module;
    expect(imports.map(({ module, name }) => `${module}.${name}`).sort()).toEqual([
      "vm_hooks.pay_for_memory_grow",
      "vm_hooks.read_args",
      "vm_hooks.storage_load_bytes32",
      "vm_hooks.write_result",
    ]);
    expect(exports.map(({ name, kind }) => [name, kind])).toEqual([
      ["user_entrypoint", "function"],
      ["memory", "memory"],
    ]);
    expect([customs, start]).toEqual([[], undefined]);
    expect(linkedProgram(componentWat(`(call $storage-get (i32.const 0) (i32.const 32) (i32.const 32)) ${echo}`, { pages: "1" }))).toEqual(
      program,
    );
  });

  it.each([0, 1, 31, 32, 5000])("gives %d bytes back, as success or as a revert", (size) => {
    const input = Uint8Array.from({ length: size }, (_, index) => index & 0xff);
    expect(answerOf(runComponent(echo, { input }))).toEqual(["success", input]);
    expect(answerOf(runComponent("(call $err (local.get $input) (local.get $length))", { input }))).toEqual(["revert", input]);
  });

  it("begins anew in each call: start function, then _initialize, then call", () => {
    const more = `(global $count (mut i32) (i32.const 1))
      (func $start (global.set $count (i32.mul (global.get $count) (i32.const 10)))) (start $start)
      (func (export "_initialize") (global.set $count (i32.add (global.get $count) (i32.const 3))))`;
    const machine = createStylusMachine();
    const program = machine.deploy(
      linkedProgram(
        componentWat(
          "(i32.store (i32.const 64) (global.get $count)) (global.set $count (i32.const 77)) (call $ok (i32.const 64) (i32.const 4))",
          { more },
        ),
      ),
    );
    expect([1, 2, 3].map(() => answerOf(machine.call(program)))).toEqual([1, 2, 3].map(() => ["success", bytes(13, 0, 0, 0)]));
  });

  it("calls post-return with the result's place, and fails where that does", () => {
    const post = (then: string): ComponentParts => ({ more: `(func (export "cabi_post_call") (param $at i32) ${then})` });
    expect(
      answerOf(runComponent(echo, { input: bytes(7) }, post("(if (i32.ne (local.get $at) (i32.const 0)) (then unreachable))"))),
    ).toEqual(["success", bytes(7)]);
    expect(runComponent(echo, { input: bytes(7) }, post("unreachable"))).toMatchObject(failure);
  });

  it("has the names of the canonical ABI's build target too", () => {
    const wat = componentWat(`(call $self-address (i32.const 32)) (call $given)`, {
      more: '(func (export "cm32p2||call_post") (param i32))',
    })
      .replaceAll('"trireme:contract/host@0.1.0"', '"cm32p2|trireme:contract/host@0.1"')
      .replace('(export "call")', '(export "cm32p2||call")')
      .replace('(export "memory")', '(export "cm32p2_memory")')
      .replace('(export "cabi_realloc")', '(export "cm32p2_realloc")');
    const machine = createStylusMachine();
    const program = machine.deploy(linkedProgram(wat));
    expect(answerOf(machine.call(program))).toEqual(["success", program]);
  });

  it("calls host functions through a table as well", () => {
    const more = `(table 2 2 funcref) (elem (i32.const 0) $chain-id $self-address) (type $get (func (param i32)))`;
    const machine = createStylusMachine();
    const program = machine.deploy(
      linkedProgram(componentWat("(call_indirect (type $get) (i32.const 32) (i32.const 1)) (call $given)", { more })),
    );
    expect(answerOf(machine.call(program))).toEqual(["success", program]);
  });

  it("may export what it imports, and names that Stylus keeps for itself", () => {
    const more = '(func (export "stylus_start")) (func (export "log")) (func (export "__call"))';
    expect(
      answerOf(
        runComponent(
          "(call $log (i32.const 64) (i32.const 0) (i32.const 0) (i32.const 0)) (call $ok (i32.const 0) (i32.const 0))",
          {},
          { more },
        ),
      ),
    ).toEqual(["success", emptyBytes]);
  });
});

describe("what linked code costs in ink", () => {
  /** Ink of the program's instructions, with host functions that do nothing and cost nothing. */
  function inkOf(body: string, parts: ComponentParts): number {
    const parsed = parseModule(linkedProgram(componentWat(body, parts)), wasmRules(60));
    if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
    const metered = instrument(parsed.module, { isDebug: false });
    if (metered.kind === "invalid") throw new Error(metered.fault.message);
    const hooks = Object.fromEntries(parsed.module.imports.map(({ name }) => [name, () => undefined]));
    const exports = startMetered(metered.module, hooks);
    expect(exports.user_entrypoint(0)).toBe(0);
    return ampleInk - exports[hostExport.inkLeft]();
  }
  // One block: header 2450, i32.const 1, end 1.
  const realloc = '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))';
  // allocate: (header 2450, 3 constants, local.get 75, call 3800) + 2452 for realloc above + (header 2450, local.tee and
  // local.get 75 each, eqz 170, or 70, eqz 170, if 765) + (header 2450, local.get 75, end 1).
  const allocate = 6328 + 2452 + 3775 + 2526;
  // (header 2450, local.get 75, call 3800) + allocate + (header 2450, local.tee 75, call 3800) + (header 2450, two
  // local.get 75, call 3800) + (header 2450, local.tee 75, i32.load8_u 670, local.tee 75, i32.const 1, gt_u 170,
  // local.get 75, i32.const 1, and 70, or 70, if 765) + (header 2450, two local.get 75 and loads 670, call 3800)
  // + (header 2450, local.get 75, end 1).
  const entry = 6325 + allocate + 6325 + 6400 + 4422 + 7740 + 2526;

  it("the entry point, around call", () => {
    // call is a block as realloc's.
    expect(inkOf("(i32.const 16)", { realloc })).toBe(entry + 2452);
    expect(inkOf("(i32.const 16)", { realloc })).toBe(51_271);
  });

  it("storage-get, on top of storage_load_bytes32", () => {
    // (header 2450, local.get 75, i32.const 1, xor 70, local.get 75, i32.const 1, and 70, or 70, if 765) + (header 2450,
    // i32.const 1, call 3800) + allocate + (header 2450, local.set 210, two local.get 75, call 3800) + (header 2450, two
    // local.get 75, store 825, local.get 75, i32.const 1, store 825, end 1).
    const adapter = 3577 + 6251 + allocate + 6610 + 4327;
    // In call: three constants, and the block that the call ends: 2450 + 3 + 3800.
    const body = "(call $storage-get (i32.const 512) (i32.const 32) (i32.const 32)) (i32.const 16)";
    expect(inkOf(body, { realloc })).toBe(entry + 6253 + adapter + 2452);
    expect(adapter).toBe(35_846);
  });

  it("storage-set, on top of storage_cache_bytes32, and the flush at the end", () => {
    // (header 2450, local.get 75, i32.const 1, xor 70, twice, or 70, if 765) + (header 2450, two local.get 75, call 3800)
    // + (header 2450, i32.const 1, global.set 575, end 1).
    const adapter = 3577 + 6400 + 3027;
    // The entry point's last block becomes (header 2450, global.get 225, local.get 75, eqz 170, and 70, if 765)
    // + (header 2450, i32.const 1, call 3800) + (header 2450, i32.const 1, global.set 575, end 1) + the last block.
    const flush = 3755 + 6251 + 3027;
    const body = "(call $storage-set (i32.const 512) (i32.const 32) (i32.const 544) (i32.const 32)) (i32.const 16)";
    expect(inkOf(body, { realloc })).toBe(entry + flush + 6254 + adapter + 2452);
  });

  it("nothing for what has the host function's own type", () => {
    // header 2450, call 3800; header 2450, drop 9, i32.const 1, end 1.
    expect(inkOf("(drop (call $is-reentrant)) (i32.const 16)", { realloc })).toBe(entry + 6250 + 2461);
  });
});

describe("limits", () => {
  const growing = `(memory.grow (i32.load8_u (local.get $input))) drop (i32.store (i32.const 64) (memory.size)) (call $ok (i32.const 64) (i32.const 4))`;

  it("growth is paid for, by the page", () => {
    const machine = createStylusMachine();
    const program = machine.deploy(linkedProgram(componentWat(growing, { pages: "1" })));
    const spent = (pages: number): bigint => {
      machine.nextTransaction();
      const result = machine.call(program, { input: bytes(pages) });
      expect(answerOf(result)).toEqual(["success", u32(1 + pages)]);
      return 100_000_000n - (result.kind === "success" ? result.gasLeft : 0n);
    };
    // Two pages are free, the others 1000 gas each and floor(31,874,000 ^ (pages / 128)) - 1 for having had them.
    expect(spent(10) - spent(1)).toBe(9n * 1000n + 3n);
    machine.nextTransaction();
    expect(machine.call(program, { input: bytes(128) })).toMatchObject({ kind: "halt", reason: "outOfGas" });
    machine.nextTransaction();
    expect(machine.call(program, { input: bytes(100), gas: 500_000n })).toMatchObject({ kind: "halt", reason: "outOfGas" });
  });

  it("a start that is too large is no program", () => {
    expect(() => createStylusMachine().deploy(linkedProgram(componentWat(echo, { pages: "129" })))).toThrow("not activated");
  });

  it("out of gas at any step undoes all of it", () => {
    const machine = createStylusMachine();
    const body = `(call $storage-set (i32.const 512) (i32.const 32) (local.get $input) (i32.const 32))
      (call $log (i32.const 64) (i32.const 0) (local.get $input) (i32.const 32)) (call $ok (local.get $input) (i32.const 32))`;
    const program = machine.deploy(linkedProgram(componentWat(body)));
    machine.call(program, { input: word(4n) });
    machine.nextTransaction();
    const full = machine.call(program, { input: word(5n) });
    const needed = full.kind === "success" ? 100_000_000n - full.gasLeft : 0n;
    machine.nextTransaction();
    const kinds = new Set<string>();
    for (let gas = 0n; gas < needed; gas += needed / 97n) {
      const result = machine.call(program, { input: word(6n), gas });
      kinds.add(result.kind === "halt" ? result.reason : result.kind);
      machine.nextTransaction();
    }
    expect([...kinds]).toEqual(["outOfGas"]);
    expect(machine.host.getStorage(program, new Uint8Array(32))).toEqual(word(5n));
    expect(machine.call(program, { input: word(6n), gas: needed }).kind).toBe("success");
  });
});

describe("what is refused", () => {
  const plain = componentWat(echo);
  it.each<readonly [string, string, string]>([
    [
      "another interface",
      plain.replace("(module", '(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))'),
      'worldMismatch: import "wasi_snapshot_preview1" "fd_write": expected functions of trireme:contract/host@0.1.0 only',
    ],
    [
      "another version",
      plain.replace("(module", '(module (import "trireme:contract/host@0.2.0" "sender" (func (param i32)))'),
      "expected functions of trireme:contract/host@0.1.0 only",
    ],
    [
      "another function",
      plain.replace("(module", '(module (import "trireme:contract/host@0.1.0" "toString" (func (param i32)))'),
      'worldMismatch: import "trireme:contract/host@0.1.0" "toString": expected a function of',
    ],
    ["no call", plain.replace('(export "call")', ""), 'worldMismatch: expected a function as export "call", got none'],
    [
      "another call",
      plain
        .replace("(param $input i32) (param $length i32) (result i32)", "(param $input i64) (param $length i32) (result i32)")
        .replace(echo, "unreachable"),
      'worldMismatch: export "call": expected the type (i32 i32) -> (i32), got (i64 i32) -> (i32)',
    ],
    [
      "call as a global",
      plain.replace('(func (export "call")', '(global (export "call") i32 (i32.const 0)) (func'),
      'export "call": expected a function, got a global',
    ],
    ["no allocator", plain.replace('(export "cabi_realloc")', ""), 'expected a function as export "cabi_realloc", got none'],
    [
      "another allocator",
      plain.replace('(export "cabi_realloc")', "").replace('(func (export "call")', '(func (export "cabi_realloc")) (func (export "call")'),
      'export "cabi_realloc": expected the type (i32 i32 i32 i32) -> (i32), got () -> ()',
    ],
    ["no memory", plain.replace('(export "memory")', ""), 'expected the memory as export "memory", got none'],
    [
      "floating point",
      plain.replace(echo, `(drop (f64.add (f64.const 1) (f64.const 2))) ${echo}`),
      "notSupported: expected an instruction that Stylus takes, got floating-point arithmetic",
    ],
    [
      "a wrong post-return",
      plain.replace('(func (export "call")', '(func (export "cabi_post_call")) (func (export "call")'),
      'export "cabi_post_call": expected the type (i32) -> ()',
    ],
  ])("%s", (_, wat, message) => {
    expect(() => linkedProgram(wat)).toThrow(message);
  });

  it("a component as a whole, and no bytes", () => {
    const component = hexToBytes("0x0061736d0d000100");
    expect(linkComponent(component)).toMatchObject({
      kind: "invalid",
      fault: { code: "badHeader", message: expect.stringContaining("a component") },
    });
    expect(linkComponent(emptyBytes)).toMatchObject({ kind: "invalid", fault: { code: "unexpectedEnd" } });
  });
});

it("any bytes give a program or a fault, and a program is valid", () => {
  const seeds = [vault, componentWat(echo, { more: "(table 2 2 funcref) (elem (i32.const 0) $ok $err)", pages: "1" })].map((wat) => {
    const seed = bytesFromWat(wat);
    const decoded = decodeModule(seed, wasmRules(51));
    if (decoded.kind === "invalid") throw new Error(decoded.fault.message);
    return { seed, module: decoded.module };
  });
  const random = createRandom(7);
  const codes = new Set<string>();
  let programs = 0;
  for (let i = 0; i < 600; i++) {
    const { seed, module } = random.pick(seeds);
    const result = linkComponent(random.below(2) === 0 ? mutateBytes(seed, random) : encodeModule(mutateModule(module, random)));
    if (result.kind === "linked") {
      programs++;
      expect({ mutant: i, isValid: WebAssembly.validate(result.bytes) }).toEqual({ mutant: i, isValid: true });
    } else codes.add(result.fault.code);
  }
  expect(programs).toBeGreaterThan(30);
  expect(codes.size).toBeGreaterThan(5);
});
