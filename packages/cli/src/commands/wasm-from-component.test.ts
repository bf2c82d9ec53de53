// A component, built here of WAT and WIT, to a contract on a chain of all VMs.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChain, type Chain, type Receipt } from "@trireme/chain";
import {
  addressFromHex,
  addressToHex,
  bytesToHex,
  concatBytes,
  createAddress,
  emptyBytes,
  hexToBytes,
  isTriremeError,
  type Address,
  type ExecutionResult,
} from "@trireme/core";
import { defineDevChain, deriveDevAccounts } from "@trireme/node";
import { assembleEvm, evmDeployment, returnReturnData } from "@trireme/testing";
import { encodeErrorResult, encodeEventTopics, encodeFunctionData, parseAbi, parseEther } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../command-line.ts";
import { loadJco, type Jco } from "./wasm-from-component/jco.ts";
import { programFromComponent } from "./wasm-from-component/program-from-component.ts";

/** What builds a component. */
interface ComponentTools extends Jco {
  componentEmbed(options: { readonly binary: Uint8Array; readonly witSource: string }): Promise<Uint8Array>;
  componentNew(module: Uint8Array): Promise<Uint8Array>;
}

const jco = (await loadJco()) as ComponentTools;
const { resolve } = createRequire(import.meta.url);
const world = readFileSync(resolve("@trireme/wasm/contract.wit"), "utf8");
const vaultText = readFileSync(new URL("../../../wasm/wit/example/vault.wat", import.meta.url), "utf8");

async function componentOf(text: string, witSource = world): Promise<Uint8Array> {
  return jco.componentNew(await jco.componentEmbed({ binary: await jco.parse(text), witSource }));
}

const folder = mkdtempSync(join(tmpdir(), "trireme-component-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const vault = await componentOf(vaultText);
const vaultFile = join(folder, "vault.wasm");
writeFileSync(vaultFile, vault);

const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
beforeEach(() => void [stdout, stderr].map((spy) => spy.mockClear()));
const printed = (spy: typeof stdout): string[] => spy.mock.calls.map(([line]) => String(line));

describe("trireme wasm from-component", () => {
  it("writes module, code and init code, named after the component, the same ones each time", async () => {
    const [first, second] = [join(folder, "out"), join(folder, "deep", "er")];
    expect(await runCommandLine(["wasm", "from-component", vaultFile, "-o", first])).toBe(0);
    expect(printed(stdout)[0]).toMatch(/^\d+ bytes of WebAssembly, \d+ bytes of code, 1 pages of memory, \d+ gas to start$/);
    expect(await runCommandLine(["wasm", "from-component", vaultFile, "--out", second, "--json"])).toBe(0);
    const summary = JSON.parse(printed(stdout).at(-1) as string) as Record<string, unknown>;
    const names = ["vault.code.hex", "vault.initcode.hex", "vault.program.wasm"];
    expect([readdirSync(first).sort(), readdirSync(second).sort()]).toEqual([names, names]);
    const [inFirst, inSecond] = [first, second].map((out) => names.map((name) => readFileSync(join(out, name))));
    expect(inFirst).toEqual(inSecond);
    const built = await programFromComponent(jco, vault);
    const { wasm, code, initCode, pages, startGas } = built;
    expect(inFirst?.map(String).slice(0, 2)).toEqual([`${bytesToHex(code)}\n`, `${bytesToHex(initCode)}\n`]);
    expect(new Uint8Array(inFirst?.[2] as Buffer)).toEqual(wasm);
    expect(summary).toMatchObject({ wasmBytes: wasm.length, codeBytes: code.length, initCodeBytes: initCode.length, pages, startGas });
    expect(summary["files"]).toEqual({
      wasm: join(second, names[2] as string),
      code: join(second, names[0] as string),
      initCode: join(second, names[1] as string),
    });
  });

  it("refuses what is no file and what is no component with one line", async () => {
    const text = join(folder, "text.wasm");
    writeFileSync(text, "(component)");
    for (const file of [join(folder, "missing.wasm"), folder, text]) expect(await runCommandLine(["wasm", "from-component", file])).toBe(1);
    expect(printed(stderr)).toEqual([
      `trireme: expected a component (.wasm), got ${join(folder, "missing.wasm")}, which is no file`,
      `trireme: expected a component (.wasm), got ${folder}, which is no file`,
      `trireme: ${text}: expected a component (00 61 73 6d 0d 00 01 00), got other bytes`,
    ]);
    expect(printed(stdout)).toEqual([]);
  });

  it("says what to install where jco is missing", async () => {
    await expect(loadJco(() => resolve("@bytecodealliance/jco-that-nobody-installed"))).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: "components need jco: install it beside trireme (npm install --save-dev @bytecodealliance/jco@1.35.0)",
    });
  });
});

