// The linked program against jco's own glue: one component that calls what its input says, on the same made-up host. Both have to call
// it with the same values in the same order, and to end alike.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bytesToHex, concatBytes } from "@trireme/core";
import { contractWorld } from "@trireme/wasm";
import { expect, it } from "vitest";
import { loadJco, type Jco } from "./jco.ts";
import { programFromComponent } from "./program-from-component.ts";

const jco = (await loadJco()) as Jco & {
  componentEmbed(options: { readonly binary: Uint8Array; readonly witSource: string }): Promise<Uint8Array>;
  componentNew(module: Uint8Array): Promise<Uint8Array>;
};
const witSource = readFileSync(createRequire(import.meta.url).resolve("@trireme/wasm/contract.wit"), "utf8");

interface Instance {
  readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly user_entrypoint: (length: number) => number };
}
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: unknown) => Instance;
  };
};

/** A function of the host interface: its parameters' types in WIT, and its result's. */
interface HostFunction {
  readonly name: string;
  readonly params: readonly string[];
  readonly result: string | undefined;
}

const functions: readonly HostFunction[] = Object.entries(contractWorld.functions).map(([name, wit]) => {
  const [, list = "", result] = /^\((.*?)\)(?: -> (.*))?$/.exec(wit) ?? [];
  return { name, params: [...list.matchAll(/: ([^:]+?)(?:, (?=[\w-]+:)|$)/g)].map(([, type = ""]) => type), result };
});

/** A component whose input is: 0 or 1, whether it ends with an error; then for each call the function's number and its arguments. Its output is what all of them returned. */
function driver(): string {
  const numbers: Readonly<Record<string, string>> = { u64: "i64", u32: "i32", bool: "i32" };
  const flat = (type: string): string => numbers[type] ?? "i32 i32";
  const imports = functions.map(({ name, params, result }) => {
    const isNumber = result !== undefined && result in numbers;
    const types = [...params.map(flat), ...(result === undefined || isNumber ? [] : ["i32"])].join(" ");
    return `(import "trireme:contract/host@0.1.0" "${name}" (func $${name} (param ${types}) ${isNumber ? `(result ${flat(result)})` : ""}))`;
  });
  const argument: Readonly<Record<string, string>> = {
    word: "(call $take (i32.const 32)) (i32.const 32)",
    address: "(call $take (i32.const 20)) (i32.const 20)",
    u64: "(i64.load (call $take (i32.const 8)))",
    "list<u8>": "(call $take (local.tee $size (i32.load8_u (call $take (i32.const 1))))) (local.get $size)",
    "list<word>": "(call $words (local.tee $size (i32.load8_u (call $take (i32.const 1))))) (local.get $size)",
  };
  const cases = functions.map(({ name, params, result = "" }, index) => {
    const call = `(call $${name} ${params.map((type) => argument[type]).join(" ")}`;
    const body =
      result === ""
        ? `${call})`
        : result in numbers
          ? `(i64.store (global.get $end) ${numbers[result] === "i64" ? `${call})` : `(i64.extend_i32_u ${call}))`}) (global.set $end (i32.add (global.get $end) (i32.const 8)))`
          : result.startsWith("result")
            ? `${call} (i32.const 32)) (i32.store8 (global.get $end) (i32.load8_u (i32.const 32))) (global.set $end (i32.add (global.get $end) (i32.const 1)))
               (call $append (i32.load (i32.const 36)) (i32.load (i32.const 40)))`
            : `${call} (i32.const 32)) (call $append (i32.load (i32.const 32)) (i32.load (i32.const 36)))`;
    return `(if (i32.eq (local.get $which) (i32.const ${index})) (then ${body}))`;
  });
  return `(module ${imports.join("\n")} (memory (export "memory") 8 8)
    (global $free (mut i32) (i32.const 131072)) (global $at (mut i32) (i32.const 0)) (global $end (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (global.get $free) (global.set $free (i32.add (global.get $free) (local.get $size))))
    (func $take (param $size i32) (result i32) (global.get $at) (global.set $at (i32.add (global.get $at) (local.get $size))))
    (func $append (param $from i32) (param $size i32)
      (memory.copy (global.get $end) (local.get $from) (local.get $size)) (global.set $end (i32.add (global.get $end) (local.get $size))))
    (func $words (param $count i32) (result i32) (local $i i32)
      (block (loop (br_if 1 (i32.eq (local.get $i) (local.get $count)))
        (i32.store (i32.add (i32.const 64) (i32.shl (local.get $i) (i32.const 3))) (call $take (i32.const 32)))
        (i32.store (i32.add (i32.const 68) (i32.shl (local.get $i) (i32.const 3))) (i32.const 32))
        (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0)))
      (i32.const 64))
    (func (export "call") (param $input i32) (param $length i32) (result i32) (local $which i32) (local $size i32)
      (global.set $at (i32.add (local.get $input) (i32.const 1)))
      (block (loop (br_if 1 (i32.ge_u (global.get $at) (i32.add (local.get $input) (local.get $length))))
        (local.set $which (i32.load8_u (call $take (i32.const 1)))) ${cases.join("\n")} (br 0)))
      (i32.store8 (i32.const 0) (i32.load8_u (local.get $input)))
      (i32.store (i32.const 4) (i32.const 65536)) (i32.store (i32.const 8) (i32.sub (global.get $end) (i32.const 65536))) (i32.const 0)))`;
}

