// A tree in words, for the report of a failure: what was planned, and the frames that ran.
import { addressToHex, bytesToHex, equalBytes, type ExecutionResult } from "@trireme/core";
import type { TracedFrame } from "./frame-trace.mts";
import { accountAt, treeAccounts } from "./tree-accounts.mts";
import type { TreeMeta, TreeNode, TreeOp } from "./tree-script.mts";

/** The plan of a node and of all below, a line for each operation. */
export function describeNode(node: TreeNode, indent = ""): string {
  const { end } = node;
  const last = end.end === "burn" ? "burn" : end.end === "halt" ? `halt ${end.rule}` : `${end.end} ${end.words} words`;
  const names = node.vm === "svm" ? ` (${metas(node.accounts)})` : "";
  const lines = node.ops.map((op) => describeOp(op, `${indent}  `));
  return [`${indent}${nameOf(node.account)}${names}`, ...lines, `${indent}  ${last}`].join("\n");
}

function describeOp(op: TreeOp, indent: string): string {
  if (!("node" in op)) {
    const { op: name, ...rest } = op;
    const words = Object.entries(rest).map(([key, value]) =>
      isAccount(key, name) ? `${key} ${nameOf(value as number)}` : `${key} ${String(value)}`,
    );
    return `${indent}${name} ${words.join(", ")}`;
  }
  const gas = "gas" in op && op.gas !== undefined ? ` ${op.isAmple ? "enough" : "at most"} ${op.gas} gas` : "";
  const wei = "wei" in op && op.wei > 0n ? ` ${op.wei} wei` : "";
  const flags = `${"isStatic" in op && op.isStatic ? " static" : ""}${"propagates" in op && op.propagates ? " propagates" : ""}`;
  const way = op.op === "leave" ? ` ${op.way} (${metas(op.passed)})` : "";
  return `${indent}${op.op}${way}${gas}${wei}${flags}\n${describeNode(op.node, `${indent}  `)}`;
}

function isAccount(key: string, op: string): boolean {
  return key === "account" || key === "from" || key === "to" || (key === "target" && op === "write");
}

function metas(list: readonly TreeMeta[]): string {
  return list
    .map(({ account, isSigner, isWritable }) => `${nameOf(account)}${isSigner ? " signs" : ""}${isWritable ? " w" : ""}`)
    .join(", ");
}

/** `data 3`: an account of the trees by its sort and place. */
function nameOf(account: number): string {
  const { sort } = accountAt(account);
  return `${sort} ${account - treeAccounts.findIndex((each) => each.sort === sort)}`;
}

/** The frames that ran, a line each. */
export function describeTrace({ message, result, children, environment }: TracedFrame, indent = ""): string {
  const to = message.kind === "instruction" ? message.program : message.recipient;
  const known = treeAccounts.find(({ address, pubkey }) => equalBytes(to, message.kind === "instruction" ? pubkey : address));
  const name =
    known === undefined ? (message.kind === "instruction" ? bytesToHex(to) : addressToHex(message.recipient)) : nameOf(known.index);
  const value = message.kind === "call" && message.value > 0n ? `, ${message.value} wei` : "";
  const line = `${indent}${message.kind} of ${name} in ${environment ?? "nothing"}: ${message.gas} gas${value}${message.isStatic ? ", static" : ""}: ${showResult(result)}`;
  return [line, ...children.map((child) => describeTrace(child, `${indent}  `))].join("\n");
}

function showResult(result: ExecutionResult): string {
  if (result.kind === "halt") return `${result.reason} ${result.detail ?? ""}`;
  const error = result.kind === "revert" ? (result.error ?? result.refused ?? "") : "";
  return `${result.kind} ${bytesToHex(result.output).slice(0, 80)} ${error}, ${result.gasLeft} left`;
}
