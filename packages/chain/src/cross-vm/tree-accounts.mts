// The accounts of the call trees: contracts of each VM, wallets of both dialects, accounts that programs own.
import { addressFromBytes, concatBytes, pubkeyFromBytes, toAddress, toPubkey, type Address, type Pubkey } from "@trireme/core";
import { findProgramAddress, programIds } from "@trireme/svm";
import { solanaSigner } from "../execution/solana-messages.mts";

/** The VM of an account's code; `wallet` for one of Ethereum's, `signer` for one of Solana's, `data` for what a program owns. */
export type AccountSort = "evm" | "wasm" | "wallet" | "svm" | "data" | "signer" | "callGateway" | "system";

/** An account of the trees. Scripts name it by its index. */
export interface TreeAccount {
  readonly index: number;
  readonly sort: AccountSort;
  readonly address: Address;
  readonly pubkey: Pubkey;
  /** Of `data`: the index of the program that owns it, whose derived address it is. */
  readonly owner: number;
  /** Of `data`: the seeds that it is derived by. */
  readonly seeds: readonly [number, number];
}

const counts = { evm: 4, wasm: 4, wallet: 2, svm: 6, data: 12, signer: 2, callGateway: 1, system: 1 } as const satisfies Record<
  AccountSort,
  number
>;

function makeAccounts(): readonly TreeAccount[] {
  const accounts: TreeAccount[] = [];
  const programs: Pubkey[] = [];
  for (const [sort, count] of Object.entries(counts) as readonly (readonly [AccountSort, number])[]) {
    for (let place = 0; place < count; place++) {
      const index = accounts.length;
      const plain = { index, sort, owner: -1, seeds: [0, 0] as const };
      if (sort === "evm" || sort === "wasm" || sort === "wallet") {
        const address = addressFromBytes(new Uint8Array(20).fill(0xc0 + index));
        accounts.push({ ...plain, address, pubkey: toPubkey(address) });
      } else if (sort === "data") {
        const program = place % counts.svm;
        const { address: pubkey, bump } = findProgramAddress([Uint8Array.of(place)], programs[program] as Pubkey);
        const owner = accounts.findIndex((account) => account.sort === "svm") + program;
        accounts.push({ index, sort, address: toAddress(pubkey), pubkey, owner, seeds: [place, bump] });
      } else {
        const pubkey =
          sort === "svm"
            ? pubkeyFromBytes(new Uint8Array(32).fill(0x50 + place))
            : sort === "signer"
              ? solanaSigner(place + 1).pubkey
              : programIds[sort];
        if (sort === "svm") programs.push(pubkey);
        accounts.push({ ...plain, address: toAddress(pubkey), pubkey });
      }
    }
  }
  return accounts;
}

/** All accounts, by index. */
export const treeAccounts: readonly TreeAccount[] = makeAccounts();

/** Indices of the accounts of a sort. */
export function indicesOf(sort: AccountSort): readonly number[] {
  return treeAccounts.filter((account) => account.sort === sort).map(({ index }) => index);
}

const firstOf = (sort: AccountSort): number => indicesOf(sort)[0] as number;

/** Who sends the Ethereum transactions. */
export const senderWallet: number = firstOf("wallet");
/** Who sends the Solana transactions. */
export const senderSigner: number = firstOf("signer");
export const callGateway: number = firstOf("callGateway");
export const systemProgram: number = firstOf("system");
/** Accounts that stand in the state: all but the two native programs, which are last. */
export const statefulAccounts: number = treeAccounts.length - indicesOf("callGateway").length - indicesOf("system").length;

/** The account with this index. */
export function accountAt(index: number): TreeAccount {
  const account = treeAccounts[index];
  if (account === undefined) throw new RangeError(`expected an account of the trees, got ${index}`);
  return account;
}

/** The data accounts that a program owns. */
export function ownedBy(program: number): readonly TreeAccount[] {
  return treeAccounts.filter(({ owner }) => owner === program);
}

/** All pubkeys, one after the other: what the contracts look names up in. */
export const allPubkeys: Uint8Array = concatBytes(...treeAccounts.map(({ pubkey }) => pubkey));
