/** litesvm beside a chain: the same wire bytes, with signatures and blockhashes checked, and everything that it shows. */
import { pubkeyFromBytes, type Pubkey } from "@trireme/core";
import type { InstructionError, SolanaTransactionError } from "@trireme/svm";
import {
  Account,
  Clock,
  EpochSchedule,
  InstructionErrorCustom,
  LiteSvm,
  TransactionErrorDuplicateInstruction,
  TransactionErrorInstructionError,
  TransactionErrorInsufficientFundsForRent,
  type FailedTransactionMetadata,
  type TransactionMetadata,
} from "litesvm/dist/internal.js";
import { instructionErrors, transactionErrors } from "./solana-oracle-errors.mts";

/** An account on either side; one without lamports is there on neither. */
export interface SolanaAccountState {
  readonly lamports: bigint;
  readonly owner: Pubkey;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

/** An instruction that another one called. */
export interface SeenInner {
  readonly index: number;
  readonly stackHeight: number;
  readonly programIndex: number;
  readonly accountIndices: readonly number[];
  readonly data: string;
}

/** Everything that can be seen of a transaction but the accounts. */
export interface SeenTransaction {
  readonly error: SolanaTransactionError | undefined;
  readonly logs: readonly string[];
  readonly units: number;
  readonly returnData: { readonly program: string; readonly data: string } | undefined;
  readonly inner: readonly SeenInner[];
}

/** The block in which transactions stand. */
export interface OracleBlock {
  readonly slot: bigint;
  readonly timestamp: bigint;
  readonly epochStart: bigint;
  /** Newest first. */
  readonly slotHashes: readonly { readonly slot: bigint; readonly hash: string }[];
}

/** litesvm. */
export interface SolanaOracle {
  /** base58. */
  latestBlockhash(): string;
  /** A new latest blockhash; the others are not valid any more. */
  expireBlockhash(): void;
  setBlock(block: OracleBlock): void;
  getAccount(key: Pubkey): SolanaAccountState | undefined;
  setAccount(key: Pubkey, account: SolanaAccountState): void;
  addProgram(id: Pubkey, elf: Uint8Array, loader: Pubkey): void;
  /** The bytes must be those of a transaction. */
  send(wire: Uint8Array): SeenTransaction;
}

/** Slots of an epoch here. */
const slotsPerEpoch = 432_000n;

export function createSolanaOracle(): SolanaOracle {
  const svm = new LiteSvm();
  svm.setEpochSchedule(new EpochSchedule(slotsPerEpoch, slotsPerEpoch, false, 0n, 0n));
  return {
    latestBlockhash: () => svm.latestBlockhash(),
    expireBlockhash: () => svm.expireBlockhash(),
    setBlock({ slot, timestamp, epochStart, slotHashes }) {
      svm.setClock(new Clock(slot, epochStart, slot / slotsPerEpoch, slot / slotsPerEpoch + 1n, timestamp));
      svm.setSlotHashes([...slotHashes]);
    },
    getAccount(key) {
      const found = svm.getAccount(key);
      if (found === null || found.lamports() === 0n) return undefined;
      return {
        lamports: found.lamports(),
        owner: pubkeyFromBytes(Uint8Array.from(found.owner())),
        data: Uint8Array.from(found.data()),
        executable: found.executable(),
      };
    },
    setAccount: (key, { lamports, owner, data, executable }) =>
      svm.setAccount(key, new Account(lamports, data, owner, executable, 2n ** 64n - 1n)),
    addProgram: (id, elf, loader) => svm.addProgramWithLoader(id, elf, loader),
    send(wire) {
      const result: TransactionMetadata | FailedTransactionMetadata = svm.sendVersionedTransaction(wire);
      return "err" in result ? seenOf(result.meta(), errorOf(result.err())) : seenOf(result, undefined);
    },
  };
}

function seenOf(meta: TransactionMetadata, error: SolanaTransactionError | undefined): SeenTransaction {
  const returned = meta.returnData();
  return {
    error,
    logs: meta.logs(),
    units: Number(meta.computeUnitsConsumed()),
    returnData: returned.data().length === 0 ? undefined : { program: hex(returned.programId()), data: hex(returned.data()) },
    inner: meta.innerInstructions().flatMap((list, index) =>
      list.map((each) => {
        const instruction = each.instruction();
        return {
          index,
          stackHeight: each.stackHeight(),
          programIndex: instruction.programIdIndex(),
          accountIndices: [...instruction.accounts()],
          data: hex(instruction.data()),
        };
      }),
    ),
  };
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function errorOf(error: ReturnType<FailedTransactionMetadata["err"]>): SolanaTransactionError {
  if (error instanceof TransactionErrorInstructionError) {
    const inner = error.err();
    const name: InstructionError = inner instanceof InstructionErrorCustom ? { Custom: inner.code } : instructionErrorOf(Number(inner));
    return { InstructionError: [error.index, name] };
  }
  if (error instanceof TransactionErrorInsufficientFundsForRent) return { InsufficientFundsForRent: { account_index: error.accountIndex } };
  if (error instanceof TransactionErrorDuplicateInstruction) return { DuplicateInstruction: error.index };
  const name = transactionErrors[Number(error)];
  if (name === undefined) throw new Error(`expected an error of a transaction, got ${String(error)}`);
  return name;
}

function instructionErrorOf(number: number): InstructionError {
  const name = instructionErrors[number];
  // The one with a text of its own comes as an object.
  return name ?? "BorshIoError";
}