describe("what is refused", () => {
  const call =
    '(memory (export "memory") 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)) (func (export "call") (param i32 i32) (result i32) (i32.const 0))';
  const other = (items: string, more = ""): string => `package trireme:contract@0.1.0; ${more} world contract { ${items} }`;
  const exported = "export call: func(input: list<u8>) -> result<list<u8>, list<u8>>;";
  const importing = (module: string, name: string, type: string): string =>
    `(module (import "${module}" "${name}" (func ${type})) ${call})`;

  it.each<readonly [string, () => Promise<Uint8Array>, RegExp]>([
    ["a core module", () => jco.parse(vaultText), /^expected a component, got a core module: .*componentEmbed and componentNew/],
    [
      "a component of nothing",
      () => jco.parse("(component)"),
      /^expected the world trireme:contract\/contract@0\.1\.0, with the export call: .*; got no export$/,
    ],
    [
      "another world",
      () => componentOf('(module (func (export "run")))', "package other:thing; world thing { export run: func(); }"),
      /with the export call: func\(input: list<u8>\) .*; got run: func\(\)$/,
    ],
    [
      "another type of call",
      () => componentOf(`(module ${call})`, other("export call: func(input: string) -> result<list<u8>, list<u8>>;")),
      /; got call: func\(input: string\) -> result<list<u8>, list<u8>>$/,
    ],
    [
      "another type of a host function, with the same core type",
      () =>
        componentOf(
          importing("trireme:contract/host@0.1.0", "sender", "(param i32)"),
          other(`import host; ${exported}`, "interface host { sender: func() -> string; }"),
        ),
      /^trireme:contract\/host@0\.1\.0: expected sender: func\(\) -> list<u8>, got func\(\) -> string$/,
    ],
    [
      "a host function that there is not",
      () =>
        componentOf(
          importing("trireme:contract/host@0.1.0", "time", "(result i64)"),
          other(`import host; ${exported}`, "interface host { time: func() -> u64; }"),
        ),
      /^expected functions of trireme:contract\/host@0\.1\.0, got time$/,
    ],
    [
      "a system interface",
      () =>
        componentOf(
          importing("wasi:random/random@0.2.0", "get-random-u64", "(result i64)"),
          other(`import wasi:random/random@0.2.0; ${exported}`).concat(
            " package wasi:random@0.2.0 { interface random { get-random-u64: func() -> u64; } }",
          ),
        ),
      /imports wasi:random\/random@0\.2\.0: a contract has no system interface: .*wasm32-unknown-unknown/,
    ],
    [
      "another version",
      () =>
        componentOf(
          importing("trireme:contract/host@0.2.0", "time", "(result i64)"),
          `package trireme:contract@0.2.0; interface host { time: func() -> u64; } world contract { import host; ${exported} }`,
        ),
      /imports trireme:contract\/host@0\.2\.0: a contract imports trireme:contract\/host@0\.1\.0 only$/,
    ],
    [
      "a second core module",
      async () => {
        const text = await jco.print(vault);
        const more = '(core module $more (func (export "helper"))) (core instance (instantiate $more)))';
        return jco.parse(text.trimEnd().slice(0, -1) + more);
      },
      /^expected one core module beside the component's wiring, got 2: \d+ bytes with memory, cabi_realloc, call; \d+ bytes with helper\. /,
    ],
    [
      "what Stylus does not run",
      () => componentOf(`(module ${call} (func (param f64) (result f64) (f64.sqrt (local.get 0))))`, other(exported)),
      /^expected an instruction that Stylus takes, got floating-point arithmetic$/,
    ],
    [
      "more memory than a program may have",
      () => componentOf(`(module ${call})`.replace('"memory") 1', '"memory") 129'), other(exported)),
      /^no chain activates it: expected a memory of at most 128 pages, got 129$/,
    ],
    ["half a component", async () => vault.slice(0, vault.length / 2), /^expected a component that jco can read: \S/],
  ])("%s", async (_, build, message) => {
    const component = await build();
    const error: unknown = await programFromComponent(jco, component).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "TriremeError", code: "INVALID_ARGUMENT" });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });

  it("or damaged: an error with a code, or a program", async () => {
    const ends = { programs: 0, refused: 0 };
    let seed = 1;
    const below = (limit: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % limit;
    };
    for (let i = 0; i < 100; i++) {
      const mutant = vault.slice();
      for (let left = 1 + below(3); left > 0; left--) mutant[8 + below(mutant.length - 8)] = below(256);
      try {
        const { wasm } = await programFromComponent(jco, mutant);
        expect(WebAssembly.validate(wasm)).toBe(true);
        ends.programs++;
      } catch (error) {
        if (!isTriremeError(error)) throw error;
        expect(["INVALID_ARGUMENT", "LIMIT_EXCEEDED"]).toContain(error.code);
        ends.refused++;
      }
    }
    expect(Math.min(ends.programs, ends.refused)).toBeGreaterThan(10);
  });
});

