import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createPublicClient, http } from "viem";
import { afterAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "./command-line.ts";

const directory = mkdtempSync(join(tmpdir(), "trireme-cli-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const command = ["--conditions=source", "--import", "tsx/esm", fileURLToPath(new URL("./main.ts", import.meta.url))];
/** Runs a command in this process and gives what it printed. */
async function run(...options: string[]) {
  const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
  const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const status = await runCommandLine(options);
    const text = (spy: { mock: { calls: unknown[][] } }) => spy.mock.calls.map(([line]) => String(line)).join("\n");
    return { status, stdout: text(stdout), stderr: text(stderr) + text(written) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
    written.mockRestore();
  }
}

describe("trireme dev", () => {
  it("announces the chain in one line of JSON, serves it, and ends with 0 on SIGTERM", async () => {
    const child = spawn(process.execPath, [...command, "dev", "--", "--json", "--port", "0", "--data-dir", directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
    const announcement = JSON.parse(line) as {
      http: string;
      chainId: number;
      accounts: { address: string; pubkey: string }[];
      dataDirectory: string;
    };
    expect(announcement).toMatchObject({ chainId: 31337, dataDirectory: directory, headBlock: 0 });
    expect(announcement.accounts).toHaveLength(20);
    expect(announcement.accounts[0]).toMatchObject({ kind: "evm", address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" });
    const client = createPublicClient({ transport: http(announcement.http) });
    expect(await client.getChainId()).toBe(31337);
    expect(await client.getBalance({ address: announcement.accounts[10]!.address as `0x${string}` })).toBe(10_000n * 10n ** 18n);

    const second = await run("dev", "--port", "0", "--data-dir", directory);
    expect(second).toMatchObject({ status: 1, stdout: "" });
    expect(second.stderr).toMatch(/^trireme: .*$/);
    expect(second.stderr).toContain(String(child.pid));
    child.kill("SIGTERM");
    expect(await exited).toBe(0);

    // The genesis of another chain id is the same block: the directory knows better.
    const other = await run("dev", "--port", "0", "--data-dir", directory, "--chain-id", "5", "--once");
    expect(other).toMatchObject({ status: 1, stdout: "" });
    expect(other.stderr).toMatch(/belongs to chain 31337 .* this is chain 5 .*--reset$/);
    expect((await run("replay", directory, "--chain-id", "5")).stderr).toContain("belongs to chain 31337");
    expect((await run("replay", directory)).stdout).toContain("1 blocks agree");
  });

  it("outlives who reads its output", async () => {
    const child = spawn(process.execPath, [...command, "dev", "--memory", "--port", "0", "--once"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("replays nothing but a chain, and makes none where there is none", async () => {
    const empty = mkdtempSync(join(tmpdir(), "trireme-cli-"));
    const { status, stderr } = await run("replay", empty);
    expect({ status, stderr }).toEqual({ status: 1, stderr: `trireme: expected a data directory at ${empty}, there is none` });
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });

  it.each([
    [["dev", "--port", "eighty"], /^trireme: --port: expected an integer from 0 to 65535, got "eighty"$/],
    [["dev", "--hardfork", "frontier"], /^trireme: --hardfork: expected one of london, .*osaka, got "frontier"$/],
    [["dev", "--mnemonic", "one two"], /^trireme: expected a BIP-39 mnemonic/],
    [["replay", "/nowhere"], /^trireme: expected a data directory at \/nowhere, there is none$/],
    [["dve"], /unknown command 'dve'/],
  ])("%j is refused with one line that says why", async (options, message) => {
    const { status, stderr, stdout } = await run(...options);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });
});
