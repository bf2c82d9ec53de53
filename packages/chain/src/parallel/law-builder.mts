// Makes the transactions of a drawn block, with what each kind of them needs: who acts, nonces, blockhashes.
import {
  concatBytes,
  bigintToBytes,
  encodeDialectEnvelope,
  keccak256,
  toAddress,
  type Address,
  type FormatId,
  type Hash,
  type Instruction,
  type Pubkey,
  type Transaction,
} from "@trireme/core";
import { encodeSignedTransaction, type UnsignedTransaction } from "@trireme/ethereum";
import type { StateReader } from "@trireme/state";
import { encodeWire, encodeMessage, type SolanaMessage } from "@trireme/svm";
import type { DrawnTree } from "../cross-vm/tree-generator.mts";
import { gwei } from "../chain-fixture.mts";
import { budgetPrice } from "../execution/solana-instructions.mts";
import { compileInstructions, type MessageOptions } from "../execution/solana-messages.mts";
import { createRandom, type Random } from "../execution/solana-random.mts";
import { wallets, signers, walletCount } from "./law-accounts.mts";
import type { LawContracts } from "./law-contracts.mts";
import type { Act, Contention } from "./law-draw.mts";
import type { LawWorld } from "./law-world.mts";

/** `isPlain`: without a price, which makes every message another one. */
export type LawMessageOptions = MessageOptions & { readonly blockhash?: Hash; readonly isPlain?: boolean };

/** What a kind of transaction is made with. Its choices depend on the act's seed alone. */
export interface ActContext {
  readonly act: Act;
  readonly random: Random;
  readonly contracts: LawContracts;
  readonly trees: readonly DrawnTree[];
  /** The state before the block. */
  readonly reader: StateReader;
  readonly blockNumber: bigint;
  readonly coinbase: Address;
  /** Contracts that transactions of this block make. */
  readonly made: Address[];
  /** The transactions so far, and some of earlier blocks. */
  readonly earlier: readonly Transaction[];
  readonly blockhash: Hash;
  blockhashOf(number: bigint): Hash | undefined;
  /** One of so many who act: each their own where nobody contends, few where all do. */
  actor(limit: number): number;
  /** One of so many who are acted on. */
  target(limit: number): number;
  wallet(): Address;
  signer(): Pubkey;
  /** A number that no other act has. */
  readonly fresh: number;
  nonceOf(address: Address): bigint;
  /** A transaction of Ethereum's with the sender's next nonce, unless another is named: that one does not count. */
  ethereum(sender: Address, fields: Partial<UnsignedTransaction>): Transaction;
  /** One of Solana's. */
  solana(payer: Pubkey, instructions: readonly Instruction[], options?: LawMessageOptions): Transaction;
  solanaMessage(message: SolanaMessage): Transaction;
}

/** Makes transactions out of acts, in their order. */
export type Build = (context: ActContext) => Transaction;

/** What a block's transactions are made for. */
export interface BuiltFor {
  readonly world: LawWorld;
  readonly contracts: LawContracts;
  readonly trees: readonly DrawnTree[];
  readonly contention: Contention;
  readonly coinbase: Address;
  readonly builds: Readonly<Record<string, Build>>;
  /** Of earlier blocks. */
  readonly past: readonly Transaction[];
}

/** No signature is checked: the chain was told who sent what. The bytes are those of a transaction that is signed. */
const unchecked = { yParity: 0, r: 1n, s: 1n };

/** Of a transaction that could be left out without a change to the others. */
export function buildTransactions(acts: readonly Act[], { world, contention, builds, past, ...given }: BuiltFor): readonly Transaction[] {
  const { formats, definition, newest } = world;
  const { reader, getBlockHash } = world.ground();
  const number = newest.header.number + 1n;
  const nonces = new Map<string, bigint>();
  const made: Address[] = [];
  const built: Transaction[] = [];
  const decode = (format: FormatId, raw: Uint8Array, sender: Address): Transaction => {
    const transaction = formats.find(({ id }) => id === format)?.decodeKnown?.(raw, { chainId: definition.chainId }, sender);
    if (transaction === undefined) throw new Error(`expected a format ${format} that reads what is known`);
    return transaction;
  };
  const nonceOf = (address: Address): bigint => nonces.get(String(address)) ?? reader.getAccount(address)?.nonce ?? 0n;
  const solanaMessage = (message: SolanaMessage): Transaction => {
    const bytes = encodeMessage(message);
    const signatures = Array.from({ length: message.requiredSignatures }, (_, index) =>
      concatBytes(keccak256(bytes), new Uint8Array(31), Uint8Array.of(index)),
    );
    const raw = encodeDialectEnvelope({ dialect: "solana", payload: encodeWire(signatures, bytes) });
    return decode("solana", raw, toAddress(message.staticAccounts[0] as Pubkey));
  };
  for (const act of acts) {
    const random = createRandom(act.seed);
    const choose = (limit: number, hot: number): number => {
      if (contention === "none") return act.place % limit;
      return contention === "hot" && random.percent(75) ? random.below(Math.min(hot, limit)) : random.below(limit);
    };
    const fresh = Number(number) * 1_000 + act.place;
    const actor = (limit: number): number => choose(limit, 6);
    const transaction = (builds[act.kind] as Build)({
      ...given,
      act,
      random,
      reader,
      made,
      blockNumber: number,
      earlier: [...past, ...built],
      blockhash: newest.hash,
      blockhashOf: getBlockHash,
      actor,
      target: (limit) => choose(limit, 1),
      wallet: () => wallets[actor(walletCount)] as Address,
      signer: () => signers[actor(walletCount)] as Pubkey,
      fresh,
      nonceOf,
      ethereum(sender, fields) {
        const nonce = nonceOf(sender);
        if (fields.nonce === undefined) nonces.set(String(sender), nonce + 1n);
        const price = 10n * gwei;
        const unsigned: UnsignedTransaction = {
          type: 2,
          chainId: definition.chainId,
          nonce,
          gasLimit: fields.data === undefined ? 21_000n : 300_000n,
          to: undefined,
          value: 0n,
          data: new Uint8Array(0),
          maxFeePerGas: price,
          maxPriorityFeePerGas: fields.type === 0 || fields.type === 1 ? price : BigInt(random.below(3)) * gwei,
          accessList: [],
          maxFeePerBlobGas: 0n,
          blobVersionedHashes: [],
          authorizationList: [],
          ...fields,
        };
        return decode("ethereum", encodeSignedTransaction(unsigned, unchecked), sender);
      },
      solana(payer, instructions, { blockhash = newest.hash, isPlain = false, ...options } = {}) {
        const all = isPlain ? instructions : [budgetPrice(BigInt(fresh)), ...instructions];
        return solanaMessage(compileInstructions(payer, all, blockhash, options));
      },
      solanaMessage,
    });
    built.push(transaction);
  }
  return built;
}

/** Calldata: a function's selector and words. */
export function words(...values: readonly (bigint | number | Address)[]): Uint8Array {
  return concatBytes(
    ...values.map((value) => (value instanceof Uint8Array ? concatBytes(new Uint8Array(12), value) : bigintToBytes(BigInt(value), 32))),
  );
}