it("takes the indices of tables as compilers write them that know reference types", async () => {
  const text = `(module (table 1 1 funcref) (elem (i32.const 0) $f) (type $t (func (result i32))) (func $f (type $t) (i32.const 0))
    (memory (export "memory") 1 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
    (func (export "call") (param i32 i32) (result i32) (call_indirect (type $t) (i32.const 0))))`;
  const core = await jco.parse(text);
  // In the code section: the section's size, and the size of the last body: no locals, i32.const 0, call_indirect 0 0, end.
  const at = core.findIndex((_, index) => [7, 0, 0x41, 0, 0x11, 0, 0, 0x0b].every((byte, offset) => core[index + offset] === byte));
  const section = core.findIndex((byte, index) => byte === 10 && index + 2 + (core[index + 1] ?? 0) === at + 8);
  const long = concatBytes(core.subarray(0, at + 6), Uint8Array.of(0x80, 0x80, 0x80, 0x80), core.subarray(at + 6));
  long.set([(core[section + 1] ?? 0) + 4], section + 1);
  long.set([11], at);
  expect(WebAssembly.validate(long)).toBe(true);
  const [plain, built] = await Promise.all(
    [core, long].map(async (binary) =>
      programFromComponent(jco, await jco.componentNew(await jco.componentEmbed({ binary, witSource: world }))),
    ),
  );
  expect(built).toEqual(plain);
});

it("takes the names of the canonical ABI's build target", async () => {
  const text = vaultText
    .replaceAll('"trireme:contract/host@0.1.0"', '"cm32p2|trireme:contract/host@0.1"')
    .replaceAll(/\(export "(?:cabi_)?(memory|realloc)"\)/g, '(export "cm32p2_$1")')
    .replace('(export "call")', '(export "cm32p2||call")');
  expect(text.match(/cm32p2/g)).toHaveLength(10);
  expect(await programFromComponent(jco, await componentOf(text))).toEqual(await programFromComponent(jco, vault));
});

