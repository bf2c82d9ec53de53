/**
 * Transactions and their formats. A format (ethereum, solana) is separate from an environment: it knows how its
 * dialect is encoded, signed and paid; the frames between `charge` and `settle` are the host's.
 */
import type { Address } from "./address.ts";
import type { BlockHooks } from "./block-hooks.ts";
import type { BlockContext, TransactionContext } from "./context.ts";
import type { Hash } from "./hash.ts";
import type { Host } from "./host.ts";
import type { Log } from "./log.ts";
import type { Message } from "./message.ts";
import type { Pubkey } from "./pubkey.ts";
import type { ExecutionResult } from "./result.ts";

/** Name of a dialect: `ethereum`, `solana`, ... */
export type FormatId = string;

/** An account that a transaction declares before it runs (Solana's message, or an access list as a hint). */
export interface DeclaredAccount {
  readonly address: Address;
  readonly isWritable: boolean;
}

/** A storage slot that a transaction is known to write before it runs. */
export interface DeclaredSlot {
  readonly address: Address;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** What a transaction names ahead without being bound to it: it may touch more, or none of it. For whoever schedules it. */
export interface AccessHints {
  /** Whom it calls, then the accounts of its access list (EIP-2930). */
  readonly accounts: readonly Address[];
  /** Slots of its access list: it may read them or write them. */
  readonly slots: readonly DeclaredSlot[];
  /** Accounts that it declares, those in tables of the state as they stood when it came: what it gets may be others. */
  readonly declared?: readonly DeclaredAccount[];
}

/** A decoded transaction as mempool, scheduler and block builder see it; a format adds fields of its own. */
export interface Transaction {
  readonly format: FormatId;
  /** The bytes that stand in the block. */
  readonly raw: Uint8Array;
  /** keccak256 of `raw`: the Ethereum hash of every transaction, whatever its dialect (rule 23). */
  readonly hash: Hash;
  /** Key under which it is found beside its hash, where the dialect has another name for it: keccak256 of a Solana id. */
  readonly alias?: Hash;
  /** Who pays: the sender, or toAddress(fee payer). */
  readonly sender: Address;
  /** Account nonce, where the dialect has one. */
  readonly nonce: bigint | undefined;
  readonly gasLimit: bigint;
  /** Highest total price and tip that it offers, in wei per gas. */
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** Whether it pays its dialect's own fee instead of the base fee; prices then only rank it (rule 14). */
  readonly isExemptFromBaseFee?: boolean;
  /** Blob gas that it takes from the block, 0 outside type 3. */
  readonly blobGas: bigint;
  /** Complete for a dialect that declares its accounts; undefined where it does not. */
  readonly declared: readonly DeclaredAccount[] | undefined;
  /** Slots that it writes beside its declared accounts: its message hash in the system account of rule 22. */
  readonly declaredSlots?: readonly DeclaredSlot[];
  /** What it names, where its dialect declares no accounts. */
  readonly hints?: AccessHints;
}

/** Why a transaction cannot stand in a block. `code` is stable, `message` says what was expected and what came. */
export interface TransactionError {
  readonly code: string;
  readonly message: string;
  /** Whether it may become valid later: a nonce that is too high, a balance that is too low. */
  readonly isTemporary?: boolean;
}

/** Result of a stateless step. */
export type Decoded<T extends Transaction = Transaction> =
  | { readonly kind: "decoded"; readonly transaction: T }
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** A transaction that may run: checked against the state, its frames worked out. */
export interface PreparedTransaction<T extends Transaction = Transaction> {
  readonly kind: "prepared";
  readonly transaction: T;
  readonly context: TransactionContext;
  /**
   * The frames, run in order within one checkpoint after `charge`: the first that fails undoes all of them. An
   * Ethereum transaction has one; the address that a create makes follows from the transaction's own nonce.
   */
  readonly frames: readonly Message[];
  /**
   * Why it cannot be loaded: it is charged and settled, no frame runs, and its outcome is `feeOnly` (rule 21). `settle`
   * is then given a revert that was refused as `notLoaded`, with the whole gas limit left.
   */
  readonly feeOnly?: TransactionError;
}

/** Result of `prepare`. */
export type Prepared<T extends Transaction = Transaction> =
  | PreparedTransaction<T>
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** An account that a transaction had a part in. */
export interface InvolvedAccount {
  /** Its canonical name (rule 1). */
  readonly pubkey: Pubkey;
  /** False for a program that ran and was not written to. */
  readonly isWritten: boolean;
  /** Wei before the transaction and after it. */
  readonly before: bigint;
  readonly after: bigint;
  /**
   * Set until the transaction is committed in its place: it was only credited, and nobody read it (rule 25). `before` counts
   * from 0, and the name is the tagged one.
   */
  readonly isUnread?: boolean;
}

/** What a committed transaction left: the matter of its receipt. */
export interface TransactionResult {
  /** Whether its frames stand. */
  readonly succeeded: boolean;
  /** Gas that it is charged for, refunds taken off. */
  readonly gasUsed: bigint;
  /** Wei per gas that it paid. */
  readonly effectiveGasPrice: bigint;
  readonly blobGasUsed: bigint;
  /** Wei that are in no account any more: base fee, blob fee, and what SELFDESTRUCT destroyed (rule 10). */
  readonly burnt: bigint;
  readonly logs: readonly Log[];
  /** Lines of programs and consoles; in no bloom. */
  readonly programLogs: readonly string[];
  /** How the last frame that ran ended. */
  readonly result: ExecutionResult;
  /** The contract that a top-level create made. */
  readonly created: Address | undefined;
  /** `Settlement.extra`. */
  readonly extra?: Uint8Array;
  /**
   * Accounts that it wrote to, who pays for it first, then the programs that logged, at most 256 of each: what Solana's
   * clients see of a transaction whose dialect keeps no `extra`. Only on a chain with an environment of programs. The coinbase
   * is not among them for its fee.
   */
  readonly involved?: readonly InvolvedAccount[];
}

/**
 * Outcome of a transaction (rule 21). `executed`: it stands in the block, whether its frames succeeded or not.
 * `feeOnly`: it stands in the block and paid its fee, but could not be loaded. `invalid`: it cannot stand in a
 * block; a builder skips it, a received block that has it is invalid.
 */
export type TransactionOutcome =
  | ({ readonly kind: "executed" } & TransactionResult)
  | ({ readonly kind: "feeOnly"; readonly error: TransactionError } & TransactionResult)
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** Limits of the block that a transaction must respect, and what lower transactions of the block have used. */
export interface BlockRoom {
  readonly gasLeft: bigint;
  readonly blobGasLeft: bigint;
}

/** What chain-wide rules a format checks against, beside the block. */
export interface FormatRules {
  readonly chainId: bigint;
}

/** A dialect of transactions. */
export interface TransactionFormat<
  T extends Transaction = Transaction,
  P extends PreparedTransaction<T> = PreparedTransaction<T>,
> extends BlockHooks {
  readonly id: FormatId;
  /** Whether bytes that stand in a block are of this dialect; looks at the envelope only. */
  recognizes(raw: Uint8Array): boolean;
  /** Decodes and checks all that needs no state, signatures included. Total: any bytes give a value. */
  decode(raw: Uint8Array, rules: FormatRules): Decoded<T>;
  /**
   * What `decode` gave for bytes that this process has decoded before, on any thread: signatures are not checked again. `raw`
   * may be kept, and must not change. `hash` is the transaction's, where it is known; else it is worked out.
   * @throws TriremeError `INVALID_ENCODING` for bytes that `decode` would not read at all
   */
  decodeKnown?(raw: Uint8Array, rules: FormatRules, sender: Address, hash?: Hash): T;
  /**
   * The second step of decoding, for a dialect whose declared accounts stand in the state: lookup tables (rule 25). A
   * scheduler takes it before the block runs; `host` shows the parent's state. `prepare` does not rely on it.
   */
  resolve?(transaction: T, host: Host): Decoded<T>;
  /** Checks a transaction against block and state, without writing. */
  prepare(
    transaction: T,
    host: Host,
    block: BlockContext,
    room: BlockRoom,
  ): P | { readonly kind: "invalid"; readonly error: TransactionError };
  /** Takes the fee for the whole gas limit, raises nonces, warms access lists, applies authorisations. Never undone by a failed frame. */
  charge(prepared: P, host: Host): void;
  /** Gives unspent gas back, pays the block's coinbase, burns the base fee. `result` is that of the last frame run. */
  settle(prepared: P, result: ExecutionResult, host: Host): Settlement;
}

/** What a format works out at the end. */
export interface Settlement {
  readonly gasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  readonly blobGasUsed: bigint;
  /** Wei burnt: base fee and blob fee, taken from the sender and given to nobody; nothing that went through `Host.burn`. */
  readonly burnt: bigint;
  /**
   * What a receipt of this dialect holds beside Ethereum's fields, in the format's own encoding: fee, consumed units,
   * return data, inner instructions, the error and its place. Kept with the block, under no root.
   */
  readonly extra?: Uint8Array;
}
