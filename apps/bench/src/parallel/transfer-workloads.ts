/** Block-STM's peer-to-peer workload: two accounts drawn at random for every transfer. */
import { ethereumTransactions, startBalance, walletAt, type EthereumCall } from "./ethereum-transactions.ts";
import { blockName, seededNumbers, type ParallelWorkload } from "./workload.ts";

/** Transfers of 1,000 to 1,000,000 wei between `accounts` wallets. */
export function transferWorkload(accounts: number, size: number): ParallelWorkload {
  return {
    name: blockName(`transfers among ${accounts.toLocaleString("en-US")} accounts`, size),
    size,
    writeGenesis(journal) {
      for (let index = 0; index < accounts; index++) journal.setBalance(walletAt(index), startBalance);
      return [];
    },
    createTransactions() {
      const draw = seededNumbers(accounts);
      return ethereumTransactions(
        Array.from({ length: size }, (): EthereumCall => {
          const from = draw(accounts);
          const to = (from + 1 + draw(accounts - 1)) % accounts;
          return { from: walletAt(from), to: walletAt(to), value: 1000n + BigInt(draw(999_001)), gasLimit: 21_000n };
        }),
      );
    },
  };
}
