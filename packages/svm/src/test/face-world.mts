/** Mints with their faces on the model host, the real token programs under them: Solana transactions and calls of Ethereum's kind. */
import {
  addressFromBytes,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  toAddress,
  toPubkey,
  weiPerLamport,
  type Address,
  type CallScheme,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Instruction,
  type Pubkey,
  type TransactionContext,
} from "@trireme/core";
import { createToyEnvironment, testTransaction, toyOps, toyProgram, type ModelHost } from "@trireme/testing";
import { createSvm } from "../environment.ts";
import { selectorOf } from "../gateway/abi-writer.ts";
import { programIds, tokenProgramIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { createOracle, type OracleAccount } from "./litesvm-oracle.mts";
import { createSvmWorld, type SvmWorld } from "./svm-world.mts";
import { instructionOf, payer, rentOf, sol } from "./token-flow.mts";
import { associatedTokenProgram, createAccount, readonly, signer, uint64, writable, writableSigner } from "./token-instructions.mts";

/** A word of calldata. */
export type Word = bigint | Uint8Array;

/** How a call is made; the caller is the transaction's origin unless another one is. */
export interface FaceCall {
  readonly from?: Address;
  readonly origin?: Address;
  readonly scheme?: CallScheme;
  readonly value?: bigint;
  readonly gas?: bigint;
  readonly isStatic?: boolean;
  /** A relay that passes the call on: who the face sees. */
  readonly through?: Address;
}

/** A world with token programs, the payer of which has SOL. */
export interface FaceWorld extends SvmWorld {
  /** Makes a mint whose authority the payer is; gives its address. `extra` go between its account and its initialization. */
  mint(token: Pubkey, key: Pubkey, options?: MintOptions): Address;
  /** Opens the associated account of an owner, and mints to it. */
  give(mint: Pubkey, owner: Pubkey, amount: bigint): void;
  associated(mint: Pubkey, owner: Pubkey): Pubkey;
  /** One transaction that is one call. */
  call(target: Address, signature: string, words: readonly Word[], call?: FaceCall): ExecutionResult;
  /** What a view answers, as words. @throws Error where it fails */
  view(target: Address, signature: string, ...words: readonly Word[]): readonly bigint[];
  /** Puts a contract there that passes on calls to whom the first word names. */
  relay(address: Address): void;
  /** Runs Solana instructions that must succeed. */
  must(...instructions: readonly Instruction[]): void;
}

export interface MintOptions {
  readonly decimals?: number;
  readonly length?: bigint;
  readonly extra?: readonly Instruction[];
  readonly freezable?: boolean;
}

// As a node has it: programs are prepared once, whichever test comes first.
const environment = createSvm();
const oracle = createOracle();

export function faceAddress(fill: number): Address {
  return addressFromBytes(new Uint8Array(20).fill(fill));
}

/** A selector and words: calldata, or the revert data of a custom error. */
export function calldata(signature: string, words: readonly Word[]): Uint8Array {
  return concatBytes(selectorOf(signature), ...words.map(wordOf));
}

/** A world with no mint in it. */
export function createFaceWorld(others: readonly ExecutionEnvironment[] = []): FaceWorld {
  const world = createSvmWorld(environment, [createToyEnvironment(), ...others]);
  for (const id of [...tokenProgramIds, associatedTokenProgram]) install(world, id);
  const host: ModelHost = world.host;
  host.setBalance(toAddress(payer), 1000n * sol * weiPerLamport);
  const programOf = (mint: Pubkey): Pubkey => host.getSvmRecord(toAddress(mint))?.owner as Pubkey;
  const associated = (mint: Pubkey, owner: Pubkey): Pubkey =>
    findProgramAddress([owner, programOf(mint), mint], associatedTokenProgram).address;
  const must = (...instructions: readonly Instruction[]): void => {
    const { result, logs } = world.send(payer, instructions);
    if (result.kind !== "success") throw new Error(`expected success, got ${logs.join("\n")}`);
  };
  const call: FaceWorld["call"] = (target, signature, words, options = {}) => {
    const { from = faceAddress(0x11), through, scheme = "call", value = 0n, gas = 5_000_000n, isStatic = false } = options;
    const { origin = from } = options;
    host.beginTransaction();
    (host as { transaction: TransactionContext }).transaction = { ...testTransaction, origin };
    const input = calldata(signature, words);
    const result = host.call({
      kind: "call",
      scheme,
      sender: from,
      recipient: through ?? target,
      codeAddress: through ?? target,
      value,
      input: through === undefined ? input : concatBytes(wordOf(target), input),
      gas,
      depth: 0,
      isStatic,
    });
    if (result.kind === "success") host.endTransaction();
    return result;
  };
  return {
    ...world,
    associated,
    must,
    call,
    mint(program, key, { decimals = 6, length = 82n, extra = [], freezable = true } = {}) {
      const freeze = freezable ? [1, payer] : [0];
      must(
        createAccount(payer, key, rentOf(length) + sol, length, program),
        ...extra,
        instructionOf(program, [writable(key)], 20, decimals, payer, ...freeze),
      );
      return toAddress(key);
    },
    give(mint, owner, amount) {
      const program = programOf(mint);
      const account = associated(mint, owner);
      const metas = [
        writableSigner(payer),
        writable(account),
        readonly(owner),
        readonly(mint),
        readonly(programIds.system),
        readonly(program),
      ];
      must(instructionOf(associatedTokenProgram, metas, 1));
      if (amount > 0n) must(instructionOf(program, [writable(mint), writable(account), signer(payer)], 7, uint64(amount)));
    },
    view(target, signature, ...words) {
      const result = call(target, signature, words, { scheme: "staticcall", isStatic: true });
      if (result.kind !== "success") throw new Error(`expected an answer to ${signature}, got ${JSON.stringify(result.kind)}`);
      return Array.from({ length: result.output.length / 32 }, (_, index) =>
        bytesToBigint(result.output.slice(32 * index, 32 * index + 32)),
      );
    },
    relay(address) {
      host.setCode(address, toyProgram([toyOps.input(), toyOps.relay(), toyOps.bubble(), toyOps.stop()]));
      host.setBalance(address, sol * weiPerLamport);
    },
  };
}

/** A wallet of Ethereum with ether: its name in the SVM is the tagged one. */
export function fundedWallet(world: FaceWorld, fill: number): { readonly address: Address; readonly key: Pubkey } {
  const address = faceAddress(fill);
  world.host.setBalance(address, 10n * sol * weiPerLamport);
  return { address, key: toPubkey(address) };
}

/** What a call reverted with. @throws Error where it did not */
export function revertOf(result: ExecutionResult): Uint8Array {
  if (result.kind !== "revert") throw new Error(`expected a revert, got a ${result.kind}`);
  return result.output;
}

/** The text that a view answered. */
export function textOf(result: ExecutionResult): string {
  if (result.kind !== "success") throw new Error(`expected a text, got a ${result.kind}`);
  const length = Number(bytesToBigint(result.output.slice(32, 64)));
  return new TextDecoder().decode(result.output.slice(64, 64 + length));
}

function wordOf(value: Word): Uint8Array {
  return typeof value === "bigint" ? bigintToBytes(value, 32) : concatBytes(new Uint8Array(32 - value.length), value);
}

function install(world: SvmWorld, id: Pubkey): void {
  const account = oracle.getAccount(id) as OracleAccount;
  const isUpgradeable = Buffer.compare(account.owner, programIds.loaderV3) === 0;
  const elf = isUpgradeable ? (oracle.getAccount(account.data.slice(4, 36) as Pubkey) as OracleAccount).data.subarray(45) : account.data;
  world.install({ id, elf, loader: isUpgradeable ? 3 : 2 });
}
