// What a caller sees of a callee that fails, for every pair of VMs and every way to fail: found out by playing it.
import { bytesToBigint, bytesToHex, gasLeftOf, outputOf } from "@trireme/core";
import { describeTrace } from "./describe-tree.mts";
import type { TracedFrame } from "./frame-trace.mts";
import { callGateway, indicesOf, ownedBy } from "./tree-accounts.mts";
import type { TreeCall, TreeEnd, TreeMeta, TreeNode, TreeOp, TreeVm } from "./tree-script.mts";
import { svmErrorSelector } from "./tree-state.mts";
import { ethereumTransaction, type Played, type TreeWorld } from "./tree-world.mts";

/** How the callee fails. */
const failures = ["revert", "halt", "out of gas", "host limit"] as const;
type Failure = (typeof failures)[number];

/** How the caller calls. `cpi`: what the SVM has for calls of programs and contracts; `try`: by the call gateway. */
type Way = "call" | "cpi" | "try";

interface Direction {
  readonly from: TreeVm;
  readonly to: TreeVm;
  readonly way: Way;
}

/** What a failure came to. */
interface Seen {
  readonly what: string;
  /** Whether the caller went on, and everything was as it had left it but for what it wrote itself. */
  readonly isCaught: boolean;
}

const vms = ["evm", "wasm", "svm"] as const;
const names = { evm: "EVM", wasm: "WASM", svm: "SVM" } as const;
const enough = 1_000_000;
/** Enough for the callee to begin, and to burn. */
const little = 60_000;

/** All pairs of VMs; the SVM has two ways to a contract. */
const directions: readonly Direction[] = vms.flatMap((from) =>
  vms.flatMap((to): readonly Direction[] => {
    if (from !== "svm") return [{ from, to, way: "call" }];
    const plain: Direction = { from, to, way: "cpi" };
    return to === "svm" ? [plain] : [plain, { from, to, way: "try" }];
  }),
);