/** Numbers below a limit, the same ones for a seed. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % limit;
  };
}
const bytesFrom = (below: (limit: number) => number, length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));

function randomInput(below: (limit: number) => number): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(below(2))];
  for (let left = below(24); left > 0; left--) {
    const which = below(functions.length);
    parts.push(Uint8Array.of(which));
    for (const type of functions[which]?.params ?? []) {
      const count = below(type === "list<word>" ? 5 : 80);
      const sizes: Readonly<Record<string, number>> = { word: 32, address: 20, u64: 8, "list<u8>": count, "list<word>": 32 * count };
      if (type.startsWith("list")) parts.push(Uint8Array.of(count));
      parts.push(bytesFrom(below, sizes[type] ?? 0));
    }
  }
  return concatBytes(...parts);
}

/** What came of a call of a made-up host: `tag` is 1 for an error. */
interface Answer {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly number: bigint;
}

/** A host that answers by chance, the same for a seed, and writes down what it was asked. */
function madeUpHost(seed: number) {
  const below = randomFrom(seed);
  const trace: string[] = [];
  const ask = (name: string, ...args: readonly (Uint8Array | bigint | readonly Uint8Array[])[]): Answer => {
    const texts = args.map((arg) =>
      typeof arg === "bigint" ? `${arg}` : arg instanceof Uint8Array ? bytesToHex(arg) : arg.map(bytesToHex).join("+"),
    );
    trace.push(`${name} ${texts.join(" ")}`);
    const { result = "" } = functions.find((item) => item.name === name) as HostFunction;
    const tag = result.startsWith("result") ? below(2) : 0;
    const length = result === "word" ? 32 : result === "address" || (result.startsWith("result<address") && tag === 0) ? 20 : below(90);
    const limits: Readonly<Record<string, number>> = { bool: 2, u32: 2 ** 20 };
    const number = BigInt(below(limits[result] ?? 2 ** 20)) * (result === "u64" ? 0x1000_0001_0001n : 1n);
    return { tag, bytes: bytesFrom(below, length), number };
  };
  return { trace, ask };
}

/** How a run ended, and what the host was asked. */
interface Run {
  readonly trace: readonly string[];
  readonly tag: number;
  readonly output: string;
}

type Glue = { instantiate(core: (name: string) => object, imports: unknown): { call(input: Uint8Array): Uint8Array } };

function runGlue(glue: Glue, files: Readonly<Record<string, Uint8Array>>, input: Uint8Array, seed: number): Run {
  const { trace, ask } = madeUpHost(seed);
  const host = Object.fromEntries(
    functions.map(({ name, result = "" }) => [
      name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      (...args: Parameters<typeof ask> extends [string, ...infer Rest] ? Rest : never) => {
        const { tag, bytes, number } = ask(name, ...args);
        // oxlint-disable-next-line typescript/only-throw-error -- how jco's glue takes the error of a result
        if (tag === 1) throw bytes;
        return result === "u64" ? number : result === "bool" ? number === 1n : result === "u32" ? Number(number) : bytes;
      },
    ]),
  );
  const contract = glue.instantiate((name) => new WebAssembly.Module(files[name] as Uint8Array), { "trireme:contract/host": host });
  try {
    return { trace, tag: 0, output: bytesToHex(contract.call(input)) };
  } catch (error) {
    const { payload } = error as { readonly payload?: Uint8Array };
    if (!(payload instanceof Uint8Array)) throw error;
    return { trace, tag: 1, output: bytesToHex(payload) };
  }
}

