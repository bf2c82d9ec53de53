/** The public face of a chain: what RPC, tests and tools use. Asynchronous at this edge, synchronous inside. */
import type {
  Address,
  BlockContext,
  ExecutionResult,
  FormatId,
  Hash,
  Hardfork,
  InvolvedAccount,
  Log,
  TransactionError,
  Tracer,
  Transaction,
  TransactionResult,
} from "@trireme/core";
import type { AccountProof, AccountRecord, StateReader } from "@trireme/state";
import type { BlockHeader, EthereumTransaction } from "@trireme/ethereum";
import type { BlockReport, ChoiceCause, RunSummary, SchedulerEvent } from "@trireme/scheduler";

/** Which block a query is about. Numbers beyond the head and unknown hashes give `undefined`. */
export type BlockTag = "latest" | "pending" | "earliest" | "safe" | "finalized" | bigint | { readonly hash: Hash };

/** Receipt of one transaction. */
export interface Receipt {
  readonly transactionHash: Hash;
  readonly transactionIndex: number;
  readonly blockHash: Hash;
  readonly blockNumber: bigint;
  readonly type: number;
  readonly from: Address;
  readonly to: Address | undefined;
  readonly contractAddress: Address | undefined;
  readonly succeeded: boolean;
  readonly gasUsed: bigint;
  readonly cumulativeGasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  readonly blobGasUsed: bigint;
  readonly blobGasPrice: bigint;
  readonly logsBloom: Uint8Array;
  readonly logs: readonly Log[];
  /** Index in the block of the first of `logs`. */
  readonly firstLogIndex: number;
  /** Lines of programs and consoles. */
  readonly programLogs: readonly string[];
  /** What a receipt of its dialect holds beside, in the format's encoding. */
  readonly extra?: Uint8Array;
  /** @see TransactionResult.involved */
  readonly involved?: readonly InvolvedAccount[];
}

/** A block with its transactions; receipts are read apart. */
export interface Block {
  readonly header: BlockHeader;
  readonly hash: Hash;
  readonly transactions: readonly Transaction[];
  /** Length of the RLP encoding in bytes. */
  readonly size: number;
}

/** Why the chain did not take a transaction: stable `code`, one line for a person. */
export type SubmitResult =
  | { readonly kind: "accepted"; readonly hash: Hash }
  | { readonly kind: "rejected"; readonly error: TransactionError };

/** What a call is run with; absent fields have eth_call's defaults. */
export interface CallRequest {
  readonly from?: Address;
  readonly to?: Address;
  readonly gas?: bigint;
  readonly gasPrice?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  readonly nonce?: bigint;
  readonly accessList?: readonly { readonly address: Address; readonly storageKeys: readonly Uint8Array[] }[];
  readonly blobVersionedHashes?: readonly Hash[];
  readonly maxFeePerBlobGas?: bigint;
  readonly authorizationList?: EthereumTransaction["authorizationList"];
}

/** Replaces parts of an account for one call. `state` replaces the whole storage, `stateDiff` single slots. */
export interface AccountOverride {
  readonly balance?: bigint;
  readonly nonce?: bigint;
  readonly code?: Uint8Array;
  readonly state?: ReadonlyMap<string, Uint8Array>;
  readonly stateDiff?: ReadonlyMap<string, Uint8Array>;
  /** Moves the precompile at this address elsewhere. */
  readonly movePrecompileTo?: Address;
}

/** What prestate tracing shows of an account. */
export interface AccountState {
  /** Wei. */
  readonly balance: bigint;
  readonly nonce: bigint;
  readonly code: Uint8Array;
}

/** An account that a transaction read or wrote, before the transaction and after it. */
export interface TouchedAccount {
  readonly address: Address;
  readonly before: AccountState;
  readonly after: AccountState;
  /** Whether a contract was made here, be it in a frame that was reverted. */
  readonly isCreated: boolean;
  /** Whether the account is gone because it destroyed itself. */
  readonly isDestroyed: boolean;
  /** Slots that were read or written, 32 bytes each. */
  readonly slots: readonly { readonly key: Uint8Array; readonly before: Uint8Array; readonly after: Uint8Array }[];
}

