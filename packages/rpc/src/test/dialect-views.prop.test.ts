/** Random transactions of both dialects: one list of transactions, one list of logs, however one asks. docs/spec/logs-and-receipts.md */
import { ComputeBudgetProgram, PublicKey, SystemProgram, Transaction, type TransactionInstruction } from "@solana/web3.js";
import { addressFromHex, bytesToHex, hexToBytes, toAddress, type Pubkey } from "@trireme/core";
import fc from "fast-check";
import { concatHex, encodeFunctionData, keccak256, numberToHex, pad, parseAbi, toHex, type Hex } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RpcLog } from "../ethereum/format/log.ts";
import { createRpcSession } from "../json-rpc/rpc-session.ts";
import { hexAddresses } from "./test-node.mts";
import { contractInstruction, parrot, parrotInstruction, payer, startTwoDialects, type TwoDialects } from "./two-dialects-node.mts";

const gateway = "0x73766d0000000000000000000000000000000000";
const gatewayAbi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
]);
const parrotAddress = bytesToHex(toAddress(parrot.toBytes() as Pubkey));
const loggers: readonly Hex[] = [0, 1, 2, 3, 4].map((count) => pad(`0xc${count}`, { size: 20 }));

/** LOGn of topics from byte 2 of the input on and data from byte 130 on; then it fails if byte 0 is not 0. */
function loggerCode(count: number): Uint8Array {
  const topics = Array.from({ length: count }, (_, index) => `60${byte(2 + 32 * (count - 1 - index))}35`);
  const log = `${topics.join("")}608236038060825f375fa${count}`;
  return hexToBytes(`0x${log}5f355f1a1560${byte(log.length / 2 + 11)}575f5ffd5b00`);
}

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

const said = fc.record({
  fails: fc.boolean(),
  /** Few, so that filters match more than one log. */
  topics: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
  count: fc.nat(4),
  data: fc.uint8Array({ maxLength: 40 }),
});
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;
const transaction = fc.oneof(
  said.map((speech) => ({ kind: "contract by Ethereum" as const, speech })),
  said.map((speech) => ({ kind: "contract by Solana" as const, speech })),
  said.map((speech) => ({ kind: "program by Ethereum" as const, speech })),
  fc.array(said, { minLength: 1, maxLength: 3 }).map((speeches) => ({ kind: "programs by Solana" as const, speeches })),
  fc.constant({ kind: "transfer by Ethereum" as const }),
  fc.constant({ kind: "transfer by Solana" as const }),
);
type Sent = typeof transaction extends fc.Arbitrary<infer T> ? T : never;
const blocks = fc.array(fc.array(transaction, { maxLength: 6 }), { minLength: 1, maxLength: 3 });

let node: TwoDialects;
beforeAll(async () => {
  node = await startTwoDialects();
  for (const [count, address] of loggers.entries()) await node.chain.dev?.setCode(addressFromHex(address), loggerCode(count));
  await node.chain.dev?.mine();
  node.chain.dev?.setMining({ kind: "manual" });
});
afterAll(() => node.close());

const topicOf = (topic: number): Hex => keccak256(numberToHex(topic));

function contractInput({ fails, topics, data }: Said): Hex {
  return concatHex([fails ? "0x0100" : "0x0000", ...topics.map(topicOf), toHex(data)]);
}

function programInput({ fails, data }: Said): Uint8Array {
  return Uint8Array.from([fails ? 255 : 0, ...data]);
}

let sentBySolana = 0;

/** No two of them are the same message: each has another price. */
async function sendSolana(...instructions: readonly TransactionInstruction[]): Promise<void> {
  const recentBlockhash = new PublicKey(node.chain.head.hash).toBase58();
  const units = ComputeBudgetProgram.setComputeUnitLimit({ units: 200_000 });
  const price = ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 2_000_000 + ++sentBySolana });
  const message = new Transaction({ feePayer: payer.publicKey, recentBlockhash }).add(units, price, ...instructions);
  message.sign(payer);
  await node.solana.request("sendTransaction", [message.serialize().toString("base64"), { encoding: "base64", skipPreflight: true }]);
}

