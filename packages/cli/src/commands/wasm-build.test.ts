import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { hexToBytes } from "@trireme/core";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-wasm-build-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
beforeEach(() => void [stdout, stderr].map((spy) => spy.mockClear()));
const printed = (spy: typeof stdout): string[] => spy.mock.calls.map(([line]) => String(line));

function source(name: string, ...body: readonly string[]): string {
  const path = join(folder, name);
  const lines = [
    'import { StorageU256, u256 } from "@trireme/contract-as";',
    "@contract",
    "class Count {",
    "  private count: StorageU256;",
    ...body,
    "}",
  ];
  writeFileSync(path, lines.join("\n"));
  return path;
}

const increment = ["  increment(): void {", "    this.count.set(this.count.get() + u256.one);", "  }"];

describe("trireme wasm build", () => {
  it("writes module, code, init code and ABI, named after the source", async () => {
    const out = join(folder, "deep", "er");
    expect(await runCommandLine(["wasm", "build", source("counter.ts", ...increment), "--out", out, "--json"])).toBe(0);
    const [line] = printed(stdout);
    const summary = JSON.parse(line as string) as { contract: string; wasmBytes: number; files: Record<string, string> };
    expect(readdirSync(out).sort()).toEqual(["counter.abi.json", "counter.code.hex", "counter.initcode.hex", "counter.wasm"]);
    const text = (name: string): string => readFileSync(summary.files[name] as string, "utf8").trim();
    const wasm = readFileSync(join(out, "counter.wasm"));
    expect(WebAssembly.validate(new Uint8Array(wasm))).toBe(true);
    expect({ contract: summary.contract, bytes: summary.wasmBytes }).toEqual({ contract: "Count", bytes: wasm.length });
    expect(text("code").startsWith("0xeff00000")).toBe(true);
    expect(brotliDecompressSync(hexToBytes(text("code")).subarray(4)).equals(wasm)).toBe(true);
    expect(text("initCode").endsWith(text("code").slice(2))).toBe(true);
    expect(JSON.parse(text("abi"))).toEqual([
      { type: "function", name: "increment", inputs: [], outputs: [], stateMutability: "nonpayable" },
    ]);
  });

  it.each([
    [
      "types.ts",
      ["  two(): u256 {", "    const a: u64 = u256.nil;", "    return u256.onne;", "  }"],
      /types\.ts:6: Property 'nil' .* \(and \d more\)$/,
    ],
    ["syntax.ts", ["  two(: u256 {", "  }"], /^[^:]*: [^:]*syntax\.ts:5:\d+: \S.*$/],
    ["float.ts", ["  @pure", "  two(value: f64): void {}"], /^[^:]*: [^:]*float\.ts:6:14: value: expected .*f64.*$/],
  ])("%s: the first mistake in one line, with file and line", async (name, body, message) => {
    const out = join(folder, "nothing");
    expect(await runCommandLine(["wasm", "build", source(name, ...body), "--out", out])).toBe(1);
    expect(printed(stdout)).toEqual([]);
    expect(printed(stderr)).toEqual([expect.stringMatching(message)]);
    expect(printed(stderr)[0]).not.toContain("\n");
    expect(printed(stderr)[0]?.startsWith(`trireme: ${folder}`)).toBe(true);
    expect(readdirSync(out)).toEqual([]);
  });

  it("refuses what is no source, and a folder that cannot be one", async () => {
    mkdirSync(join(folder, "folder.ts"));
    for (const file of [join(folder, "missing.ts"), join(folder, "folder.ts"), import.meta.dirname])
      expect(await runCommandLine(["wasm", "build", file])).toBe(1);
    const file = source("fine.ts", ...increment);
    expect(await runCommandLine(["wasm", "build", file, "--out", join(file, "below")])).toBe(1);
    expect(printed(stderr).map((line) => line.replaceAll(folder, "..."))).toEqual([
      "trireme: expected a contract's source (.ts), got .../missing.ts",
      "trireme: expected a contract's source (.ts), got .../folder.ts",
      expect.stringMatching(/^trireme: expected a contract's source \(\.ts\), got [^\n]*commands$/),
      expect.stringMatching(/^trireme: --out: expected a folder, got \.\.\.\/fine\.ts\/below: [^\n]*$/),
    ]);
  });
});
