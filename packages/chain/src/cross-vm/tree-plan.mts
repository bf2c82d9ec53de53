// From a drawn tree to one that can be played: who is called, what every instruction names, how much gas goes along.
import { accountAt, callGateway, indicesOf, ownedBy, statefulAccounts, systemProgram } from "./tree-accounts.mts";
import { encodeNode, type TreeCall, type TreeEnd, type TreeMeta, type TreeNode, type TreeOp, type TreeVm } from "./tree-script.mts";

/** Who a call out of the SVM comes from: an account of the program, a wallet, the contract that entered the SVM, nobody. */
export type DrawnSender = "pda" | "wallet" | "caller" | "nobody";

/** A drawn call. What its scheme means depends on the VMs. */
export interface DrawnCall {
  readonly op: "call";
  readonly node: DrawnNode;
  readonly scheme: "call" | "static" | "try" | "direct";
  readonly wei: bigint;
  /** Undefined for what suffices. */
  readonly gas: number | undefined;
  readonly propagates: boolean;
  readonly sender: DrawnSender;
  /** Which accounts of the caller are passed on, by bits. */
  readonly passes: number;
}

/** A drawn operation: numbers choose among what the node has. */
export type DrawnOp =
  | { readonly op: "write"; readonly target: number; readonly add: number }
  | { readonly op: "remember"; readonly target: number; readonly add: number }
  | { readonly op: "note"; readonly topic: number }
  | { readonly op: "context" }
  | { readonly op: "look" | "read"; readonly account: number }
  | { readonly op: "move"; readonly target: number; readonly to: number; readonly lamports: number }
  | { readonly op: "spend"; readonly to: number; readonly lamports: number }
  | { readonly op: "pay"; readonly to: number; readonly wei: bigint }
  | DrawnCall;

/** A drawn node. */
export interface DrawnNode {
  readonly vm: TreeVm;
  /** Which of the VM's contracts. */
  readonly choice: number;
  /** Whether a program is one that is not open yet. */
  readonly isFresh: boolean;
  readonly ops: readonly DrawnOp[];
  readonly end: TreeEnd;
  /** Accounts that an instruction names without need: what freezes. */
  readonly holds: readonly TreeMeta[];
}

/** What a node has to know of those above it. */
interface Above {
  readonly openPrograms: readonly number[];
  /** Who entered the unbroken run of SVM frames that the node belongs to. */
  readonly entered: number | undefined;
  /** Wallets that signed for the run. */
  readonly signers: readonly number[];
  /** An account of the calling program's that signs for the node. */
  readonly lender: number | undefined;
  /** Whether the gas of the node is limited, so that it may be burnt. */
  readonly mayBurn: boolean;
}

const programs = indicesOf("svm");
const contracts = { evm: indicesOf("evm"), wasm: indicesOf("wasm") } as const;
const dataAccounts = indicesOf("data");
/** Who is looked at and paid. */
const known = statefulAccounts;
/** More than most of the calls that may burn it all take, and little enough to be burnt in no time. */
const burnt = 50_000;

/** Plans a tree that `caller` enters: a wallet of Ethereum's, or a signer of a Solana transaction, which pays for it. */
export function planTree(root: DrawnNode, caller: number): TreeNode {
  const isSolana = accountAt(caller).sort === "signer";
  const signers = isSolana ? [caller] : [];
  const node = planNode(root, { openPrograms: [], entered: isSolana ? undefined : caller, signers, lender: undefined, mayBurn: false });
  if (!isSolana) return node;
  // Who pays is a writable signer wherever it is named.
  const named = node.vm === "svm" ? node.accounts : [{ account: caller, isSigner: true, isWritable: true }];
  return { ...node, accounts: named.map((meta) => (meta.account === caller ? { ...meta, isSigner: true, isWritable: true } : meta)) };
}

function planNode(drawn: DrawnNode, above: Above): TreeNode {
  const end: TreeEnd = drawn.end.end === "burn" && !above.mayBurn ? { end: "halt", rule: 0 } : drawn.end;
  if (drawn.vm === "svm") return planProgram(drawn, end, above);
  const { vm } = drawn;
  const account = contracts[vm][drawn.choice % contracts[vm].length] as number;
  const ops = drawn.ops.flatMap((op): readonly TreeOp[] => planContractOp(op, vm, account, above));
  return { vm, account, ops, end, accounts: [] };
}