/** A tracer that may ask for state besides: plain data, so that it comes from whichever thread the run was on. */
export interface ChainTracer extends Tracer {
  readonly wantsTouches?: boolean | undefined;
  /** Told once, after the transaction, where `wantsTouches` is set. */
  touched?(accounts: readonly TouchedAccount[]): void;
}

export interface CallOptions {
  readonly block?: BlockTag;
  readonly stateOverrides?: readonly (readonly [Address, AccountOverride])[];
  readonly blockOverrides?: Partial<BlockContext>;
  readonly tracer?: ChainTracer;
  /** Time after which the call is given up at its next frame, with `LIMIT_EXCEEDED`; none by default. */
  readonly milliseconds?: number;
}

/** How a call ended, with the gas that a transaction would have been charged. */
export interface CallOutcome {
  readonly result: ExecutionResult;
  readonly gasUsed: bigint;
  readonly logs: readonly Log[];
}

/** What a transaction would do in the next block: `state` is what it would leave. */
export type DryRun =
  | {
      readonly kind: "executed";
      readonly result: TransactionResult;
      readonly state: StateReader;
      readonly context: BlockContext;
      /** Accounts and slots that frames of the EVM and its kin touched, but for accounts that are warm from the start (EIP-2929). */
      readonly accessList: NonNullable<CallRequest["accessList"]>;
    }
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** A block that a simulation makes; what is left out follows from the block before it, as geth has it. */
export interface SimulationBlock {
  readonly overrides?: Partial<BlockContext>;
  /** Applied before the calls; they stay for the blocks after this one. */
  readonly stateOverrides?: readonly (readonly [Address, AccountOverride])[];
  readonly calls?: readonly CallRequest[];
}

export interface SimulationOptions {
  /** The block after which the simulation begins; the newest by default. */
  readonly block?: BlockTag;
  /** Whether every movement of ether stands among the logs of its call, as an ERC-20 transfer of 0xeeee...ee. */
  readonly traceTransfers?: boolean;
  /** Whether nonces and base fees are held against the rules of a block. */
  readonly validation?: boolean;
  /** Blocks to make, those in gaps between numbers included; 256 by default. */
  readonly maxBlocks?: number;
  /** For all blocks together. @see CallOptions.milliseconds */
  readonly milliseconds?: number;
}

/** What a call of a simulated block did. */
export interface SimulatedCall {
  readonly result: ExecutionResult;
  readonly gasUsed: bigint;
  /** Gas in use before refunds: the least gas limit with which it would run alike, if it does not look at its gas. */
  readonly maxUsedGas: bigint;
  /** With its transfers, where those were asked for. */
  readonly logs: readonly Log[];
}

/** A block that a simulation made: whole, but for the signatures of its transactions. */
export interface SimulatedBlock {
  readonly block: Block;
  /** One for each of the block's transactions. */
  readonly calls: readonly SimulatedCall[];
}

/**
 * Why a block ran on one thread, in a word that is good for counting. `off`: the chain has no other threads. `small`: too few
 * transactions. `starting`: the threads were not there yet. `slower`, `contention`: they would not have been faster. `givenUp`:
 * they came to nothing. `fault`: its first run failed, and it was run again.
 */
export type SerialCause = "off" | ChoiceCause | "givenUp" | "fault";

/** How a block was run, in figures; times in microseconds. @see BlockReport */
export interface BlockRunSummary extends RunSummary, Pick<BlockReport, "mode" | "reason" | "workers" | "speedUp"> {
  /** Undefined for a block that ran in parallel. */
  readonly cause: SerialCause | undefined;
}

/** How a block was run, with the names of what ran. */
export interface ChainBlockReport extends BlockReport {
  readonly blockHash: Hash;
  /** Of `transactions`, in their order; undefined for one that could not stand in the block after all. */
  readonly hashes: readonly (Hash | undefined)[];
}

