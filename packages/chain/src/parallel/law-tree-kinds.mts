// Call trees over all three VMs, sent by wallets of both dialects.
import type { Address, Transaction } from "@trireme/core";
import { accountAt, indicesOf } from "../cross-vm/tree-accounts.mts";
import { gasOf, planTree } from "../cross-vm/tree-plan.mts";
import { callOfTree, messageOfTrees } from "../cross-vm/tree-world.mts";
import type { DrawnTree } from "../cross-vm/tree-generator.mts";
import type { ActContext, Build } from "./law-builder.mts";

const treeWallets = indicesOf("wallet");
const treeSigners = indicesOf("signer");
/** EIP-7825, less what a transaction costs itself. */
const mostGas = 16_000_000;

function ethereumTree({ random, trees, ethereum, wallet }: ActContext): Transaction {
  const { root, share } = random.pick(trees);
  const from = random.pick(treeWallets);
  const node = planTree(root, from);
  // Others than whom the tree was planned for may not sign what it signs.
  const sender: Address = random.percent(60) ? accountAt(from).address : wallet();
  const gas = share === undefined ? gasOf(node) : Math.ceil((gasOf(node) * share) / 256);
  const { to, data } = callOfTree(node);
  return ethereum(sender, { to, data, gasLimit: BigInt(Math.min(mostGas, gas + 500_000)) });
}

function solanaTree({ random, trees, solanaMessage, blockhash, fresh }: ActContext): Transaction {
  const signer = random.pick(treeSigners);
  for (;;) {
    const { root, second }: DrawnTree = random.pick(trees);
    const roots = [root, ...(second === undefined ? [] : [second])].map((each) => planTree(each, signer));
    const message = messageOfTrees(roots, signer, { blockhash, priorityFee: BigInt(fresh) });
    if (message !== undefined) return solanaMessage(message);
  }
}

export const treeKinds = { ethereumTree, solanaTree } satisfies Readonly<Record<string, Build>>;
