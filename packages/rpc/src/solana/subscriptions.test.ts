import { base58 } from "@scure/base";
import { toAddress, weiPerLamport, type Pubkey } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRpcSession, type OwnedRpcSession } from "../json-rpc/rpc-session.ts";
import { createFaucet } from "./faucet.ts";
import { startSolanaChain, type SolanaChain } from "./test/solana-node.mts";

interface Client {
  readonly session: OwnedRpcSession;
  /** What arrived, in order: answers by their method, notifications as they are. */
  readonly seen: unknown[];
  call(method: string, ...params: unknown[]): Promise<unknown>;
}

let node: SolanaChain;
beforeAll(async () => {
  node = await startSolanaChain({ limits: { subscriptions: 10 } });
  toldSlot = node.chain.head.header.number;
  const marker = createRpcSession((_, params) => (toldSlot = (params as { result: { slot: bigint } }).result.slot));
  await node.dispatcher.request("slotSubscribe", [], marker);
});
afterAll(() => node.close());

function createClient(): Client {
  const seen: unknown[] = [];
  const session = createRpcSession((method, params) => seen.push([method, params]));
  return {
    session,
    seen,
    async call(method, ...params) {
      const reply = await node.dispatcher.receive(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }), session);
      const { result, error } = JSON.parse(reply.text as string) as { result?: unknown; error?: unknown };
      seen.push([method, error ?? result]);
      reply.sent();
      await settled();
      return error ?? result;
    },
  };
}

let toldSlot = -1n;

/** Notifications read state and come some turns after their block: waits until those of the head are out. */
async function settled(): Promise<void> {
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  await turn();
  while (toldSlot < node.chain.head.header.number) await turn();
  await turn();
}

let keys = 0;
function freshKey(): Pubkey {
  return Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 9 : index === 1 ? ++keys : 7)) as Pubkey;
}