function planContractOp(op: DrawnOp, vm: "evm" | "wasm", account: number, above: Above): readonly TreeOp[] {
  switch (op.op) {
    case "move":
    case "spend":
      return [];
    case "write":
      return [{ op: "write", target: op.target % 4, add: op.add }];
    case "remember":
      return vm === "evm" ? [{ op: "remember", slot: op.target % 4, add: op.add }] : [];
    case "look":
      return [{ op: "look", account: op.account % known }];
    case "read":
      return [{ op: "read", account: dataAccounts[op.account % dataAccounts.length] as number }];
    case "pay":
      return [{ op: "pay", to: op.to % known, wei: op.wei }];
    case "call":
      return [planContractCall(op, vm, account, above)];
    case "note":
    case "context":
      return [op];
  }
}

function planContractCall(op: DrawnCall, vm: "evm" | "wasm", account: number, { openPrograms }: Above): TreeCall {
  // What burns all its gas is given little of it.
  const limit = op.node.end.end === "burn" ? burnt : op.gas;
  const node = planNode(op.node, { openPrograms, entered: account, signers: [], lender: undefined, mayBurn: true });
  const { propagates } = op;
  const given = { gas: limit ?? gasOf(node), isAmple: limit === undefined, propagates };
  // The SDK for WASM has no static call to the gateway.
  if (node.vm === "svm") return { op: "invoke", node, ...given, isStatic: op.scheme === "static" && vm === "evm" };
  const isStatic = op.scheme === "static";
  return { op: "call", node, wei: isStatic ? 0n : op.wei, ...given, isStatic };
}

/** What an instruction names, each account once with all the rights that anything below needs. */
class Metas {
  readonly list: TreeMeta[] = [];

  add(account: number, isWritable: boolean, isSigner = false): number {
    const place = this.list.findIndex((meta) => meta.account === account);
    const before = this.list[place];
    if (before === undefined) this.list.push({ account, isWritable, isSigner });
    else this.list[place] = { account, isWritable: isWritable || before.isWritable, isSigner: isSigner || before.isSigner };
    return account;
  }

  addAll(metas: readonly TreeMeta[]): void {
    for (const { account, isWritable, isSigner } of metas) this.add(account, isWritable, isSigner);
  }
}

function planProgram(drawn: DrawnNode, end: TreeEnd, above: Above): TreeNode {
  const { openPrograms } = above;
  const closed = programs.filter((program) => !openPrograms.includes(program));
  const choices = drawn.isFresh && closed.length > 0 ? closed : programs;
  const account = choices[drawn.choice % choices.length] as number;
  const metas = new Metas();
  metas.addAll(drawn.holds);
  const inside = { ...above, openPrograms: [...openPrograms, account] };
  const ops = drawn.ops.flatMap((op): readonly TreeOp[] => planProgramOp(op, account, metas, inside));
  return { vm: "svm", account, ops, end, accounts: metas.list };
}

/** An account of the program; now and then one of another program, which it may not write. */
function ownAccount(program: number, target: number): number {
  const owned = target === 31 ? dataAccounts.map(accountAt) : ownedBy(program);
  return (owned[target % owned.length] as { readonly index: number }).index;
}

function planProgramOp(op: DrawnOp, account: number, metas: Metas, inside: Above): readonly TreeOp[] {
  switch (op.op) {
    case "remember":
    case "pay":
      return [];
    case "write":
      return [{ op: "write", target: metas.add(ownAccount(account, op.target), true), add: op.add }];
    case "look":
      return [{ op: "look", account: metas.add(op.account % known, false) }];
    case "read":
      return [{ op: "read", account: metas.add(dataAccounts[op.account % dataAccounts.length] as number, false) }];
    case "move": {
      const to = op.to % known;
      // Of a program that is held, no lamports may move.
      if (accountAt(to).sort === "svm") return [];
      return [{ op: "move", from: metas.add(ownAccount(account, op.target), true), to: metas.add(to, true), lamports: op.lamports }];
    }
    case "spend": {
      const [from = inside.entered] = inside.signers;
      const to = op.to % known;
      if (from === undefined || from === to || accountAt(to).sort === "svm") return [];
      metas.add(systemProgram, false);
      return [{ op: "spend", from: metas.add(from, true, true), to: metas.add(to, true), lamports: op.lamports }];
    }
    case "call":
      return [planProgramCall(op, account, metas, inside)];
    case "note":
    case "context":
      return [op];
  }
}