/** Blocks that this process made and how, since the chain was opened. */
export interface SchedulerCounts {
  readonly parallel: number;
  readonly serial: Readonly<Record<SerialCause, number>>;
  /** Transactions that ran again. */
  readonly aborts: number;
}

/** How the blocks of a chain are run. */
export interface ChainScheduler {
  /** Those that run a block in parallel, the calling thread among them; 0 where all blocks run serially. */
  readonly workers: number;
  readonly counts: SchedulerCounts;
  /** Made when asked for; undefined but for the newest 64 blocks that this process made. */
  getReport(tag: BlockTag): Promise<ChainBlockReport | undefined>;
  /** Listens to what happened in each block, once it is durable and right before `Chain.subscribe` hears of it. */
  subscribe(listener: (event: SchedulerEvent) => void): () => void;
}

/** What changed at the head. */
export type ChainEvent =
  | {
      readonly kind: "block";
      readonly block: Block;
      readonly receipts: readonly Receipt[];
      /** How it was run. */
      readonly run: BlockRunSummary | undefined;
      /** Addresses of the accounts that differ from how the block found them: record or account data, not slots. Worked out when asked for. */
      changedAccounts(): readonly Address[];
    }
  | { readonly kind: "reorg"; readonly removed: readonly Block[]; readonly head: Block }
  | { readonly kind: "pending"; readonly transaction: Transaction };

/** How blocks come: on every transaction, every so many milliseconds, or when asked. */
export type Mining = { readonly kind: "auto" } | { readonly kind: "interval"; readonly milliseconds: number } | { readonly kind: "manual" };

/** State at a block. */
export interface StateView extends StateReader {
  readonly blockNumber: bigint;
  /** The block itself, as its transactions saw it. */
  readonly context: BlockContext;
  /** Hash of the block before it, of the ones before that, and so on. */
  getBlockHash(number: bigint): Hash | undefined;
  /** Addresses of the accounts at the head, in no order: what lists of accounts are made from. */
  addresses(): Iterable<Address>;
  getStorageAt(address: Address, key: Uint8Array): Uint8Array;
  getCodeAt(address: Address): Uint8Array;
  prove(address: Address, slots: readonly Uint8Array[]): AccountProof;
}

/** Switches for development; a chain outside dev mode refuses them. */
export interface ChainDevTools {
  setBalance(address: Address, wei: bigint): Promise<void>;
  setCode(address: Address, code: Uint8Array): Promise<void>;
  setNonce(address: Address, nonce: bigint): Promise<void>;
  setStorageAt(address: Address, key: Uint8Array, value: Uint8Array): Promise<void>;
  /** Transactions of this address need no signature. */
  impersonate(address: Address): void;
  stopImpersonating(address: Address): void;
  autoImpersonate(enabled: boolean): void;
  isImpersonated(address: Address): boolean;
  submitUnsigned(request: CallRequest & { readonly from: Address }): Promise<SubmitResult>;
  snapshot(): Promise<bigint>;
  /** False when there is no such snapshot; it and all later ones are used up. */
  revert(id: bigint): Promise<boolean>;
  increaseTime(seconds: bigint): bigint;
  setNextBlockTimestamp(timestamp: bigint): void;
  setTime(timestamp: bigint): void;
  /** Seconds between blocks instead of the system clock's; undefined goes back to that. */
  setBlockTimestampInterval(seconds: bigint | undefined): void;
  setNextBlockBaseFee(wei: bigint): void;
  setNextPrevRandao(value: Uint8Array): void;
  setBlockGasLimit(gas: bigint): void;
  setCoinbase(address: Address): void;
  setMining(mining: Mining): void;
  getMining(): Mining;
  /** Mines `count` blocks, `intervalSeconds` apart. */
  mine(count?: number, intervalSeconds?: bigint): Promise<readonly Block[]>;
  dropTransaction(hash: Hash): boolean;
  dropAllTransactions(): void;
}