async function sendEthereum(to: Hex, data: Hex): Promise<void> {
  const gas = numberToHex(200_000);
  await node.ethereum.request("eth_sendTransaction", [{ from: hexAddresses[0], to, data, gas, value: "0x0" }]);
}

async function send(sent: Sent): Promise<void> {
  switch (sent.kind) {
    case "contract by Ethereum":
      return sendEthereum(loggers[sent.speech.count] as Hex, contractInput(sent.speech));
    case "contract by Solana":
      return sendSolana(contractInstruction(loggers[sent.speech.count] as Hex, contractInput(sent.speech)));
    case "program by Ethereum": {
      const args = [bytesToHex(parrot.toBytes()), [], toHex(programInput(sent.speech))] as const;
      return sendEthereum(gateway, encodeFunctionData({ abi: gatewayAbi, functionName: "invoke", args }));
    }
    case "programs by Solana":
      return sendSolana(...sent.speeches.map((speech) => parrotInstruction(programInput(speech))));
    case "transfer by Ethereum":
      return sendEthereum(hexAddresses[1] as Hex, "0x");
    case "transfer by Solana":
      return sendSolana(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: payer.publicKey, lamports: 1 }));
    default:
      return sent satisfies never;
  }
}

/** Logs that a transaction leaves, were it alone. */
function logsOf(sent: Sent): number {
  if ("speech" in sent) return sent.speech.fails ? 0 : 1;
  if ("speeches" in sent) return sent.speeches.some(({ fails }) => fails) ? 0 : sent.speeches.length;
  return 0;
}

/** The bloom of logs by the Yellow Paper, 4.3.1. */
function bloomOf(logs: readonly RpcLog[]): Hex {
  let bloom = 0n;
  for (const value of logs.flatMap(({ address, topics }) => [address, ...topics])) {
    const digest = hexToBytes(keccak256(value));
    for (const at of [0, 2, 4]) bloom |= 1n << BigInt((((digest[at] as number) << 8) | (digest[at + 1] as number)) & 2047);
  }
  return toHex(bloom, { size: 256 });
}

interface Receipt {
  readonly transactionHash: Hex;
  readonly transactionIndex: Hex;
  readonly logs: readonly RpcLog[];
  readonly logsBloom: Hex;
  readonly programLogs?: readonly string[];
}

interface SolanaBlock {
  readonly transactions: readonly {
    readonly transaction: { readonly signatures: readonly string[] };
    readonly meta: { readonly logMessages: readonly string[]; readonly err: unknown };
  }[];
}

