// A chain's state with the call-tree contracts of all VMs on it, and transactions that play a tree there.
import {
  addressFromHex,
  addressToHex,
  bigintToBytes,
  concatBytes,
  bytesToBigint,
  bytesToHex,
  emptyBytes,
  zeroHash,
  encodeDialectEnvelope,
  keccak256,
  weiPerLamport,
  type Address,
  type BlockContext,
  type Hash,
  type Transaction,
  type TransactionOutcome,
} from "@trireme/core";
import { createEthereumFormat, type EthereumTransaction } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHost, createHostExecutor, totalBalance, type HostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, decodeAccountRecord, flatKeyFromBytes, type Journal } from "@trireme/state";
import { createSolanaFormat, createSvm, decodeSolanaTransaction, type SolanaMessage } from "@trireme/svm";
import { createWasmKit, testBlock, testTransaction } from "@trireme/testing";
import { createWasm } from "@trireme/wasm";
import { compileInstructions, signSolanaMessage } from "../execution/solana-messages.mts";
import { createFrameTrace, type TracedFrame } from "./frame-trace.mts";
import { accountAt, senderWallet, treeAccounts } from "./tree-accounts.mts";
import type { TreeContracts } from "./tree-contracts.mts";
import { encodeNode, type TreeNode } from "./tree-script.mts";
import type { TreeState } from "./tree-state.mts";

/** Compute units for gas on the chain. */
export interface TreeRate {
  readonly units: bigint;
  readonly gas: bigint;
}

/** What a transaction that played a tree left. */
export interface Played {
  readonly outcome: TransactionOutcome & { readonly kind: "executed" };
  /** The first frames: of an Ethereum transaction one, of a Solana transaction one for each instruction that ran. */
  readonly traced: readonly TracedFrame[];
  /** Read back from the state, everything that a tree may have changed. */
  readonly after: TreeState;
  /** Sums over the whole state, in wei. */
  readonly totalBefore: bigint;
  readonly totalAfter: bigint;
  /** Accounts that changed and are none of the trees'. */
  readonly strangers: readonly string[];
}

/** The chain. */
export interface TreeWorld {
  readonly before: TreeState;
  readonly block: BlockContext;
  /** Sends a transaction of Ethereum's and forgets what it did. `memoryBudget`: in bytes, over all its frames. */
  playEthereum(transaction: EthereumTransaction, memoryBudget?: number): Played;
  /** Sends a transaction of Solana's with a tree in each instruction and forgets what it did. */
  playSolana(roots: readonly TreeNode[], signer: number): Played;
}

/** What a program can move away in one go. */
export const dataLamports = 2_000_000_000;
/** Remainders below one lamport are everywhere. */
export const treeBalances = {
  evm: 10n ** 16n + 123n,
  wasm: 10n ** 16n + 77n,
  wallet: 10n ** 24n + 5n,
  svm: 0n,
  data: BigInt(dataLamports) * weiPerLamport + 999_999_999n,
  signer: 10n ** 21n + 1n,
  callGateway: 0n,
  system: 0n,
};
const slots = [0, 1, 2, 3];
export const counterLength = 16;

