/**
 * Execution is one synchronous stack (law 3): no `await`, `async`, promise, timer, clock or randomness in the code
 * that runs transactions. Tests and the named edges (opening a database, loading an engine) are left out.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSource, visit } from "./imports.ts";
import { isTestFile, type Workspace } from "./workspace.ts";

/** Folders whose code is on the path of a transaction. */
const SYNCHRONOUS: readonly string[] = [
  "packages/core/src/",
  "packages/state/src/",
  "packages/ethereum/src/",
  "packages/evm/src/",
  "packages/wasm/src/",
  "packages/svm/src/",
  "packages/host/src/",
];

/** Edges: what is asynchronous by nature and never runs inside a transaction, and the seed of hash tables, drawn when a process begins. */
const EDGES: readonly string[] = [
  "packages/state/src/database/",
  "packages/state/src/database.ts",
  "packages/svm/src/runtime/process-seed.ts",
];

/** Globals that make execution depend on more than (state, block). */
const FORBIDDEN_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["Math", new Set(["random"])],
  ["Date", new Set(["now"])],
  ["performance", new Set(["now"])],
  ["process", new Set(["hrtime", "nextTick"])],
  ["crypto", new Set(["getRandomValues", "randomUUID"])],
]);
const FORBIDDEN_IDENTIFIERS: ReadonlySet<string> = new Set([
  "Promise",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "fetch",
]);

/** A use of what execution may not use. */
export interface SynchronyViolation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Every violation in the workspace, in file order. */
export function checkSynchronous(workspace: Workspace): SynchronyViolation[] {
  const violations: SynchronyViolation[] = [];
  for (const item of workspace.packages) {
    for (const file of item.files) {
      if (!SYNCHRONOUS.some((folder) => file.startsWith(folder)) || EDGES.some((edge) => file.startsWith(edge)) || isTestFile(file))
        continue;
      violations.push(...checkSource(file, readFileSync(join(workspace.root, file), "utf8")));
    }
  }
  return violations;
}

/** Violations of one file. */
export function checkSource(file: string, text: string): SynchronyViolation[] {
  const { program, lineOf } = parseSource(file, text);
  const violations: SynchronyViolation[] = [];
  visit(program, (node) => {
    const report = (what: string): void => {
      violations.push({ file, line: lineOf(node.start ?? 0), message: `${what} on the execution path: execution is synchronous and pure` });
    };
    if (node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node["await"] === true)) report("await");
    if (node["async"] === true) report("async function");
    if (node.type === "MemberExpression") {
      const object = node["object"] as { type: string; name?: string };
      const property = node["property"] as { name?: string };
      if (object.type === "Identifier" && FORBIDDEN_MEMBERS.get(object.name ?? "")?.has(property.name ?? "") === true) {
        report(`${object.name}.${property.name}`);
      }
      if (property.name === "then" || property.name === "finally") report(`.${property.name}`);
    }
    if ((node.type === "CallExpression" || node.type === "NewExpression") && isForbidden(node["callee"])) report(nameOf(node["callee"]));
    if (node.type === "MemberExpression" && isForbidden(node["object"])) report(nameOf(node["object"]));
    if (node.type === "TSTypeReference" && nameOf(node["typeName"]) === "Promise") report("Promise type");
  });
  return violations;
}

function isForbidden(node: unknown): boolean {
  return (node as { type?: string }).type === "Identifier" && FORBIDDEN_IDENTIFIERS.has(nameOf(node));
}

function nameOf(node: unknown): string {
  return (node as { name?: string }).name ?? "";
}
