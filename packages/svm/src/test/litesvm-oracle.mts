/** litesvm as an oracle: raw transactions and accounts, without its codecs. */
import { pubkeyFromBytes, type Instruction, type Pubkey } from "@trireme/core";
import { FeatureSet, LiteSVM } from "litesvm";
import {
  Account,
  Clock,
  EpochSchedule,
  FailedTransactionMetadata,
  InstructionErrorCustom,
  TransactionErrorInstructionError,
  TransactionErrorInsufficientFundsForRent,
  type LiteSvm,
  type TransactionMetadata,
} from "litesvm/dist/internal.js";
import { testBlock } from "@trireme/testing";
import { instructionErrorNames, type InstructionErrorName } from "../errors/instruction-error.ts";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { slotsPerEpoch } from "../sysvars/epoch-schedule.ts";
import { encodeMessage, encodeWire } from "../transaction/encode-wire.ts";
import { compileMessage } from "../transaction/signed-message.mts";

/** An account in both worlds. */
export interface OracleAccount {
  readonly key: Pubkey;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

/** What litesvm says of a transaction. */
export interface OracleResult {
  /** As the RPC shows it; undefined for success. */
  readonly error: SolanaTransactionError | undefined;
  readonly logs: readonly string[];
  readonly units: bigint;
  readonly returnData: Uint8Array;
  readonly inner: readonly (readonly number[])[];
}

/** A litesvm without signature and age checks. */
export interface Oracle {
  setAccount(account: OracleAccount): void;
  getAccount(key: Pubkey): OracleAccount | undefined;
  addProgram(id: Pubkey, elf: Uint8Array, loader: Pubkey): void;
  send(payer: Pubkey, instructions: readonly Instruction[]): OracleResult;
}

/** A new litesvm; `isBare` has no feature, and so SPL Token as it was. */
export function createOracle(isBare = false): Oracle {
  const svm = isBare ? new LiteSVM().withFeatureSet(new FeatureSet()).withDefaultPrograms() : new LiteSVM();
  const { inner } = svm.withSigverify(false).withBlockhashCheck(false).withTransactionHistory(0n) as unknown as { inner: LiteSvm };
  // The block in which `createSvmWorld` runs everything.
  inner.setClock(new Clock(3n, 0n, 0n, 1n, testBlock.timestamp));
  inner.setEpochSchedule(new EpochSchedule(slotsPerEpoch, slotsPerEpoch, false, 0n, 0n));
  let count = 0;
  return {
    setAccount({ key, owner, lamports, data, executable }) {
      inner.setAccount(key, new Account(lamports, data, owner, executable, 2n ** 64n - 1n));
    },
    getAccount(key) {
      const found = inner.getAccount(key);
      if (found === null) return undefined;
      return {
        key,
        owner: pubkeyFromBytes(Uint8Array.from(found.owner())),
        lamports: found.lamports(),
        data: Uint8Array.from(found.data()),
        executable: found.executable(),
      };
    },
    addProgram: (id, elf, loader) => void inner.addProgramWithLoader(id, elf, loader),
    send(payer, instructions) {
      const blockhash = new Uint8Array(32);
      new DataView(blockhash.buffer).setUint32(0, ++count);
      const message = compileMessage(payer, instructions, blockhash);
      const signatures = Array.from({ length: message.requiredSignatures }, () => new Uint8Array(64).fill(count));
      const result = inner.sendLegacyTransaction(encodeWire(signatures, encodeMessage(message)));
      const failed = result instanceof FailedTransactionMetadata;
      const meta: TransactionMetadata = failed ? result.meta() : result;
      return {
        error: failed ? errorOf(result.err()) : undefined,
        logs: meta.logs(),
        units: meta.computeUnitsConsumed(),
        returnData: Uint8Array.from(meta.returnData().data()),
        inner: meta.innerInstructions().map((list) => list.map((each) => each.stackHeight())),
      };
    },
  };
}

function errorOf(error: ReturnType<FailedTransactionMetadata["err"]>): SolanaTransactionError {
  if (error instanceof TransactionErrorInstructionError) {
    const inner = error.err();
    return { InstructionError: [error.index, inner instanceof InstructionErrorCustom ? { Custom: inner.code } : nameOf(Number(inner))] };
  }
  if (error instanceof TransactionErrorInsufficientFundsForRent) {
    return { InsufficientFundsForRent: { account_index: error.accountIndex } };
  }
  throw new Error(`expected the error of an instruction or of rent, got ${String(error)}`);
}

/** The numbers of `InstructionErrorFieldless`, a const enum that cannot be asked: Solana's order, without Custom and BorshIoError. */
function nameOf(number: number): InstructionErrorName {
  return instructionErrorNames.filter((name) => name !== "BorshIoError")[number] ?? "BorshIoError";
}