/** A running chain. */
export interface Chain {
  readonly chainId: bigint;
  readonly hardfork: Hardfork;
  readonly formats: readonly FormatId[];
  readonly head: Block;
  getBlock(tag: BlockTag): Promise<Block | undefined>;
  getReceipts(tag: BlockTag): Promise<readonly Receipt[] | undefined>;
  getReceipt(transactionHash: Hash): Promise<Receipt | undefined>;
  /** Pending ones included: `block` is undefined for those. */
  getTransaction(
    hash: Hash,
  ): Promise<{ readonly transaction: Transaction; readonly block: Block | undefined; readonly index: number } | undefined>;
  /** @throws TriremeError `STATE_UNAVAILABLE` beyond the window of history that the chain keeps. */
  stateAt(tag: BlockTag): Promise<StateView | undefined>;
  getAccount(address: Address, tag?: BlockTag): Promise<AccountRecord | undefined>;
  /** Takes raw bytes of any dialect. Resolves when the mempool has it; with automine when its block is durable. */
  submit(raw: Uint8Array): Promise<SubmitResult>;
  /**
   * Transactions that are about to be submitted one after the other: a chain with threads reads them there meanwhile. Changes
   * no answer. What comes back is to be called when no more of them come: what was not submitted is forgotten then.
   */
  readAhead(raws: readonly Uint8Array[]): () => void;
  /** Runs a transaction of any dialect as the only one of the next block, and forgets it. Signatures are its decoder's business. A tracer hears of one that can be executed. */
  dryRun(transaction: Transaction, tracer?: ChainTracer): Promise<DryRun>;
  call(request: CallRequest, options?: CallOptions): Promise<CallOutcome>;
  /**
   * Makes blocks of calls, one on top of the other, and forgets them (eth_simulateV1). The chain's gas limit of a call
   * holds for all calls together.
   * @throws TriremeError (rejects) `INVALID_ARGUMENT` | `LIMIT_EXCEEDED` | `INVALID_TRANSACTION`, with the rule that was broken in `details.code`
   */
  simulate(blocks: readonly SimulationBlock[], options?: SimulationOptions): Promise<readonly SimulatedBlock[]>;
  estimateGas(
    request: CallRequest,
    options?: CallOptions,
  ): Promise<
    | { readonly kind: "estimated"; readonly gas: bigint }
    | { readonly kind: "failed"; readonly result: ExecutionResult }
    | { readonly kind: "invalid"; readonly error: TransactionError }
  >;
  createAccessList(
    request: CallRequest,
    options?: CallOptions,
  ): Promise<{ readonly accessList: NonNullable<CallRequest["accessList"]>; readonly gasUsed: bigint; readonly result: ExecutionResult }>;
  /** Runs the block's transactions up to and including this one again, the last one under the tracer. */
  traceTransaction(hash: Hash, tracer: ChainTracer): Promise<CallOutcome | undefined>;
  /** Runs a block again in one go, each transaction under a tracer of its own; undefined for a block that is not there. */
  traceBlock(
    tag: BlockTag,
    tracerOf: (transaction: Transaction, index: number) => ChainTracer,
  ): Promise<readonly CallOutcome[] | undefined>;
  /** Next block's base fee, in wei per gas. */
  nextBaseFee(): bigint;
  nextBlobBaseFee(): bigint;
  readonly mempool: {
    readonly pending: readonly Transaction[];
    readonly queued: readonly Transaction[];
    /** Next nonce of a sender, its pending transactions counted. */
    nextNonce(address: Address): bigint;
  };
  subscribe(listener: (event: ChainEvent) => void): () => void;
  readonly scheduler: ChainScheduler;
  /** Why the chain has stopped taking transactions: a write that failed (rule 27). Reads still work. */
  readonly failure: Error | undefined;
  /** Undefined outside dev mode. */
  readonly dev: ChainDevTools | undefined;
  close(): Promise<void>;
}
