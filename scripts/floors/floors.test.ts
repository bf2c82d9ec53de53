import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { checkFloors } from "./floors.ts";
import { checkSource, checkSynchronous } from "./synchronous.ts";
import { readWorkspace } from "./workspace.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** A workspace of core, state, evm, host and an app, with `extra` files planted in it. */
function plant(extra: Readonly<Record<string, string>>, dependencies: Readonly<Record<string, Record<string, string>>> = {}) {
  const root = mkdtempSync(join(tmpdir(), "floors-"));
  made.push(root);
  const manifest = (name: string, declared: readonly string[]) =>
    JSON.stringify({
      name,
      exports: { ".": "./src/index.ts" },
      dependencies: { ...Object.fromEntries(declared.map((item) => [item, "workspace:*"])), ...dependencies[name] },
    });
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ name: "root", devDependencies: { vitest: "4.1.12" } }),
    "packages/core/package.json": manifest("@trireme/core", []),
    "packages/core/src/index.ts": "export const one = 1;",
    "packages/state/package.json": manifest("@trireme/state", ["@trireme/core"]),
    "packages/state/src/index.ts": 'import { one } from "@trireme/core";\nexport const two = one + 1;',
    "packages/state/src/index.test.ts": 'import { expect } from "vitest";\nimport { two } from "./index.ts";\nexpect(two);',
    "packages/evm/package.json": manifest("@trireme/evm", ["@trireme/core"]),
    "packages/evm/src/index.ts": "export {};",
    "packages/host/package.json": manifest("@trireme/host", ["@trireme/core", "@trireme/state"]),
    "packages/host/src/index.ts": 'export type { two } from "@trireme/state";',
    "apps/demo/package.json": manifest("@trireme/app-demo", ["@trireme/host"]),
    "apps/demo/src/main.ts": 'import "@trireme/host";',
    ...extra,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readWorkspace(root);
}

const rulesIn = (workspace: ReturnType<typeof plant>) => checkFloors(workspace).map(({ file, rule }) => `${file} ${rule}`);

describe("floors", () => {
  it("accepts imports that go down", () => {
    expect(checkFloors(plant({}))).toEqual([]);
  });

  it("catches an undeclared import", () => {
    expect(rulesIn(plant({ "packages/evm/src/a.ts": 'import { z } from "zod";\nz;' }))).toEqual(["packages/evm/src/a.ts undeclared"]);
  });

  it("catches an upward import, declared or not", () => {
    const text = 'import { host } from "@trireme/host";\nhost;';
    expect(rulesIn(plant({ "packages/state/src/a.ts": text }))).toEqual([
      "packages/state/src/a.ts upward",
      "packages/state/src/a.ts undeclared",
    ]);
    expect(rulesIn(plant({ "packages/state/src/a.ts": text }, { "@trireme/state": { "@trireme/host": "workspace:*" } }))).toEqual([
      "packages/state/package.json upward",
      "packages/state/src/a.ts upward",
    ]);
  });

  it("catches environments that know each other or the state", () => {
    expect(rulesIn(plant({ "packages/evm/src/a.ts": 'import "@trireme/state";' }))).toContain("packages/evm/src/a.ts upward");
  });

  it("catches a deep import into another package", () => {
    expect(rulesIn(plant({ "packages/state/src/a.ts": 'import { one } from "@trireme/core/src/index.ts";\none;' }))).toEqual([
      "packages/state/src/a.ts deep",
    ]);
    expect(rulesIn(plant({ "packages/state/src/a.ts": 'import { one } from "../../core/src/index.ts";\none;' }))).toEqual([
      "packages/state/src/a.ts outside",
    ]);
  });

  it.each([
    ["import type", 'import type { Host } from "@trireme/host";\nexport type A = Host;'],
    ["inline type import", 'import { type Host } from "@trireme/host";\nexport type A = Host;'],
    ["import() type", 'export type A = import("@trireme/host").Host;'],
    ["export type from", 'export type { Host } from "@trireme/host";'],
    ["dynamic import", 'export const load = () => import("@trireme/host");'],
    ["require", 'export const load = () => require("@trireme/host");'],
  ])("catches an upward %s", (_, text) => {
    expect(rulesIn(plant({ "packages/state/src/a.ts": text }))).toContain("packages/state/src/a.ts upward");
  });

  it("catches them in tests too", () => {
    expect(
      rulesIn(plant({ "packages/state/src/a.test.ts": 'import type { Host } from "@trireme/host";\nexport type A = Host;' })),
    ).toContain("packages/state/src/a.test.ts upward");
  });

  it("catches the reference implementations outside the benchmarks", () => {
    expect(
      rulesIn(plant({ "packages/host/src/a.ts": 'import "@ethereumjs/vm";' }, { "@trireme/host": { "@ethereumjs/vm": "1" } })),
    ).toEqual(["packages/host/package.json bench-only", "packages/host/src/a.ts bench-only"]);
  });

  it("catches an import of the package's own index", () => {
    expect(rulesIn(plant({ "packages/state/src/a.ts": 'import "@trireme/state";' }))).toEqual(["packages/state/src/a.ts self"]);
  });

  it("holds for this repository", () => {
    const workspace = readWorkspace(fileURLToPath(new URL("../..", import.meta.url)));
    expect(workspace.packages.length).toBeGreaterThan(10);
    expect(checkFloors(workspace)).toEqual([]);
    expect(checkSynchronous(workspace)).toEqual([]);
  });
});

describe("synchronous execution", () => {
  it.each([
    "export async function run() {}",
    "export const run = async () => 1;",
    "export const run = () => Promise.resolve(1);",
    "export const run = () => new Promise(() => undefined);",
    "export const run = (x: { then(f: () => void): void }) => x.then(() => undefined);",
    "export const run = () => Date.now();",
    "export const run = () => Math.random();",
    "export const run = () => setTimeout(() => undefined, 1);",
    "export interface A { read(): Promise<number>; }",
  ])("catches %s", (text) => {
    expect(checkSource("packages/host/src/a.ts", text).length).toBeGreaterThan(0);
  });

  it("accepts plain code", () => {
    expect(checkSource("packages/host/src/a.ts", "export const run = (x: number): number => x + 1;")).toEqual([]);
  });
});