describe("the example on a chain", () => {
  const abi = parseAbi([
    "function deposit() payable",
    "function balanceOf(address who) view returns (uint256)",
    "function withdraw(uint256 amount)",
    "function forward(address target, bytes data)",
    "function activateProgram(address program) payable",
    "event Deposit(address indexed who, uint256 amount)",
    "error Insufficient(uint256 balance)",
  ]);
  const [alice, bob] = deriveDevAccounts(undefined, 2).map(({ address }) => address) as [Address, Address];
  const gas = 3_000_000n;
  let chain: Chain;
  let contract: Address;
  /** Gives its calldata back. */
  let echo: Address;
  /** Reverts with its calldata. */
  let refuser: Address;
  /** Calls the vault with its calldata and value, and gives back what that returned. */
  let proxy: Address;

  const encode = (...given: Parameters<typeof encodeFunctionData<typeof abi>>): Uint8Array => hexToBytes(encodeFunctionData(...given));
  const dataOf = (
    functionName: "deposit" | "balanceOf" | "withdraw" | "forward" | "activateProgram",
    ...args: readonly unknown[]
  ): Uint8Array => encode({ abi, functionName, args } as Parameters<typeof encode>[0]);

  async function send(
    from: Address,
    request: { readonly to?: Address; readonly data: Uint8Array; readonly value?: bigint; readonly gas?: bigint },
  ): Promise<Receipt> {
    const submitted = await chain.dev?.submitUnsigned({ from, gas, ...request });
    if (submitted?.kind !== "accepted") throw new Error(`not accepted: ${submitted?.error.message}`);
    return (await chain.getReceipt(submitted.hash)) as Receipt;
  }

  async function deploy(initCode: Uint8Array): Promise<Address> {
    const { contractAddress } = await send(alice, { data: initCode });
    if (contractAddress === undefined) throw new Error("not deployed");
    return contractAddress;
  }

  async function deployComponent(component: Uint8Array): Promise<Address> {
    const address = await deploy((await programFromComponent(jco, component)).initCode);
    const data = dataOf("activateProgram", addressToHex(address));
    const { succeeded } = await send(alice, {
      to: addressFromHex("0x0000000000000000000000000000000000000071"),
      data,
      value: parseEther("1"),
    });
    expect(succeeded).toBe(true);
    return address;
  }

  async function call(
    to: Address,
    data: Uint8Array,
    more: { readonly from?: Address; readonly value?: bigint; readonly gas?: bigint } = {},
  ): Promise<ExecutionResult> {
    return (await chain.call({ from: alice, to, data, gas, ...more })).result;
  }
  const balanceOf = async (who: Address): Promise<bigint> => {
    const result = await call(contract, dataOf("balanceOf", addressToHex(who)));
    return result.kind === "success" ? BigInt(bytesToHex(result.output)) : -1n;
  };

  beforeAll(async () => {
    chain = await createChain(defineDevChain({ accounts: deriveDevAccounts(undefined, 2) }));
    chain.dev?.autoImpersonate(true);
    contract = await deployComponent(vault);
    const copyIn = ["CALLDATASIZE", 0, 0, "CALLDATACOPY"] as const;
    echo = await deploy(evmDeployment(assembleEvm(...copyIn, "CALLDATASIZE", 0, "RETURN")));
    refuser = await deploy(evmDeployment(assembleEvm(...copyIn, "CALLDATASIZE", 0, "REVERT")));
    proxy = await deploy(
      evmDeployment(assembleEvm(...copyIn, 0, 0, "CALLDATASIZE", 0, "CALLVALUE", contract, "GAS", "CALL", "POP", ...returnReturnData)),
    );
  });
  afterAll(() => chain.close());

  it("takes deposits with an event, from wallets and from the EVM", async () => {
    const { succeeded, logs } = await send(alice, { to: contract, data: dataOf("deposit"), value: 700n });
    expect(succeeded).toBe(true);
    const topics = encodeEventTopics({ abi, eventName: "Deposit", args: { who: addressToHex(alice) } }).map((topic) =>
      hexToBytes(topic as string),
    );
    const data = hexToBytes(`0x${700n.toString(16).padStart(64, "0")}`);
    expect(logs).toEqual([{ address: contract, topics, data }]);
    expect((await send(bob, { to: proxy, data: dataOf("deposit"), value: 50n })).succeeded).toBe(true);
    expect(await Promise.all([alice, bob, proxy].map(balanceOf))).toEqual([700n, 0n, 50n]);
    expect((await chain.getAccount(contract))?.balance).toBe(750n);
  });

  it("pays out, reverts with its error, and undoes what it wrote", async () => {
    const before = (await chain.getAccount(contract))?.balance;
    const error = hexToBytes(encodeErrorResult({ abi, errorName: "Insufficient", args: [700n] }));
    expect(await call(contract, dataOf("withdraw", 701n))).toMatchObject({ kind: "revert", output: error });
    expect((await send(alice, { to: contract, data: dataOf("withdraw", 701n) })).succeeded).toBe(false);
    expect((await send(alice, { to: contract, data: dataOf("withdraw", 300n) })).succeeded).toBe(true);
    expect(await balanceOf(alice)).toBe(400n);
    expect((await chain.getAccount(contract))?.balance).toBe((before ?? 0n) - 300n);
    for (const amount of [2n ** 64n, 2n ** 255n + 1n])
      expect(await call(contract, dataOf("withdraw", amount))).toMatchObject({ kind: "revert", output: emptyBytes });
  });

  it("calls contracts of the EVM and itself, and gives on what they answer", async () => {
    const data = bytesToHex(Uint8Array.from({ length: 100 }, (_, index) => index));
    expect(await call(contract, dataOf("forward", addressToHex(echo), data))).toMatchObject({ kind: "success", output: hexToBytes(data) });
    expect(await call(contract, dataOf("forward", addressToHex(refuser), data))).toMatchObject({
      kind: "revert",
      output: hexToBytes(data),
    });
    const inner = bytesToHex(dataOf("forward", addressToHex(echo), data));
    expect(await call(contract, dataOf("forward", addressToHex(contract), inner))).toMatchObject({
      kind: "success",
      output: hexToBytes(data),
    });
  });

  it("reverts without data on what it does not know", async () => {
    for (const data of [emptyBytes, Uint8Array.of(1, 2, 3, 4), concatBytes(dataOf("withdraw", 1n).subarray(0, 4))])
      expect(await call(contract, data)).toMatchObject({ kind: "revert", output: emptyBytes });
  });

  it("deploys contracts of the EVM", async () => {
    // Calldata is the init code; the result is that of the host function, as it lies there.
    const factory = await deployComponent(
      await componentOf(`(module (import "trireme:contract/host@0.1.0" "create" (func $create (param i32 i32 i32 i32 i32))) (memory (export "memory") 1 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
        (func (export "call") (param i32 i32) (result i32) (call $create (local.get 0) (local.get 1) (i32.const 64) (i32.const 32) (i32.const 32)) (i32.const 32)))`),
    );
    const code = (await chain.stateAt("latest"))?.getCodeAt(echo) ?? emptyBytes;
    const made = createAddress(factory, (await chain.getAccount(factory))?.nonce ?? 0n);
    expect(await call(factory, evmDeployment(code))).toMatchObject({ kind: "success", output: made });
    expect((await send(alice, { to: factory, data: evmDeployment(code) })).succeeded).toBe(true);
    expect((await chain.stateAt("latest"))?.getCodeAt(made)).toEqual(code);
    const reverts = assembleEvm(7, 0, "MSTORE", 1, 31, "REVERT");
    expect(await call(factory, reverts)).toMatchObject({ kind: "revert", output: Uint8Array.of(7) });
    expect(await call(factory, Uint8Array.of(0xfe))).toMatchObject({ kind: "revert", output: emptyBytes });
  });

  it("runs out of gas as any program", async () => {
    const { gasUsed } = await chain.call({ from: alice, to: contract, data: dataOf("deposit"), value: 1n, gas });
    expect(await call(contract, dataOf("deposit"), { value: 1n, gas: gasUsed - 1n })).toMatchObject({ kind: "halt", reason: "outOfGas" });
    const { succeeded, gasUsed: charged } = await send(alice, { to: contract, data: dataOf("deposit"), value: 1n, gas: 30_000n });
    expect([succeeded, charged]).toEqual([false, 30_000n]);
    expect(await balanceOf(alice)).toBe(400n);
  });

  it("runs out of pages as any program", async () => {
    const grower = await deployComponent(
      await componentOf(`(module (memory (export "memory") 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
        (func (export "call") (param i32 i32) (result i32) (drop (memory.grow (i32.load8_u (local.get 0)))) (i32.store (i32.const 4) (i32.const 64)) (i32.store (i32.const 8) (i32.const 1)) (i32.const 0)))`),
    );
    expect(await call(grower, Uint8Array.of(9))).toMatchObject({ kind: "success", output: Uint8Array.of(9) });
    expect(await call(grower, Uint8Array.of(128), { gas: 25_000_000n })).toMatchObject({ kind: "halt", reason: "outOfGas" });
  });
});