/** Opens a chain of block 1 with the contracts. */
export function createTreeWorld(contracts: TreeContracts, rate: TreeRate): TreeWorld {
  const programs = treeAccounts
    .filter(({ sort }) => sort === "svm")
    .map(({ pubkey: id }) => ({ id, elf: contracts.elf, loader: 2 as const }));
  const wasm = createWasm();
  const environments = [createEvm(), wasm, createSvm({ programs, unitsPerGas: rate })];
  const formats = [createEthereumFormat(), createSolanaFormat()];
  const executor = createHostExecutor({ environments, formats });
  const world = createWorldState({ database: createMemoryDatabase() });
  const genesis = { ...testBlock, number: 0n };
  const journal = createJournal(world.reader);
  executor.runHooks("writeGenesis", journal, genesis);
  journal.beginTransaction();
  const host = createHost({ journal, environments, block: genesis, transaction: { ...testTransaction } });
  const { install } = createWasmKit({ createEnvironment: () => wasm, bytesFromWat: () => emptyBytes });
  for (const { sort, address, pubkey, owner, index } of treeAccounts) {
    if (sort === "evm") host.setCode(address, contracts.evm);
    if (sort === "wasm") install?.(host, address, contracts.wasm);
    if (sort === "evm" || sort === "wasm") host.setNonce(address, 1n);
    if (sort === "data") {
      host.setSvmRecord(address, { pubkey, owner: accountAt(owner).pubkey, executable: false, dataLength: counterLength });
      host.writeAccountData(address, 0, Uint8Array.of(index));
    }
    if (treeBalances[sort] > 0n) host.setBalance(address, treeBalances[sort]);
  }
  journal.endTransaction();
  const block = { ...testBlock, number: 1n, gasLimit: 10n ** 12n };
  const seal = (number: bigint, changed: Journal) => {
    const { diff, undo } = changed.takeDiff();
    world.apply(number, diff, undo);
    return diff.entries.map(({ key }) => flatKeyFromBytes(key));
  };
  seal(0n, journal);
  const opened = createJournal(world.reader);
  executor.runHooks("beginBlock", opened, block, { getBlockHash });
  // What a block begins with is what the SVM remembers of messages: transactions of Solana's write there as well.
  const systemAccounts = new Set(seal(1n, opened).map((flat) => ("address" in flat ? addressToHex(flat.address) : "")));

  const stateBefore = readState(createJournal(world.reader), []);
  const accountsBefore = new Map([...world.iterateAccounts()].map(([address, { balance }]) => [addressToHex(address), balance] as const));
  const totalBefore = totalBalance([...accountsBefore.values()].map((balance) => ({ balance })));

  const play = (execute: (journal: Journal, tracer: ReturnType<typeof createFrameTrace>["tracer"]) => TransactionOutcome): Played => {
    const journal = createJournal(world.reader);
    const { tracer, roots } = createFrameTrace();
    const outcome = execute(journal, tracer);
    if (outcome.kind !== "executed")
      throw new Error(`expected a transaction that is executed, got ${outcome.error.code}: ${outcome.error.message}`);
    const after = readState(journal, outcome.logs);
    // The whole state, account by account: what the diff changed lies over what was there.
    const accounts = new Map(accountsBefore);
    const strangers: string[] = [];
    for (const { key, value } of journal.takeDiff().diff.entries) {
      const flat = flatKeyFromBytes(key);
      if (flat.kind === "code" || flat.kind === "generation") {
        strangers.push(bytesToHex(key));
        continue;
      }
      const name = addressToHex(flat.address);
      if (!known.has(name) && !systemAccounts.has(name)) strangers.push(name);
      if (flat.kind !== "account") continue;
      if (value === undefined) accounts.delete(name);
      else accounts.set(name, decodeAccountRecord(value).balance);
    }
    const totalAfter = totalBalance([...accounts.values()].map((balance) => ({ balance })));
    return { outcome, traced: roots(), after, totalBefore, totalAfter, strangers };
  };

  return {
    before: stateBefore,
    block,
    playEthereum(transaction, memoryBudget) {
      const chosen = memoryBudget === undefined ? executor : createHostExecutor({ environments, formats, memoryBudget });
      return play((journal, tracer) => execute(chosen, journal, block, transaction, tracer));
    },
    playSolana(roots, signer) {
      const transaction = solanaTransaction(roots, signer);
      return play((journal, tracer) => execute(executor, journal, block, transaction, tracer));
    },
  };
}

const known: ReadonlySet<string> = new Set([...treeAccounts.map(({ address }) => addressToHex(address)), addressToHex(testBlock.coinbase)]);

function execute(
  executor: HostExecutor,
  journal: Journal,
  block: BlockContext,
  transaction: Transaction,
  tracer: ReturnType<typeof createFrameTrace>["tracer"],
): TransactionOutcome {
  return executor.executeTransaction(transaction, journal, block, { gasLeft: block.gasLimit, blobGasLeft: 0n }, { tracer, getBlockHash });
}

const priorityFee = 1_000n;
/** Most that a Solana transaction may use, and hold in version 1. */
const mostUnits = 1_400_000;
const mostWireBytes = 4_096;

/** The price of gas in trees' transactions, in wei. */
export const treeGasPrice = 10n;

/** The transaction of Ethereum's that plays a tree. */
export function ethereumTransaction(root: TreeNode, gasLimit: bigint): EthereumTransaction {
  return {
    format: "ethereum",
    raw: emptyBytes,
    hash: zeroHash,
    sender: accountAt(senderWallet).address,
    type: 2,
    chainId: testBlock.chainId,
    nonce: 0n,
    gasLimit,
    ...callOfTree(root),
    value: 0n,
    maxFeePerGas: treeGasPrice,
    maxPriorityFeePerGas: treeGasPrice,
    accessList: [],
    maxFeePerBlobGas: 0n,
    blobVersionedHashes: [],
    authorizationList: [],
    blobGas: 0n,
    declared: undefined,
    signature: undefined,
  };
}

