/** ERC-20 transfers of a Solidity token: between wallets of their own, among few wallets over few tokens, to one receiver. */
import { readFileSync } from "node:fs";
import { addressFromBytes, bigintToBytes, concatBytes, hexToBytes, type Address } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import { balanceSlot, calldataOf, ethereumTransactions, startBalance, walletAt, type EthereumCall } from "./ethereum-transactions.ts";
import { blockName, seededNumbers, type ParallelWorkload } from "./workload.ts";

const hotTokens = 10;
const hotWallets = 100;
const transferSignature = "transfer(address,uint256)";
const token = addressFromBytes(bigintToBytes(0x70c30000n, 20));
const tokens = Array.from({ length: hotTokens }, (_, index) => addressFromBytes(bigintToBytes(0x70c30001n + BigInt(index), 20)));

/** Who pays whom in which token. */
interface TokenTransfer {
  readonly token: Address;
  readonly from: number;
  readonly to: number;
}

/** Compiles the token. */
export async function compileToken(): Promise<Uint8Array> {
  const source = readFileSync(new URL("../../contracts/Token.sol", import.meta.url), "utf8");
  return hexToBytes((await compileSolidity("Token.sol", source, "Token")).runtimeBytecode);
}

/** Nobody stands in two transfers: wallet i pays wallet `size` + i. */
export function independentTokenWorkload(size: number, code: Uint8Array): ParallelWorkload {
  return tokenWorkload(blockName("ERC-20 transfers, independent", size), size, code, () => (index) => ({
    token,
    from: index,
    to: size + index,
  }));
}

/** Two of 100 wallets, drawn at random, and one of 10 tokens. */
export function hotTokenWorkload(size: number, code: Uint8Array): ParallelWorkload {
  return tokenWorkload(blockName(`ERC-20 transfers, ${hotTokens} tokens among ${hotWallets} wallets`, size), size, code, () => {
    const draw = seededNumbers(hotTokens);
    return () => {
      const from = draw(hotWallets);
      return { token: tokens[draw(hotTokens)] as Address, from, to: (from + 1 + draw(hotWallets - 1)) % hotWallets };
    };
  });
}

/** Everybody pays one wallet, which has some already. */
export function hotReceiverWorkload(size: number, code: Uint8Array): ParallelWorkload {
  return tokenWorkload(blockName("ERC-20 transfers, one receiver", size), size, code, () => (index) => ({
    token,
    from: index + 1,
    to: 0,
  }));
}

function tokenWorkload(
  name: string,
  size: number,
  code: Uint8Array,
  drawTransfers: () => (index: number) => TokenTransfer,
): ParallelWorkload {
  return {
    name,
    size,
    writeGenesis(journal) {
      for (const address of [token, ...tokens]) journal.setCode(address, code);
      const draw = drawTransfers();
      for (let index = 0; index < size; index++) {
        const { token: address, from } = draw(index);
        for (const wallet of [walletAt(from), walletAt(0)]) {
          journal.setBalance(wallet, startBalance);
          journal.setStorage(address, balanceSlot(wallet), bigintToBytes(10n ** 9n, 32));
        }
      }
      return [];
    },
    createTransactions() {
      const draw = drawTransfers();
      return ethereumTransactions(
        Array.from({ length: size }, (_, index): EthereumCall => {
          const { token: address, from, to } = draw(index);
          const data = calldataOf(transferSignature, concatBytes(new Uint8Array(12), walletAt(to)), bigintToBytes(1n, 32));
          return { from: walletAt(from), to: address, data, gasLimit: 100_000n };
        }),
      );
    },
  };
}