function runProgram(program: object, input: Uint8Array, seed: number): Run {
  const { trace, ask } = madeUpHost(seed);
  let output: Uint8Array = new Uint8Array(0);
  let returned: Uint8Array = new Uint8Array(0);
  const memory = (): Uint8Array => new Uint8Array(instance.exports.memory.buffer);
  const read = (at: number, length: number): Uint8Array => memory().slice(at, at + length);
  const write = (at: number, bytes: Uint8Array): void => memory().set(bytes, at);
  const returns = (bytes: Uint8Array, lengthAt: number): void => {
    returned = bytes;
    new DataView(instance.exports.memory.buffer).setUint32(lengthAt, bytes.length, true);
  };
  const getter = (name: string) => (to: number) => write(to, ask(name).bytes);
  const of = (name: string, size: number) => (from: number, to: number) => write(to, ask(name, read(from, size)).bytes);
  const number = (name: string) => () => ask(name).number;
  const called = (answer: Answer, lengthAt: number): number => {
    returns(answer.bytes, lengthAt);
    return answer.tag * 2;
  };
  const created = (answer: Answer, to: number, lengthAt: number): void => {
    write(to, answer.tag === 0 ? answer.bytes : new Uint8Array(20));
    returns(answer.tag === 0 ? new Uint8Array(0) : answer.bytes, lengthAt);
  };
  const hooks = {
    read_args: (to: number) => write(to, input),
    write_result: (from: number, length: number) => void (output = read(from, length)),
    read_return_data: (to: number, from: number, size: number) => {
      write(to, returned.slice(from, from + size));
      return returned.slice(from, from + size).length;
    },
    storage_load_bytes32: of("storage-get", 32),
    storage_cache_bytes32: (key: number, value: number) => void ask("storage-set", read(key, 32), read(value, 32)),
    storage_flush_cache: () => undefined,
    transient_load_bytes32: of("transient-get", 32),
    transient_store_bytes32: (key: number, value: number) => void ask("transient-set", read(key, 32), read(value, 32)),
    call_contract: (to: number, data: number, size: number, value: number, gas: bigint, lengthAt: number) =>
      called(ask("call", read(to, 20), read(data, size), read(value, 32), BigInt.asUintN(64, gas)), lengthAt),
    delegate_call_contract: (to: number, data: number, size: number, gas: bigint, lengthAt: number) =>
      called(ask("delegate-call", read(to, 20), read(data, size), BigInt.asUintN(64, gas)), lengthAt),
    static_call_contract: (to: number, data: number, size: number, gas: bigint, lengthAt: number) =>
      called(ask("static-call", read(to, 20), read(data, size), BigInt.asUintN(64, gas)), lengthAt),
    create1: (code: number, size: number, value: number, to: number, lengthAt: number) =>
      created(ask("create", read(code, size), read(value, 32)), to, lengthAt),
    create2: (code: number, size: number, value: number, salt: number, to: number, lengthAt: number) =>
      created(ask("create2", read(code, size), read(value, 32), read(salt, 32)), to, lengthAt),
    emit_log: (from: number, size: number, count: number) => {
      const topics = Array.from({ length: count }, (_, index) => read(from + 32 * index, 32));
      ask("log", topics, read(from + 32 * count, size - 32 * count));
    },
    msg_sender: getter("sender"),
    msg_value: getter("value"),
    contract_address: getter("self-address"),
    msg_reentrant: () => Number(ask("is-reentrant").number),
    evm_gas_left: number("gas-left"),
    block_number: number("block-number"),
    block_timestamp: number("block-timestamp"),
    block_gas_limit: number("block-gas-limit"),
    block_basefee: getter("block-base-fee"),
    block_coinbase: getter("block-coinbase"),
    chainid: number("chain-id"),
    tx_origin: getter("tx-origin"),
    tx_gas_price: getter("tx-gas-price"),
    account_balance: of("balance", 20),
    account_code_size: (from: number) => Number(ask("code-size", read(from, 20)).number),
    account_codehash: of("code-hash", 20),
    native_keccak256: (from: number, length: number, to: number) => write(to, ask("keccak256", read(from, length)).bytes),
  };
  const instance = new WebAssembly.Instance(program, { vm_hooks: hooks });
  const tag = instance.exports.user_entrypoint(input.length);
  return { trace, tag, output: bytesToHex(output) };
}

it("every host function is called and answered as by jco's glue", async () => {
  const component = await jco.componentNew(await jco.componentEmbed({ binary: await jco.parse(driver()), witSource }));
  const program = new WebAssembly.Module((await programFromComponent(jco, component)).wasm);
  const { files } = await jco.transpile(component, { name: "contract", instantiation: "sync", noTypescript: true });
  const script = Buffer.from(files["contract.js"] as Uint8Array).toString("base64");
  const glue = (await import(/* @vite-ignore */ `data:text/javascript;base64,${script}`)) as Glue;
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const input = randomInput(randomFrom(seed));
    const linked = runProgram(program, input, seed);
    expect({ seed, ...linked }).toEqual({ seed, ...runGlue(glue, files, input, seed) });
    for (const line of linked.trace) seen.add(line.split(" ")[0] as string);
  }
  expect([...seen].sort()).toEqual(functions.map(({ name }) => name).sort());
});
