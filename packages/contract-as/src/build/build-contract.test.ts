import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { bytesToHex, concatBytes, isTriremeError, keccak256 } from "@trireme/core";
import { afterAll, describe, expect, it } from "vitest";
import { assemblyPath, built, builtExample } from "../built-example.mts";
import { contractClient } from "../contract-client.mts";
import { createTestHost } from "../test-host.mts";
import { buildContract, type BuildOptions } from "./build-contract.ts";
import { codeFromWasm } from "./deployable.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-contract-as-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withClass = (body: string, before = ""): string =>
  `import { Address, Indexed, msg, revert, StorageArray, StorageU256, StorageValue, u256 } from "@trireme/contract-as";\n${before}\n@contract\nclass C {\n${body}\n}\n`;

async function refusal(options: BuildOptions): Promise<string> {
  const error: unknown = await buildContract(options).then(
    () => "built",
    (reason: unknown) => reason,
  );
  return isTriremeError(error) ? `${error.code}: ${error.message}` : String(error);
}

describe("a build", () => {
  it("is the same from any folder, whatever was compiled before", async () => {
    const nested = join(folder, "a", "deeper place");
    mkdirSync(nested, { recursive: true });
    cpSync(assemblyPath("examples/erc20"), join(nested, "erc20.ts"));
    expect(await buildContract({ entryPath: join(nested, "erc20.ts") })).toEqual(await builtExample("examples/erc20"));
  });

  it("deploys: EF F0 00 00 and brotli, behind init code that returns it", async () => {
    const { wasm, code, initCode } = await builtExample("examples/erc20");
    expect(bytesToHex(code.subarray(0, 4))).toBe("0xeff00000");
    expect(new Uint8Array(brotliDecompressSync(code.subarray(4)))).toEqual(wasm);
    const prelude = `0x7f${code.length.toString(16).padStart(64, "0")}80602b6000396000f300`;
    expect(bytesToHex(initCode)).toBe(prelude + bytesToHex(code).slice(2));
  });

  it("has what activation demands: one fixed memory, no start, no floats, hooks only", async () => {
    for (const name of ["examples/counter", "examples/erc20", "examples/stable-swap", "examples/neural-layer", "test/everything"]) {
      const { wasm } = await builtExample(name);
      const module = new WebAssembly.Module(new Uint8Array(wasm));
      const imports = WebAssembly.Module.imports(module);
      expect(new Set(imports.map(({ module, kind }) => `${module} ${kind}`))).toEqual(new Set(["vm_hooks function"]));
      expect(WebAssembly.Module.exports(module).map(({ name: id, kind }) => `${id} ${kind}`)).toEqual([
        "user_entrypoint function",
        "memory memory",
      ]);
      const sections = sectionsOf(wasm);
      expect([...sections.keys()].filter((id) => ![1, 2, 3, 4, 5, 6, 7, 9, 10, 11].includes(id))).toEqual([]);
      // One memory with a maximum: 1 to 1 pages.
      expect([...(sections.get(5) ?? [])]).toEqual([1, 1, 1, 1]);
      expect(wasm.length).toBeLessThan(131_072);
    }
  });

  it("has a memory that grows where that is asked for, and pays for it", async () => {
    const source = withClass(
      "  @pure\n  sum(values: Array<u64>): u64 {\n    const copy = values.slice();\n    let sum: u64 = 0;\n    for (let at = 0; at < copy.length; at++) sum += copy[at];\n    return sum;\n  }",
    );
    const growable = contractClient(await built({ source, maximumPages: 16, optimizeFor: "speed" }), createTestHost());
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(growable.build.wasm)));
    expect(imports.map(({ name }) => name)).toContain("pay_for_memory_grow");
    expect([...(sectionsOf(growable.build.wasm).get(5) ?? [])]).toEqual([1, 1, 1, 16]);
    const many = Array.from({ length: 5000 }, (_, index) => BigInt(index));
    expect(growable.read("sum", many)).toBe(12_497_500n);
  });
});

describe("a mistake", () => {
  it.each<[string, BuildOptions, RegExp]>([
    ["of a type", { source: withClass("  get(): u256 {\n    return 'text';\n  }") }, /compile: ERROR TS2322[\s\S]*contract\.ts\(6,12\)/],
    ["of the convention", { source: withClass("  get(value: f64): void {}") }, /: contract\.ts:5:14: value: expected a type of the ABI/],
    [
      "floating point",
      { source: withClass("  get(value: i32): i32 {\n    return <i32>(<f64>value * 1.5);\n  }") },
      /floating point \(f64\.\w+\) does not run on chain/,
    ],
    [
      "a call of the host at build time",
      { source: withClass("  get(): Address {\n    return owner;\n  }", "const owner = msg.sender();") },
      /a global's initialiser calls the host/,
    ],
    ["pages", { source: withClass(""), pages: 3, maximumPages: 2 }, /expected 1 <= pages <= maximumPages <= 128, got 3 and 2/],
  ])("is told: %s", async (_, options, message) => {
    const told = await refusal(options);
    expect(told).toMatch(message);
    expect(told).toMatch(/^INVALID_ARGUMENT: /);
  });

  it("is a contract that is too large", () => {
    const noise = concatBytes(...Array.from({ length: 1000 }, (_, index) => keccak256(Uint8Array.of(index >> 8, index & 0xff))));
    expect(() => codeFromWasm(noise)).toThrow(/expected code of at most 24576 bytes \(EIP-170\), got 32\d\d\d/);
    expect(() => codeFromWasm(new Uint8Array(131_073))).toThrow("expected a module of at most 131072 bytes, got 131073");
  });
});

/** Section id -> contents. */
function sectionsOf(wasm: Uint8Array): Map<number, Uint8Array> {
  const sections = new Map<number, Uint8Array>();
  for (let at = 8; at < wasm.length;) {
    const id = wasm[at++] as number;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] as number;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    sections.set(id, wasm.subarray(at, at + size));
    at += size;
  }
  return sections;
}