/** What Ethereum's wallets call to play a tree: a program through the gateway. */
export function callOfTree(root: TreeNode): { readonly to: Address; readonly data: Uint8Array } {
  if (root.vm === "svm") return { to: gatewayAddress, data: encodeInvoke(root) };
  return { to: accountAt(root.account).address, data: encodeNode(root) };
}

const genesisHash = keccak256(new TextEncoder().encode("genesis")) as Hash;

function getBlockHash(number: bigint): Hash | undefined {
  return number === 0n ? genesisHash : undefined;
}

/** Lamports of a Solana transaction of one signature. */
export const solanaFee = 5_000n + priorityFee;

/** Whether a Solana transaction holds so many trees. */
export function fitsMessage(roots: readonly TreeNode[], signer: number): boolean {
  return wireOf(roots, signer).length <= mostWireBytes;
}

function solanaTransaction(roots: readonly TreeNode[], signer: number): Transaction {
  const wire = wireOf(roots, signer);
  const decoded = decodeSolanaTransaction(encodeDialectEnvelope({ dialect: "solana", payload: wire }), { verifiesSignatures: false });
  if (decoded.kind === "invalid") throw new Error(`expected a transaction, got ${decoded.error.message}`);
  return decoded.transaction;
}

function wireOf(roots: readonly TreeNode[], signer: number): Uint8Array {
  return signSolanaMessage(messageFor(roots, signer, { blockhash: genesisHash, priorityFee }), []);
}

/** The message of Solana's that plays trees, an instruction each; undefined for those that it does not hold. */
export function messageOfTrees(roots: readonly TreeNode[], signer: number, terms: MessageTerms): SolanaMessage | undefined {
  return fitsMessage(roots, signer) ? messageFor(roots, signer, terms) : undefined;
}

interface MessageTerms {
  readonly blockhash: Hash;
  /** In lamports. */
  readonly priorityFee: bigint;
}

function messageFor(roots: readonly TreeNode[], signer: number, terms: MessageTerms): SolanaMessage {
  const instructions = roots.map((root) => ({
    program: accountAt(root.account).pubkey,
    accounts: root.accounts.map(({ account, ...rights }) => ({ pubkey: accountAt(account).pubkey, ...rights })),
    data: encodeNode(root),
  }));
  const config = { priorityFee: terms.priorityFee, computeUnitLimit: mostUnits, loadedAccountsDataSizeLimit: 1 << 26, heapLength: 32_768 };
  return compileInstructions(accountAt(signer).pubkey, instructions, terms.blockhash, { version: 1, config });
}

const gatewayAddress = addressFromHex("0x73766d0000000000000000000000000000000000");
const invokeSelector = keccak256(new TextEncoder().encode("invoke(bytes32,(bytes32,bool,bool)[],bytes)")).subarray(0, 4);

function encodeInvoke(root: TreeNode): Uint8Array {
  const word = (value: number): Uint8Array => bigintToBytes(BigInt(value), 32);
  const { accounts } = root;
  const metas = accounts.flatMap((meta) => [accountAt(meta.account).pubkey, word(meta.isSigner ? 1 : 0), word(meta.isWritable ? 1 : 0)]);
  const data = encodeNode(root);
  const head = [accountAt(root.account).pubkey, word(96), word(128 + 96 * accounts.length), word(accounts.length)];
  return concatBytes(invokeSelector, ...head, ...metas, word(data.length), data, new Uint8Array(-data.length & 31));
}

/** What a journal holds of everything that a tree may change. */
function readState(
  journal: Journal,
  logs: readonly { readonly address: Address; readonly topics: readonly Uint8Array[]; readonly data: Uint8Array }[],
): TreeState {
  const state: TreeState = {
    balances: new Map(),
    counters: new Map(),
    slots: new Map(),
    transient: new Map(),
    logs: [],
    written: new Set(),
  };
  const word = new Uint8Array(32);
  const counter = new Uint8Array(8);
  const view = new DataView(counter.buffer);
  for (const { index, sort, address } of treeAccounts) {
    state.balances.set(index, journal.getBalance(address));
    if (sort === "data" && journal.getSvmRecord(address) !== undefined) {
      journal.readAccountData(address, 0, counter);
      state.counters.set(index, view.getBigUint64(0, true));
    }
    if (sort !== "evm" && sort !== "wasm") continue;
    for (const slot of slots) {
      word[31] = slot;
      const value = bytesToBigint(journal.getStorage(address, word));
      if (value !== 0n) state.slots.set(`${index}/${slot}`, value);
    }
  }
  for (const { address, topics, data } of logs)
    state.logs.push({ address: addressToHex(address), topics: topics.map((topic) => bytesToHex(topic)), data: bytesToHex(data) });
  return state;
}
