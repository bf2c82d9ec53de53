/** The transactions that every column executes: the same bytes, the same order. */
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { encodeFunctionData, parseAbi, type Hex } from "viem";

/** Chain id of all benchmark transactions. */
export const benchChainId = 31337;
/** Where the token of the ERC-20 workload stands. */
export const tokenAddress: Hex = "0x00000000000000000000000000000000000070c3";
/** Wei that every account starts with. */
export const startBalance = 10n ** 24n;
const tokenAbi = parseAbi(["function transfer(address to, uint256 amount) returns (bool)"]);

/** Signed transactions and who they are about. */
export interface Workload {
  readonly name: string;
  readonly accounts: readonly Hex[];
  readonly senders: readonly Hex[];
  /** Serialized, signed, nonces in order. */
  readonly transactions: readonly Hex[];
  /** Runtime code of the token, where the workload has one. */
  readonly tokenCode: Hex | undefined;
}

const SENDERS = 100;

/** Keys are few (signing is slow), accounts are as many as asked for: the rest only receive. */
function createSenders(): readonly PrivateKeyAccount[] {
  return Array.from({ length: SENDERS }, (_, index) => privateKeyToAccount(`0x${(index + 1).toString(16).padStart(64, "0")}`));
}

function createAccounts(senders: readonly PrivateKeyAccount[], count: number): readonly Hex[] {
  const receivers = Array.from(
    { length: count - senders.length },
    (_, index) => `0x${(0x1000000 + index).toString(16).padStart(40, "0")}` as Hex,
  );
  return [...senders.map(({ address }) => address.toLowerCase() as Hex), ...receivers];
}

/** `count` plain transfers of 1 wei, or ERC-20 transfers of 1 unit when `tokenCode` is given, among `accountCount` accounts. */
export async function createWorkload(name: string, accountCount: number, count: number, tokenCode?: Hex): Promise<Workload> {
  const senders = createSenders();
  const accounts = createAccounts(senders, accountCount);
  const nonces = senders.map(() => 0);
  const transactions: Hex[] = [];
  for (let index = 0; index < count; index++) {
    const who = index % senders.length;
    const sender = senders[who] as PrivateKeyAccount;
    const to = accounts[(index * 7919 + 13) % accounts.length] as Hex;
    const nonce = nonces[who] ?? 0;
    nonces[who] = nonce + 1;
    const data = tokenCode === undefined ? undefined : encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [to, 1n] });
    transactions.push(
      await sender.signTransaction({
        type: "eip1559",
        chainId: benchChainId,
        nonce,
        to: data === undefined ? to : tokenAddress,
        value: data === undefined ? 1n : 0n,
        gas: data === undefined ? 21_000n : 100_000n,
        maxFeePerGas: 10n ** 9n,
        maxPriorityFeePerGas: 1n,
        ...(data === undefined ? {} : { data }),
      }),
    );
  }
  return { name, accounts, senders: senders.map(({ address }) => address.toLowerCase() as Hex), transactions, tokenCode };
}
