/**
 * Floors: which package stands above which. An import only ever goes down, tests included. The order is
 * docs/ARCHITECTURE.md's; environments, state and formats share a floor and do not know each other.
 */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { importsOf } from "./imports.ts";
import { isTestFile, type Workspace, type WorkspacePackage } from "./workspace.ts";

/** Lowest first. Every app stands above every package. */
export const floors: readonly (readonly string[])[] = [
  ["core"],
  ["state", "ethereum", "evm", "wasm", "svm", "contract-as", "bindings", "svm-programs", "testing"],
  ["host"],
  ["scheduler"],
  ["chain"],
  ["rpc"],
  ["node"],
  ["cli"],
];

/** The reference implementations that we are measured against: imported by the benchmarks and by nobody else. */
const BENCH_ONLY: ReadonlySet<string> = new Set(["vm", "statemanager", "mpt", "tx", "block"].map((name) => `@ethereumjs/${name}`));
const BENCH_FOLDER = "apps/bench";

/** A rule that a file or a manifest breaks. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: "undeclared" | "upward" | "deep" | "outside" | "self" | "bench-only" | "unknown-package" | "unparsable";
  readonly message: string;
}

/** Every violation in the workspace, in file order. */
export function checkFloors(workspace: Workspace): Violation[] {
  const byName = new Map(workspace.packages.map((item) => [item.name, item]));
  const violations: Violation[] = [];
  for (const item of workspace.packages) {
    if (floorOf(item) === undefined) {
      const message = `${item.name} stands on no floor: add it to scripts/floors/floors.ts`;
      violations.push({ file: `${item.folder}/package.json`, line: 1, rule: "unknown-package", message });
      continue;
    }
    violations.push(...checkManifest(item, byName));
    for (const file of item.files) violations.push(...checkFile(workspace, item, file, byName));
  }
  return violations;
}

/** Height of a package; apps are above all packages. */
function floorOf(item: WorkspacePackage): number | undefined {
  if (item.folder.startsWith("apps/")) return floors.length;
  const index = floors.findIndex((names) => names.includes(item.folder.slice("packages/".length)));
  return index === -1 ? undefined : index;
}

/** The kit for tests stands low because it knows nothing but core; whoever is above core may use it in tests. */
function isTestingKit(item: WorkspacePackage): boolean {
  return item.folder === "packages/testing";
}

function mayImport(from: WorkspacePackage, to: WorkspacePackage, isTest: boolean): boolean {
  const here = floorOf(from) as number;
  const there = floorOf(to);
  if (there === undefined) return false;
  if (isTestingKit(to)) return isTest && here >= 1 && !isTestingKit(from);
  return there < here;
}

function checkManifest(item: WorkspacePackage, byName: ReadonlyMap<string, WorkspacePackage>): Violation[] {
  const violations: Violation[] = [];
  const file = `${item.folder}/package.json`;
  const runtime = { ...item.manifest.dependencies, ...item.manifest.optionalDependencies, ...item.manifest.peerDependencies };
  for (const [name, isDev] of [
    ...Object.keys(runtime).map((key) => [key, false] as const),
    ...Object.keys(item.manifest.devDependencies ?? {}).map((key) => [key, true] as const),
  ]) {
    const target = byName.get(name);
    if (target !== undefined && !mayImport(item, target, isDev || item.folder.startsWith("apps/"))) {
      violations.push({ file, line: 1, rule: "upward", message: `${item.name} declares ${name}, which is not below it` });
    }
    if (BENCH_ONLY.has(name) && item.folder !== BENCH_FOLDER) {
      violations.push({ file, line: 1, rule: "bench-only", message: `${name} may be declared in ${BENCH_FOLDER} only` });
    }
  }
  return violations;
}

function checkFile(workspace: Workspace, item: WorkspacePackage, file: string, byName: ReadonlyMap<string, WorkspacePackage>): Violation[] {
  const violations: Violation[] = [];
  const isTest = isTestFile(file);
  let imports;
  try {
    imports = importsOf(file, readFileSync(join(workspace.root, file), "utf8"));
  } catch (error) {
    return [{ file, line: 1, rule: "unparsable", message: (error as Error).message }];
  }
  for (const { specifier, line } of imports) {
    const add = (rule: Violation["rule"], message: string): void => void violations.push({ file, line, rule, message });
    if (specifier.startsWith("node:")) continue;
    if (specifier.startsWith(".")) {
      const target = posix.normalize(posix.join(posix.dirname(file), specifier));
      if (!target.startsWith(`${item.folder}/`)) add("outside", `${specifier} leaves ${item.folder}: import the package by its name`);
      continue;
    }
    const name = packageNameOf(specifier);
    if (name === item.name) {
      add("self", `${specifier} is the package's own index: import the file`);
      continue;
    }
    const target = byName.get(name);
    if (target !== undefined) {
      const subpath = `.${specifier.slice(name.length)}`;
      if (subpath !== "." && subpath !== "./package.json" && !(subpath in (target.manifest.exports ?? {})))
        add("deep", `${specifier} reaches into ${name}: import its index`);
      if (!mayImport(item, target, isTest || item.folder.startsWith("apps/")))
        add("upward", `${item.name} may not import ${name}: it is not below`);
    }
    if (BENCH_ONLY.has(name) && item.folder !== BENCH_FOLDER) add("bench-only", `${name} may be imported in ${BENCH_FOLDER} only`);
    if (!isDeclared(workspace, item, name, isTest))
      add("undeclared", `${name} is not declared in ${item.folder}/package.json${isTest ? "" : " as a dependency"}`);
  }
  return violations;
}

function isDeclared(workspace: Workspace, item: WorkspacePackage, name: string, isTest: boolean): boolean {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = item.manifest;
  const declared = [dependencies, optionalDependencies, peerDependencies];
  // A private package is never installed by users: its kit may use what is declared for development.
  if (isTest || item.manifest.private === true) declared.push(devDependencies);
  if (isTest) declared.push(workspace.rootManifest.devDependencies);
  return declared.some((group) => group !== undefined && name in group);
}

function packageNameOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