describe("subscriptions", () => {
  it("tell of an account when it changes, by whichever dialect, and when it is gone; not after their end", async () => {
    const client = createClient();
    const key = freshKey();
    const name = base58.encode(key);
    const id = await client.call("accountSubscribe", name, { encoding: "base64" });
    await client.call("requestAirdrop", name, 1_000_000);
    const slot = node.chain.head.header.number;
    await client.call("requestAirdrop", base58.encode(freshKey()), 1_000_000);
    await node.chain.dev?.setBalance(toAddress(key), 5n * weiPerLamport);
    await node.chain.dev?.mine();
    await settled();
    await node.chain.dev?.setBalance(toAddress(key), 0n);
    await node.chain.dev?.mine();
    await settled();
    expect(await client.call("accountUnsubscribe", id)).toBe(true);
    expect(await client.call("accountUnsubscribe", id)).toMatchObject({ code: -32602 });
    await client.call("requestAirdrop", name, 1_000_000);
    const told = client.seen.filter((entry) => (entry as string[])[0] === "accountNotification");
    const balances = told.map((entry) => (entry as [string, { result: { value: { lamports: bigint } } }])[1].result.value.lamports);
    expect(balances).toEqual([1_000_000n, 5n, 0n]);
    expect(told[0]).toMatchObject([
      "accountNotification",
      { subscription: id, result: { context: { slot }, value: { data: ["", "base64"], space: 0 } } },
    ]);
  });

  it("tell nothing before the client knows the number, and a signature that stands already at once", async () => {
    const client = createClient();
    const signature = await client.call("requestAirdrop", base58.encode(freshKey()), 1_000_000);
    const id = await client.call("signatureSubscribe", signature, { commitment: "confirmed" });
    const slot = node.chain.head.header.number;
    expect(client.seen.slice(1)).toEqual([
      ["signatureSubscribe", id],
      ["signatureNotification", { subscription: id, result: { context: { apiVersion: "4.3.0", slot }, value: { err: null } } }],
    ]);
    // It is over by itself.
    expect(await client.call("signatureUnsubscribe", id)).toMatchObject({ code: -32602 });
  });

  it("tell that a signature was received, then how it ended", async () => {
    const client = createClient();
    node.chain.dev?.setMining({ kind: "manual" });
    const faucet = createFaucet(new Uint8Array(32).fill(42));
    // The faucet of the node counts from 0 as well; another sum makes another message.
    const { raw, id } = faucet.transfer(freshKey(), 1_234_567n, node.chain.head.hash);
    const subscription = await client.call("signatureSubscribe", base58.encode(id), { enableReceivedNotification: true });
    await node.chain.submit(raw);
    await node.chain.dev?.mine();
    node.chain.dev?.setMining({ kind: "auto" });
    await settled();
    const told = client.seen.slice(1).map((entry) => entry as [string, { subscription: number; result: { value: unknown } }]);
    expect(told.map(([, params]) => [params.subscription, params.result.value])).toEqual([
      [subscription, "receivedSignature"],
      [subscription, { err: null }],
    ]);
  });

  it("tell of slots and roots in order, of logs to those that they mention, and of programs by filter", async () => {
    const client = createClient();
    const [key, other] = [freshKey(), freshKey()];
    const system = "11111111111111111111111111111111";
    const slots = await client.call("slotSubscribe");
    await client.call("rootSubscribe");
    await client.call("logsSubscribe", { mentions: [base58.encode(key)] });
    await client.call("logsSubscribe", "all");
    await client.call("programSubscribe", system, { encoding: "base64", filters: [{ dataSize: 1 }] });
    await client.call("programSubscribe", system, { encoding: "base64", filters: [{ dataSize: 0 }] });
    const before = client.seen.length;
    const first = await client.call("requestAirdrop", base58.encode(key), 1_000_000);
    const second = await client.call("requestAirdrop", base58.encode(other), 1_000_000);
    const kinds = client.seen.slice(before).map((entry) => (entry as string[])[0]);
    const ofOne = ["slotNotification", "rootNotification", "logsNotification"];
    // The faucet, who got it, and the coinbase, which got the fee.
    const programs = ["programNotification", "programNotification", "programNotification"];
    expect(kinds.filter((kind) => kind !== "requestAirdrop")).toEqual([...ofOne, "logsNotification", ...programs, ...ofOne, ...programs]);
    const logs = client.seen.filter((entry) => (entry as string[])[0] === "logsNotification");
    expect(logs.map((entry) => (entry as [string, { result: { value: { signature: string } } }])[1].result.value.signature)).toEqual([
      first,
      first,
      second,
    ]);
    const slot = node.chain.head.header.number;
    expect(client.seen).toContainEqual(["slotNotification", { subscription: slots, result: { slot, root: slot, parent: slot - 1n } }]);
    client.session.close();
    const { length } = client.seen;
    await node.chain.dev?.mine();
    await settled();
    expect(client.seen).toHaveLength(length);
  });

  it("tell of sysvars with every block", async () => {
    const client = createClient();
    await client.call("accountSubscribe", "SysvarC1ock11111111111111111111111111111111", { encoding: "base64" });
    const before = node.chain.head.header.number;
    await node.chain.dev?.mine(2);
    await settled();
    const data = client.seen
      .slice(1)
      .map((entry) => (entry as [string, { result: { value: { data: [string] } } }])[1].result.value.data[0]);
    expect(data.map((text) => Buffer.from(text, "base64").readBigUInt64LE())).toEqual([before + 1n, before + 2n]);
  });

  it("are refused without a connection, and past their limit", async () => {
    await expect(node.dispatcher.request("slotSubscribe", [])).rejects.toMatchObject({ code: -32601 });
    const client = createClient();
    for (let count = 0; count < 10; count++) await node.dispatcher.request("slotSubscribe", [], client.session);
    await expect(node.dispatcher.request("slotSubscribe", [], client.session)).rejects.toMatchObject({ code: -32005 });
    client.session.close();
  });
});
