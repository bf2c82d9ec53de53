import { RLP } from "@ethereumjs/rlp";
import { Trie } from "@ethereumjs/trie";
import { bytesToBigint, bytesToHex, hexToBytes, type Hex } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode } from "./counter-contract.mts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

interface RpcProof {
  readonly address: Hex;
  readonly accountProof: readonly Hex[];
  readonly balance: Hex;
  readonly codeHash: Hex;
  readonly nonce: Hex;
  readonly storageHash: Hex;
  readonly storageProof: readonly { readonly key: Hex; readonly value: Hex; readonly proof: readonly Hex[] }[];
}

let node: TestNode;
let counter: Hex;
const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;

beforeAll(async () => {
  node = await startTestNode();
  const { result } = await node.post("eth_sendTransaction", [{ from: hexAddresses[0], data: counterBytecode }]);
  counter = ((await node.post("eth_getTransactionReceipt", [result])).result as { readonly contractAddress: Hex }).contractAddress;
  await node.post("eth_sendTransaction", [{ from: hexAddresses[1], to: counter, data: `0x30f3f0db${word(77).slice(2)}` }]);
});
afterAll(() => node.close());

/** What another implementation reads out of a proof; undefined for a key that it finds absent. @throws when it does not accept the proof */
async function thirdParty(root: Hex, key: Hex, proof: readonly Hex[]): Promise<Uint8Array | undefined> {
  const nodes = proof.map((entry) => hexToBytes(entry));
  return (await Trie.verifyProof(hexToBytes(key), nodes, { root: hexToBytes(root), useKeyHashing: true })) ?? undefined;
}

async function proofAndRoot(
  address: Hex,
  keys: readonly Hex[],
  block: unknown = "latest",
): Promise<{ readonly proof: RpcProof; readonly root: Hex }> {
  const proof = (await node.post("eth_getProof", [address, keys, block])).result as RpcProof;
  const found = await node.post("eth_getBlockByNumber", [block, false]);
  return { proof, root: (found.result as { readonly stateRoot: Hex }).stateRoot };
}

describe("eth_getProof, read by another implementation", () => {
  it("proves an account and its slots, present and absent", async () => {
    const { proof, root } = await proofAndRoot(counter, ["0x0", word(5)]);
    const leaf = RLP.decode(await thirdParty(root, counter, proof.accountProof)) as Uint8Array[];
    const [nonce, balance, storageHash, codeHash] = leaf as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    expect({
      nonce: bytesToBigint(nonce),
      balance: bytesToBigint(balance),
      storageHash: bytesToHex(storageHash),
      codeHash: bytesToHex(codeHash),
    }).toEqual({ nonce: BigInt(proof.nonce), balance: BigInt(proof.balance), storageHash: proof.storageHash, codeHash: proof.codeHash });
    const [total, absent] = proof.storageProof;
    expect({ key: total?.key, value: total?.value }).toEqual({ key: "0x0", value: "0x4d" });
    const value = await thirdParty(proof.storageHash, word(0), total?.proof ?? []);
    expect(bytesToBigint(RLP.decode(value as Uint8Array) as Uint8Array)).toBe(77n);
    expect(absent).toMatchObject({ key: word(5), value: "0x0" });
    expect(await thirdParty(proof.storageHash, word(5), absent?.proof ?? [])).toBeUndefined();
  });

  it("proves the absence of an account", async () => {
    const address = "0x00000000000000000000000000000000000000dd";
    const { proof, root } = await proofAndRoot(address, ["0x1"]);
    expect(await thirdParty(root, address, proof.accountProof)).toBeUndefined();
    expect(proof).toMatchObject({ address, balance: "0x0", nonce: "0x0", storageProof: [{ key: "0x1", value: "0x0", proof: [] }] });
  });

  it("proves what was true in an older block", async () => {
    const { proof, root } = await proofAndRoot(counter, ["0x0"], "0x1");
    expect(await thirdParty(root, counter, proof.accountProof)).toBeDefined();
    expect(proof.storageProof).toMatchObject([{ value: "0x0" }]);
    const before = await proofAndRoot(counter, [], "0x0");
    expect(await thirdParty(before.root, counter, before.proof.accountProof)).toBeUndefined();
  });
});
