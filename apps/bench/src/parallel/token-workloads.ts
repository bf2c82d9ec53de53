/** ERC-20 transfers of a Solidity token: each between two wallets of its own, or over few tokens. */
import { readFileSync } from "node:fs";
import { addressFromBytes, bigintToBytes, concatBytes, hexToBytes, keccak256, type Address } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import { ethereumTransactions, walletAt, type EthereumCall } from "./ethereum-transactions.ts";
import { startBalance } from "./transfer-workloads.ts";
import type { ParallelWorkload } from "./workload.ts";

const transferSelector = hexToBytes("0xa9059cbb");

/** Every block of `size`: wallet i pays wallet size + i, in one token or in `tokens` by turns. */
export async function tokenWorkloads(size: number): Promise<readonly ParallelWorkload[]> {
  const source = readFileSync(new URL("../../contracts/Token.sol", import.meta.url), "utf8");
  const code = hexToBytes((await compileSolidity("Token.sol", source, "Token")).runtimeBytecode);
  return [tokenWorkload("ERC-20 transfers, independent", 1, size, code), tokenWorkload("ERC-20 transfers, 10 tokens", 10, size, code)];
}

function tokenWorkload(name: string, tokens: number, size: number, code: Uint8Array): ParallelWorkload {
  const addresses = Array.from({ length: tokens }, (_, index) =>
    addressFromBytes(bigintToBytes(0x70c30000n + BigInt(tokens * 100 + index), 20)),
  );
  const tokenOf = (index: number): Address => addresses[index % tokens] as Address;
  return {
    name: `${name}, block of ${size.toLocaleString("en-US")}`,
    size,
    writeGenesis(journal) {
      for (const token of addresses) journal.setCode(token, code);
      for (let index = 0; index < size; index++) {
        journal.setBalance(walletAt(index), startBalance);
        journal.setStorage(tokenOf(index), balanceSlot(walletAt(index)), bigintToBytes(10n ** 9n, 32));
      }
    },
    createTransactions: () =>
      ethereumTransactions(
        Array.from({ length: size }, (_, index): EthereumCall => {
          const data = concatBytes(transferSelector, bigintToBytes(0n, 12), walletAt(size + index), bigintToBytes(1n, 32));
          return { from: walletAt(index), to: tokenOf(index), data, gasLimit: 100_000n };
        }),
      ),
  };
}

/** Where `mapping(address => uint256)` in slot 0 keeps an account's. */
function balanceSlot(account: Address): Uint8Array {
  return keccak256(concatBytes(new Uint8Array(12), account, new Uint8Array(32)));
}