it("bloom, filters and subscriptions agree with the receipts, and both dialects list the same", { timeout: 60_000 }, async () => {
  const ask = async <T>(method: string, ...params: readonly unknown[]): Promise<T> => (await node.ethereum.request(method, params)) as T;
  await fc.assert(
    fc.asyncProperty(blocks, async (sequence) => {
      const first = node.chain.head.header.number + 1n;
      const [followed, told]: [RpcLog[], string[]] = [[], []];
      const ethereum = createRpcSession((_, params) => followed.push((params as { readonly result: RpcLog }).result));
      const solana = createRpcSession((_, params) =>
        told.push((params as { readonly result: { readonly value: { readonly signature: string } } }).result.value.signature),
      );
      await node.ethereum.request("eth_subscribe", ["logs", {}], ethereum);
      await node.solana.request("logsSubscribe", ["all"], solana);
      const filter = await ask<string>("eth_newFilter", {});
      for (const sent of sequence) {
        for (const each of sent) await send(each);
        await node.chain.dev?.mine();
      }
      const numbers = sequence.map((_, index) => numberToHex(first + BigInt(index)));
      const receipts = await Promise.all(numbers.map((number) => ask<readonly Receipt[]>("eth_getBlockReceipts", number)));
      const logs = receipts.flat().flatMap((receipt) => receipt.logs);
      expect(logs).toHaveLength(sequence.flat().reduce((sum, sent) => sum + logsOf(sent), 0));

      const ids: string[] = [];
      for (const [index, number] of numbers.entries()) {
        const block = await ask<{ readonly transactions: readonly Hex[]; readonly logsBloom: Hex }>("eth_getBlockByNumber", number, false);
        const own = receipts[index] as readonly Receipt[];
        expect(own.map(({ transactionHash }) => transactionHash)).toEqual(block.transactions);
        expect(own).toHaveLength(sequence[index]?.length ?? 0);
        expect(own.map((receipt) => receipt.logsBloom)).toEqual(own.map((receipt) => bloomOf(receipt.logs)));
        expect(block.logsBloom).toBe(bloomOf(own.flatMap((receipt) => receipt.logs)));
        const ofBlock = own.flatMap((receipt) => receipt.logs.map((log) => [log.transactionIndex, receipt.transactionIndex, log.logIndex]));
        expect(ofBlock.map(([of, at, place]) => [of === at, place])).toEqual(ofBlock.map((_, place) => [true, numberToHex(place)]));
        const named = await Promise.all(block.transactions.map((hash) => ask<{ solana: string }>("trireme_getTransactionIds", hash)));
        const options = { transactionDetails: "full", rewards: false, maxSupportedTransactionVersion: 0 };
        const seen = (await node.solana.request("getBlock", [Number(first) + index, options])) as SolanaBlock;
        expect(seen.transactions.map(({ transaction: { signatures } }) => signatures[0])).toEqual(named.map((each) => each.solana));
        ids.push(...named.map((each) => each.solana));
        for (const [place, { meta }] of seen.transactions.entries()) expectLines(meta.logMessages, own[place] as Receipt);
      }

      const range = { fromBlock: numbers[0], toBlock: numbers.at(-1) };
      for (const criteria of criteriaOver(logs)) {
        const found = await ask<readonly RpcLog[]>("eth_getLogs", { ...range, ...criteria });
        expect(found).toEqual(logs.filter((log) => meets(log, criteria)));
      }
      expect(await ask("eth_getFilterChanges", filter)).toEqual(logs);
      await ask("eth_uninstallFilter", filter);
      // Both come some turns after their block.
      while (told.length < ids.length || followed.length < logs.length) await new Promise((resume) => setTimeout(resume, 1));
      expect(followed).toEqual(logs);
      expect(told).toEqual(ids);
      ethereum.close();
      solana.close();
    }),
    { numRuns: 12 },
  );
});

/** Every line of a program, then a line for each log of a contract, in their order. */
function expectLines(lines: readonly string[], { logs, programLogs = [] }: Receipt): void {
  const events = lines.filter((line) => line.startsWith("EVM log: ")).map((line) => JSON.parse(line.slice(9)) as unknown);
  const ofContracts = logs.filter(({ address }) => address !== parrotAddress);
  expect(events).toEqual(ofContracts.map(({ address, topics, data }) => ({ address, topics, data })));
  const ofProgram = logs.filter(({ address }) => address === parrotAddress).length;
  expect(lines.filter((line) => line.startsWith("Program data: ")).length).toBeGreaterThanOrEqual(ofProgram);
  expect(lines.filter((line) => programLogs.includes(line))).toEqual(programLogs);
}

interface Criteria {
  readonly address?: Hex | readonly Hex[];
  readonly topics?: readonly (Hex | null | readonly Hex[])[];
}

/** All that any log could be found by, and what none has. */
function criteriaOver(logs: readonly RpcLog[]): readonly Criteria[] {
  const [one, two, never] = [topicOf(1), topicOf(2), topicOf(9)];
  return [
    {},
    ...[...loggers, parrotAddress, gateway as Hex].map((address) => ({ address })),
    { address: loggers.slice(1, 3) },
    { topics: [one] },
    { topics: [null, two] },
    { topics: [[one, two], null, one] },
    { topics: [never] },
    { address: loggers[2] as Hex, topics: [one, [two, never]] },
    ...logs.slice(0, 4).map(({ address, topics }) => ({ address, topics })),
  ];
}

function meets(log: RpcLog, { address, topics = [] }: Criteria): boolean {
  const addresses = address === undefined ? [log.address] : typeof address === "string" ? [address] : address;
  return (
    addresses.includes(log.address) &&
    topics.length <= log.topics.length &&
    topics.every((wanted, place) => wanted === null || (typeof wanted === "string" ? [wanted] : wanted).includes(log.topics[place] as Hex))
  );
}
