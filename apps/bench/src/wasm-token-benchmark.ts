/** ERC-20 `transfer`, in AssemblyScript beside Solidity: calls inside one open transaction, and whole signed transactions. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { addressFromHex, bigintToBytes, emptyBytes, hexToBytes, type Host, type Transaction } from "@trireme/core";
import { buildContract } from "@trireme/contract-as";
import { createEthereumFormat } from "@trireme/ethereum";
import { createJournal, type WorldState } from "@trireme/state";
import { compileSolidity } from "@trireme/testing";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { balanceSlot } from "./peer.ts";
import { activate, calldata, callContext, createWasmWorld, messageTo, owner, wasmBlock, wasmExecutor } from "./wasm-world.ts";
import { benchChainId, createWorkload, startBalance, tokenAddress, type Workload } from "./workload.ts";

const token = addressFromHex(tokenAddress);
/** Operations of one run, and the accounts among which they go. */
const count = 2000;
const accounts = 200;
const callGas = 1_000_000n;

/** The three rows. Both contracts keep the balances in one place, so that they start from the same state. */
export async function createTokenBenchmarks(): Promise<readonly Benchmark[]> {
  const workload = await createWorkload("ERC-20", accounts, count, "0x");
  const { code } = await buildContract({
    entryPath: fileURLToPath(new URL("../../../packages/contract-as/assembly/examples/erc20.ts", import.meta.url)),
    optimizeFor: "speed",
  });
  const source = readFileSync(new URL("../contracts/Token.sol", import.meta.url), "utf8");
  const { runtimeBytecode } = await compileSolidity("Token.sol", source, "Token");
  const worlds = [
    ["AssemblyScript", createTokenWorld(workload, code, true)],
    ["Solidity", createTokenWorld(workload, hexToBytes(runtimeBytecode), false)],
  ] as const;
  const row = (name: string, unit: string, run: (world: WorldState, milliseconds: number) => number | Promise<number>): Benchmark => ({
    name: `ERC-20 transfer: ${name}`,
    unit,
    higherIsBetter: true,
    columns: worlds.map(([language, world]): Column => ({ name: language, run: (milliseconds) => run(world, milliseconds) })),
  });
  const decoded = workload.transactions.map((raw) => decode(hexToBytes(raw)));
  const raws = workload.transactions.map((raw) => hexToBytes(raw));
  return [
    row(`${count} calls in one open transaction`, "calls/s (aim: 60,000)", measureCalls),
    row("signed transactions, decoded before", "transactions/s", (world, milliseconds) =>
      measureTransactions(world, milliseconds, () => decoded),
    ),
    row("signed transactions, decoding and sender recovery included", "transactions/s", (world, milliseconds) =>
      measureTransactions(world, milliseconds, () => raws.map(decode)),
    ),
  ];
}

function createTokenWorld(workload: Workload, code: Uint8Array, isProgram: boolean): WorldState {
  return createWasmWorld((journal, send) => {
    for (const account of workload.accounts) {
      journal.setBalance(addressFromHex(account), startBalance);
      journal.setStorage(token, balanceSlot(account), bigintToBytes(1_000_000n, 32));
    }
    journal.setStorage(token, balanceSlot(ownerHex), bigintToBytes(1_000_000n, 32));
    journal.setCode(token, code);
    if (isProgram) activate(send, token);
  });
}

const ownerHex = `0x${"aa".repeat(20)}`;

const inputs = Array.from({ length: accounts }, (_, index) =>
  calldata("transfer(address,uint256)", bigintToBytes(0xbeef0000n + BigInt(index), 32), bigintToBytes(1n, 32)),
);

function transferAll(host: Host): void {
  for (let index = 0; index < count; index++) {
    const result = host.call(messageTo(token, inputs[index % accounts] ?? emptyBytes, callGas));
    if (result.kind !== "success") throw new Error(`transfer ${index}: ${result.kind}`);
  }
}

/** The clock runs while the transaction is open. */
function measureCalls(world: WorldState, milliseconds: number): Promise<number> {
  return rate(
    milliseconds,
    count,
    () => createJournal(world.reader),
    (journal) => {
      wasmExecutor.call(messageTo(owner, emptyBytes, callGas), journal, wasmBlock, callContext, { before: transferAll });
    },
  );
}

function measureTransactions(world: WorldState, milliseconds: number, decodeAll: () => readonly Transaction[]): Promise<number> {
  return rate(
    milliseconds,
    count,
    () => createJournal(world.reader),
    (journal) => {
      const room = { gasLeft: wasmBlock.gasLimit, blobGasLeft: 0n };
      for (const transaction of decodeAll()) {
        const outcome = wasmExecutor.executeTransaction(transaction, journal, block, room);
        if (outcome.kind === "invalid") throw new Error(outcome.error.message);
        if (!outcome.succeeded) throw new Error("a transfer failed");
      }
    },
  );
}

const block = { ...wasmBlock, chainId: BigInt(benchChainId) };
const format = createEthereumFormat();

function decode(raw: Uint8Array): Transaction {
  const decoded = format.decode(raw, { chainId: BigInt(benchChainId) });
  if (decoded.kind === "invalid") throw new Error(decoded.error.message);
  return decoded.transaction;
}