function planProgramCall(op: DrawnCall, account: number, metas: Metas, inside: Above): TreeCall {
  if (op.node.vm === "svm") {
    const lender = ownAccount(account, 1);
    const node = planNode(op.node, { ...inside, lender, mayBurn: false });
    metas.add(node.account, false);
    // What the program signs for by seeds, its caller has not signed.
    const lent = node.accounts.find((meta) => meta.account === lender && meta.isSigner);
    metas.addAll(node.accounts.map((meta) => (meta === lent ? withoutSignature(meta) : meta)));
    return { op: "cpi", node, signer: lent?.account };
  }
  const isDirect = op.scheme === "direct";
  const limit = op.node.end.end === "burn" ? burnt : op.gas;
  const node = planNode(op.node, {
    openPrograms: inside.openPrograms,
    entered: undefined,
    signers: [],
    lender: undefined,
    mayBurn: !isDirect,
  });
  const { sender, signer } = planSender(op.sender, account, inside);
  const held = metas.list.filter(({ account: each }) => each !== sender?.account && accountAt(each).sort !== "svm");
  const passed = [
    ...(sender === undefined ? [] : [sender]),
    ...held.filter((_, place) => ((op.passes >> place) & 1) === 1).map(withoutSignature),
  ];
  metas.add(node.account, false);
  // What the program signs for by seeds, its caller has not signed.
  if (sender !== undefined) metas.add(sender.account, true, signer === undefined);
  if (isDirect) {
    return { op: "leave", way: "direct", node, wei: 0n, passed, signer, gas: undefined, isAmple: true, propagates: true, isStatic: false };
  }
  metas.add(callGateway, false);
  const isStatic = op.scheme === "static";
  const way = op.scheme === "call" ? "gateway" : "try";
  const given = { gas: limit ?? gasOf(node), isAmple: limit === undefined, propagates: way === "gateway" || op.propagates };
  // Seldom value from one who may give none.
  const mayPay = signer !== undefined || op.sender === "wallet" || op.passes % 8 === 7;
  return { op: "leave", way, node, wei: isStatic || !mayPay ? 0n : op.wei, passed, signer, ...given, isStatic };
}

function withoutSignature({ account, isWritable }: TreeMeta): TreeMeta {
  return { account, isWritable, isSigner: false };
}

function planSender(drawn: DrawnSender, program: number, { entered, signers, lender }: Above) {
  const [wallet] = signers;
  const signs = (account: number) => ({ account, isSigner: true, isWritable: true });
  if (drawn === "nobody") return { sender: undefined, signer: undefined };
  if (drawn === "wallet" && wallet !== undefined) return { sender: signs(wallet), signer: undefined };
  if (drawn === "wallet" && lender !== undefined) return { sender: signs(lender), signer: undefined };
  if (drawn === "caller" && entered !== undefined) return { sender: signs(entered), signer: undefined };
  const own = ownAccount(program, 0);
  return { sender: signs(own), signer: own };
}

const gasOfOps = {
  write: 30_000,
  remember: 1_000,
  note: 6_000,
  context: 1_500,
  look: 5_000,
  read: 12_000,
  move: 1_000,
  spend: 3_000,
  pay: 50_000,
} as const;

/** Gas with which a node ends as it wants to, whatever its callees do with theirs: far more than it takes. */
export function gasOf(node: TreeNode): number {
  let gas = ownGasOf(node) + (node.end.end === "burn" ? burnt : 0);
  for (const op of node.ops) if ("node" in op) gas += Math.ceil((("gas" in op ? op.gas : undefined) ?? gasOf(op.node)) * (65 / 63));
  return gas;
}

/** More than the operations of a node take beside its calls. */
export function ownGasOf(node: TreeNode): number {
  let gas = 150_000 + 40 * encodeNode(node).length;
  for (const op of node.ops) gas += "node" in op ? 60_000 + 1_500 * op.node.accounts.length : gasOfOps[op.op];
  return gas;
}
