/** What the runtime itself remembers of a transaction, beside its record: no revert undoes it. */
import type { AccountMeta, Pubkey, TransactionContext } from "@trireme/core";
import { isSolanaContext } from "../transaction/solana-transaction-context.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import type { TransactionRecord } from "./transaction-record.ts";

/** One instruction that was begun, top-level or inner. */
export interface TracedInstruction {
  readonly program: Pubkey;
  readonly metas: readonly AccountMeta[];
  readonly data: Uint8Array;
  /** 1 at top level. */
  readonly stackHeight: number;
}

/** What an account was before the transaction wrote to it: what its rent is judged against. */
export interface AccountBefore {
  readonly key: Pubkey;
  /** Place in the message. */
  readonly index: number;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly dataLength: number;
  /** Whether the write stands only if the journal says so: frames of other VMs may undo it. */
  readonly isMarked: boolean;
}

/** State of one transaction in the SVM. */
export interface TransactionState {
  /** Instructions of a Solana transaction in the order in which they began. */
  readonly trace: TracedInstruction[];
  /** Programs of the frames that are open, over all VMs. */
  readonly openPrograms: Pubkey[];
  /** What the format reads when it settles. */
  readonly record: TransactionRecord;
  logBytes: number;
  isLogTruncated: boolean;
  /** Bytes by which account data grew, shrinking counted off; between frames it stands in the journal. */
  dataGrowth: number;
  /** By pubkey, in the order of their first writes. */
  readonly before: Map<string, AccountBefore>;
  /** What open runs wrote, those of outer runs first. A run is judged by its own: else many short ones would judge all of a long transaction. */
  readonly unjudged: AccountBefore[];
  /** By place in a Solana message: accounts as the last top-level instruction that had them left them, for their data. */
  loaded: readonly (LoadedAccount | undefined)[];
}

/**
 * Of transactions in other dialects. A Solana context carries its own: what hangs on a weak map outlives every
 * collection of the young generation, which took a fifth of the time of a transfer.
 */
const states = new WeakMap<TransactionContext, TransactionState>();

/** The state of a transaction, made when it is first asked for. */
export function transactionStateOf(context: TransactionContext): TransactionState {
  if (isSolanaContext(context)) return (context.state ??= createState());
  const known = states.get(context);
  if (known !== undefined) return known;
  const state = createState();
  states.set(context, state);
  return state;
}

/** The state of a transaction that the SVM had a part in. */
export function knownTransactionState(context: TransactionContext): TransactionState | undefined {
  return isSolanaContext(context) ? context.state : states.get(context);
}

function createState(): TransactionState {
  return {
    trace: [],
    openPrograms: [],
    record: { instructionIndex: 0, innerInstructions: new Map(), returnData: undefined },
    logBytes: 0,
    isLogTruncated: false,
    dataGrowth: 0,
    before: new Map(),
    unjudged: [],
    loaded: [],
  };
}
