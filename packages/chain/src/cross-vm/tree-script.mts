// What the nodes of a call tree do, and how a node reads it: one encoding for the contracts of all three VMs.
import { bigintToBytes, concatBytes, emptyBytes } from "@trireme/core";
import { accountAt, callGateway, systemProgram } from "./tree-accounts.mts";

/** Whose bytecode a node is. */
export type TreeVm = "evm" | "wasm" | "svm";

/** How a node ends: with words of 8 bytes, each the digest of what it saw; by breaking a rule; or by using up all it has. */
export type TreeEnd =
  | { readonly end: "return" | "revert"; readonly words: number }
  | { readonly end: "halt"; readonly rule: 0 | 1 }
  | { readonly end: "burn" };

/** An account as an instruction names it, by index. */
export interface TreeMeta {
  readonly account: number;
  readonly isSigner: boolean;
  readonly isWritable: boolean;
}

/** What a call gives beside the script: gas at most, or all that may go. */
interface Given {
  readonly gas: number | undefined;
  /** Whether this gas certainly suffices. */
  readonly isAmple: boolean;
  /** Whether the caller fails with a failure that it could catch. */
  readonly propagates: boolean;
  readonly isStatic: boolean;
}

/** Calls of a node. `call`: CALL or STATICCALL; `invoke`: through the gateway to the SVM; `cpi`: of a program; `leave`: out of the SVM. */
export type TreeCall =
  | ({ readonly op: "call"; readonly node: TreeNode; readonly wei: bigint } & Given)
  | ({ readonly op: "invoke"; readonly node: TreeNode } & Given)
  /** `signer`: an account of the caller, which signs by its seeds. */
  | { readonly op: "cpi"; readonly node: TreeNode; readonly signer: number | undefined }
  | ({
      readonly op: "leave";
      readonly node: TreeNode;
      /** Through the call gateway, as a try or not, or with the contract as the instruction's program. */
      readonly way: "direct" | "gateway" | "try";
      readonly wei: bigint;
      /** What the contract is given, the sender first. */
      readonly passed: readonly TreeMeta[];
      /** An account of the program, which signs by its seeds. */
      readonly signer: number | undefined;
    } & Given);

/** One operation of a node. Accounts are named by index, slots from 0 to 3. */
export type TreeOp =
  | { readonly op: "write"; readonly target: number; readonly add: number }
  | { readonly op: "remember"; readonly slot: number; readonly add: number }
  | { readonly op: "note"; readonly topic: number }
  | { readonly op: "context" }
  /** The balance in wei, of a program in lamports. */
  | { readonly op: "look"; readonly account: number }
  /** The counter that a data account holds. */
  | { readonly op: "read"; readonly account: number }
  | { readonly op: "move"; readonly from: number; readonly to: number; readonly lamports: number }
  /** By the System program, out of an account that signed. */
  | { readonly op: "spend"; readonly from: number; readonly to: number; readonly lamports: number }
  | { readonly op: "pay"; readonly to: number; readonly wei: bigint }
  | TreeCall;

/** A node: a frame of the contract at `account`. */
export interface TreeNode {
  readonly vm: TreeVm;
  readonly account: number;
  readonly ops: readonly TreeOp[];
  readonly end: TreeEnd;
  /** Accounts of the instruction, where it is one: without double names. */
  readonly accounts: readonly TreeMeta[];
}

const ends = { return: 0x20, revert: 0x21, halt: 0x22, burn: 0x23 } as const;
const allGas = 0xffff_ffff;
const flagStatic = 1;
const flagPropagates = 2;
const programPropagates = 1;
const programSigns = 2;

/** Plans ask for the lengths of scripts all the time. */
const encoded = new WeakMap<TreeNode, Uint8Array>();

/** The script of a node. */
export function encodeNode(node: TreeNode): Uint8Array {
  const known = encoded.get(node) ?? encodeOps(node);
  encoded.set(node, known);
  return known;
}

function encodeOps(node: TreeNode): Uint8Array {
  const { end } = node;
  const last = end.end === "burn" ? emptyBytes : Uint8Array.of(end.end === "halt" ? end.rule : end.words);
  return concatBytes(...node.ops.map((op) => encodeOp(op, node)), Uint8Array.of(ends[end.end]), last);
}