/** The table as it stands in the docs. @throws where a caller that goes on does not have its state as it left it */
export function failureTable(world: TreeWorld): string {
  const rows = directions.map((direction) => {
    const cells = failures.map((failure) => playFailure(world, direction, failure));
    const isCaught = cells.every((cell) => cell.isCaught);
    if (!isCaught && cells.some((cell) => cell.isCaught)) throw new Error(`expected ${nameOf(direction)} to catch all failures or none`);
    return [nameOf(direction), ...cells.map(({ what }) => what), isCaught ? "yes" : "no: it fails with the same error"];
  });
  const head = ["call", ...failures, "can the caller go on?"];
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function nameOf({ from, to, way }: Direction): string {
  const by = { call: "", cpi: ", by CPI", try: ", by a try through the call gateway" }[way];
  return `${names[from]} to ${names[to]}${by}`;
}

function playFailure(world: TreeWorld, direction: Direction, failure: Failure): Seen {
  const end: TreeEnd =
    failure === "revert"
      ? { end: "revert", words: 1 }
      : failure === "halt"
        ? { end: "halt", rule: direction.to === "wasm" ? 1 : 0 }
        : failure === "out of gas"
          ? { end: "burn" }
          : { end: "return", words: 1 };
  const { root, caller, callee } = treeOf(direction, end, failure === "out of gas");
  const transaction = ethereumTransaction(root, 8_000_000n);
  const memory = failure === "host limit" ? leastMemory(world, root, directionDepth(direction)) - 1 : undefined;
  const played = world.playEthereum(transaction, memory);
  assertFailure(failure, played, direction);
  return judge(world, played, direction, caller, callee);
}

/** A contract that catches everything calls the caller, which writes, calls the callee, and writes again. */
function treeOf({ from, to, way }: Direction, end: TreeEnd, isLittle: boolean) {
  const callee = nodeOf(to, 1, [writeOf(to, 1)], end, []);
  const isProgram = from === "svm";
  const gas = isLittle ? little : enough;
  const given = { gas, isAmple: true, propagates: false, isStatic: false };
  const plain = { ...given, gas: undefined, propagates: true };
  const call: TreeCall = !isProgram
    ? to === "svm"
      ? { op: "invoke", node: callee, ...given }
      : { op: "call", node: callee, wei: 0n, ...given }
    : to === "svm"
      ? { op: "cpi", node: callee, signer: undefined }
      : {
          op: "leave",
          node: callee,
          way: way === "try" ? "try" : "direct",
          wei: 0n,
          passed: [],
          signer: undefined,
          ...(way === "try" ? given : plain),
        };
  const named = [...callee.accounts, readOnly(callee.account), readOnly(callGateway)];
  const caller = nodeOf(from, 0, [writeOf(from, 0), call, writeOf(from, 0)], { end: "return", words: 2 }, isProgram ? named : []);
  // A plain CPI gives all that the run has.
  const run = isLittle && isProgram && way === "cpi" ? 2 * little : 2 * enough;
  const entry = { node: caller, gas: run, isAmple: true, propagates: false, isStatic: false };
  const enter: TreeCall = isProgram ? { op: "invoke", ...entry } : { op: "call", wei: 0n, ...entry };
  const root = nodeOf("evm", 3, [writeOf("evm", 3), enter, writeOf("evm", 3)], { end: "return", words: 1 }, []);
  return { root, caller, callee };
}

function readOnly(account: number): TreeMeta {
  return { account, isSigner: false, isWritable: false };
}

function accountOf(vm: TreeVm, place: number): number {
  return indicesOf(vm)[place] as number;
}

function nodeOf(vm: TreeVm, place: number, ops: readonly TreeOp[], end: TreeEnd, named: readonly TreeMeta[]): TreeNode {
  const own = vm === "svm" ? [{ account: dataOf(place), isSigner: false, isWritable: true }] : [];
  return { vm, account: accountOf(vm, place), ops, end, accounts: [...own, ...named] };
}

function dataOf(place: number): number {
  return (ownedBy(accountOf("svm", place))[0] as { readonly index: number }).index;
}

function writeOf(vm: TreeVm, place: number): TreeOp {
  return { op: "write", target: vm === "svm" ? dataOf(place) : 0, add: 1 };
}

/** Frames down to the callee, its own not counted. */
function directionDepth({ from, to }: Direction): number {
  return 1 + (from === "svm" ? 1 : 0) + 1 + (to === "svm" && from !== "svm" ? 1 : 0);
}

/** Least memory budget with which the whole tree succeeds: with a byte less the innermost frame is refused. */
function leastMemory(world: TreeWorld, root: TreeNode, depth: number): number {
  const succeeds = (memory: number): boolean => {
    const { traced } = world.playEthereum(ethereumTransaction(root, 8_000_000n), memory);
    return pathOf(traced[0]).every(({ result }) => result.kind === "success") && pathOf(traced[0]).length > depth;
  };
  let [low, high] = [0, 1 << 24];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (succeeds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The frames on the way to the innermost one. */
function pathOf(frame: TracedFrame | undefined): readonly TracedFrame[] {
  if (frame === undefined) return [];
  const [first] = frame.children;
  return first === undefined ? [frame] : [frame, ...pathOf(first)];
}

/** @throws where the callee failed otherwise than it was to */
function assertFailure(failure: Failure, { traced }: Played, direction: Direction): void {
  const { result } = pathOf(traced[0]).at(-1) as TracedFrame;
  const text =
    result.kind === "halt"
      ? `${result.reason} ${result.detail ?? ""}`
      : result.kind === "revert"
        ? `revert ${result.error ?? ""}`
        : "success";
  const isProgram = direction.to === "svm";
  const expected = {
    revert: /^revert/,
    halt: isProgram ? /ProgramFailedToComplete/ : /^(invalidOpcode|stackOverflow)/,
    "out of gas": isProgram ? /ProgramFailedToComplete/ : /^outOfGas/,
    "host limit": isProgram ? /ProgramEnvironmentSetupFailure/ : /^memoryLimit/,
  }[failure];
  if (!expected.test(text))
    throw new Error(
      `expected a callee that fails by ${failure}: ${nameOf(direction)}\n${traced.map((each) => describeTrace(each)).join("\n")}`,
    );
}

function judge(world: TreeWorld, played: Played, direction: Direction, caller: TreeNode, callee: TreeNode): Seen {
  const path = pathOf(played.traced[0]);
  const at = direction.from === "svm" ? 2 : 1;
  const [calling, called] = [path[at] as TracedFrame, path[at + 1] as TracedFrame];
  const explain = (): string => `${nameOf(direction)}\n${played.traced.map((each) => describeTrace(each)).join("\n")}`;
  if (called === undefined || called.result.kind === "success") throw new Error(`expected a callee that fails: ${explain()}`);
  const isCaught = calling.result.kind === "success";
  const grown = (node: TreeNode): bigint => heldBy(played.after, node) - heldBy(world.before, node);
  const expected = isCaught ? 2n : 0n;
  const root = played.traced[0]?.result.kind === "success" && (played.after.slots.get(`${accountOf("evm", 3)}/0`) ?? 0n) === 2n;
  if (grown(caller) !== expected || grown(callee) !== 0n || !root) throw new Error(`expected intact state: ${explain()}`);
  return { what: direction.from === "svm" ? seenByProgram(calling, called, direction) : seenByContract(called), isCaught };
}

function heldBy({ slots, counters }: TreeWorld["before"], { vm, account }: TreeNode): bigint {
  if (vm !== "svm") return slots.get(`${account}/0`) ?? 0n;
  return counters.get((ownedBy(account)[0] as { readonly index: number }).index) ?? 0n;
}

/** The answer of CALL and the return data, and whether the gas that was left came back. */
function seenByContract({ result }: TracedFrame): string {
  const data = outputOf(result);
  const gas = gasLeftOf(result) > 0n ? "unused gas back" : "all gas given is gone";
  if (data.length === 0) return `0, no data, ${gas}`;
  if (bytesToHex(data.subarray(0, 4)) !== bytesToHex(svmErrorSelector)) return `0, the callee's data, ${gas}`;
  const code = Number(bytesToBigint(data.subarray(36, 68)));
  const length = Number(bytesToBigint(data.subarray(100, 132)));
  const reason = new TextDecoder().decode(data.subarray(132, 132 + length));
  return `0, \`SvmError(program, ${code === 0 ? "0" : "its number"}, ${reason.replaceAll('"', "")})\`, ${gas}`;
}

/** The error that a CPI ends the program with, or the return data of a try. */
function seenByProgram(calling: TracedFrame, called: TracedFrame, { way }: Direction): string {
  const { result } = called;
  const gas = gasLeftOf(result) > 0n ? "unused units back" : "all units given are gone";
  if (way === "try") {
    const data = outputOf(result);
    return `success; return data by the gateway: ${result.kind === "revert" ? 1 : 2}${data.length > 0 ? ", the callee's data" : ""}; ${gas}`;
  }
  const error =
    calling.result.kind === "halt" ? (calling.result.detail ?? "") : calling.result.kind === "revert" ? (calling.result.error ?? "") : "";
  return `\`${errorName(error)}\`, ${gas}`;
}

function errorName(text: string): string {
  const error = JSON.parse(text) as string | { readonly Custom: number };
  if (typeof error === "string") return error;
  return error.Custom < 0x7e00_0000 ? "Custom(its number)" : `Custom(0x${error.Custom.toString(16)})`;
}
