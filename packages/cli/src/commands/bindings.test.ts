import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-bindings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
beforeEach(() => void [stdout, stderr].map((spy) => spy.mockClear()));
const printed = (spy: typeof stdout): string[] => spy.mock.calls.map(([line]) => String(line).replaceAll(folder, "..."));

function document(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

const token = fileURLToPath(new URL("../test/spl-token.codama.json", import.meta.url));
const abi = [
  { type: "function", name: "get", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  { type: "function", name: "delete", inputs: [], outputs: [], stateMutability: "nonpayable" },
];

describe("trireme bindings", () => {
  it("writes a folder for each language, and tells what it leaves out", async () => {
    const out = join(folder, "made");
    expect(await runCommandLine(["bindings", document("my-counter.abi.json", abi), "--out", out])).toBe(0);
    const folders = readdirSync(out).sort();
    expect(Object.fromEntries(folders.map((name) => [name, readdirSync(join(out, name)).sort()]))).toEqual({
      assemblyscript: ["my-counter.ts"],
      solidity: ["IMyCounter.sol"],
      typescript: ["call-gateway.ts", "my-counter.abi.ts", "my-counter.solana.ts"],
    });
    expect(printed(stdout)[0]?.split("\n")[0]).toBe("MyCounter: bindings of a contract");
    expect(printed(stderr)).toEqual([
      "trireme: .../my-counter.abi.json: function delete is left out of the Solidity interface: the name is a word of Solidity",
    ]);
  });

  it("makes one language of a program under another name and pubkey", async () => {
    const out = join(folder, "token");
    const program = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb";
    expect(
      await runCommandLine([
        "bindings",
        token,
        "--out",
        out,
        "--only",
        "typescript",
        "--name",
        "Token2022",
        "--program",
        program,
        "--json",
      ]),
    ).toBe(0);
    expect(JSON.parse(printed(stdout)[0] as string)).toEqual({
      kind: "program",
      name: "Token2022",
      files: [".../token/typescript/token2022.ts", ".../token/typescript/svm-gateway.ts"],
      warnings: [],
    });
    expect(readFileSync(join(out, "typescript", "token2022.ts"), "utf8")).toContain(`export const TOKEN2022_PROGRAM =\n  "${program}"`);
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no file", ["nowhere.json"], /^trireme: expected a file with an ABI or an IDL \(\.json\), got nowhere\.json: ENOENT/],
    ["no JSON", [document("text.json", "{")], /^trireme: \.\.\.\/text\.json: expected JSON: /],
    [
      "a hostile name",
      [document("evil.json", [{ type: "function", name: 'a"; evil()' }])],
      /^trireme: \.\.\.\/evil\.json: \$\[0\]\.name: expected a name/,
    ],
    [
      "another language",
      [token, "--only", "solidity,rust"],
      /^trireme: --only: expected some of solidity,assemblyscript,typescript, got "solidity,rust"$/,
    ],
    ["no pubkey", [token, "--program", "0OIl"], /^trireme: --program: expected a pubkey in base58, got "0OIl"$/],
  ])("refuses %s in one line", async (_, given, message) => {
    expect(await runCommandLine(["bindings", ...given, "--out", join(folder, "never")])).toBe(1);
    expect(printed(stderr)).toEqual([expect.stringMatching(message)]);
    expect(readdirSync(folder)).not.toContain("never");
  });
});