function encodeOp(op: TreeOp, node: TreeNode): Uint8Array {
  const isProgram = node.vm === "svm";
  switch (op.op) {
    case "write":
      return Uint8Array.of(0x01, isProgram ? placeOf(op.target, node) : op.target, op.add);
    case "note":
      return Uint8Array.of(0x02, op.topic);
    case "context":
      return Uint8Array.of(0x03);
    case "remember":
      return Uint8Array.of(0x04, op.slot, op.add);
    case "look":
      return isProgram ? Uint8Array.of(0x05, placeOf(op.account, node)) : concatBytes(Uint8Array.of(0x05), accountAt(op.account).address);
    case "read":
      return Uint8Array.of(0x06, isProgram ? placeOf(op.account, node) : op.account);
    case "move":
      return concatBytes(Uint8Array.of(0x07, placeOf(op.from, node), placeOf(op.to, node)), number(op.lamports, 4));
    case "spend": {
      const metas = [
        { account: op.from, isSigner: true, isWritable: true },
        { account: op.to, isSigner: false, isWritable: true },
      ];
      const data = concatBytes(Uint8Array.of(2, 0, 0, 0), number(op.lamports, 8).reverse());
      return instruction(node, systemProgram, metas, data, 0, undefined);
    }
    case "pay":
      return concatBytes(number(0x10, 1), number(0, 1), number(allGas, 4), number(op.wei, 8), accountAt(op.to).address, number(0, 2));
    case "call": {
      const { node: callee, gas = allGas, wei } = op;
      const target = accountAt(callee.account).address;
      return concatBytes(number(0x10, 1), number(flagsOf(op), 1), number(gas, 4), number(wei, 8), target, withLength(encodeNode(callee)));
    }
    case "invoke": {
      const { node: callee, gas = allGas } = op;
      const metas = callee.accounts.flatMap((meta) => [meta.account, rightsOf(meta)]);
      const head = Uint8Array.of(callee.account, callee.accounts.length, ...metas);
      return concatBytes(number(0x11, 1), number(flagsOf(op), 1), number(gas, 4), head, withLength(encodeNode(callee)));
    }
    case "cpi":
      return instruction(node, op.node.account, op.node.accounts, encodeNode(op.node), 0, op.signer);
    case "leave": {
      const { node: callee, way, passed, signer } = op;
      const script = encodeNode(callee);
      const flags = op.propagates ? programPropagates : 0;
      if (way === "direct") return instruction(node, callee.account, passed, script, 0, signer);
      const contract = { account: callee.account, isSigner: false, isWritable: false };
      return instruction(node, callGateway, [contract, ...passed], concatBytes(gatewayHeader(op), script), flags, signer);
    }
  }
}

/** Version, flags, limit and value, little-endian: what stands before the input of a call through the call gateway. */
function gatewayHeader({ way, isStatic, gas, wei }: TreeCall & { readonly op: "leave" }): Uint8Array {
  const flags = (way === "try" ? 1 : 0) | (isStatic ? 2 : 0);
  const limit = gas === undefined ? (1n << 64n) - 1n : BigInt(gas);
  return concatBytes(Uint8Array.of(0, flags), number(limit, 8).reverse(), number(wei, 16).reverse());
}

function instruction(
  caller: TreeNode,
  program: number,
  metas: readonly TreeMeta[],
  data: Uint8Array,
  flags: number,
  signer: number | undefined,
): Uint8Array {
  const seeds = signer === undefined ? ([0, 0] as const) : accountAt(signer).seeds;
  const named = metas.flatMap((meta) => [placeOf(meta.account, caller), rightsOf(meta)]);
  const signs = signer === undefined ? 0 : programSigns;
  return concatBytes(Uint8Array.of(0x12, flags | signs, ...seeds, placeOf(program, caller), metas.length, ...named), withLength(data));
}

function flagsOf({ isStatic, propagates }: Given): number {
  return (isStatic ? flagStatic : 0) | (propagates ? flagPropagates : 0);
}

function rightsOf({ isSigner, isWritable }: TreeMeta): number {
  return (isSigner ? 1 : 0) | (isWritable ? 2 : 0);
}

function placeOf(account: number, { accounts }: TreeNode): number {
  const place = accounts.findIndex((meta) => meta.account === account);
  if (place < 0) throw new Error(`expected account ${account} among those of the instruction`);
  return place;
}

function withLength(bytes: Uint8Array): Uint8Array {
  return concatBytes(number(bytes.length, 2), bytes);
}

function number(value: number | bigint, length: number): Uint8Array {
  return bigintToBytes(BigInt(value), length);
}
