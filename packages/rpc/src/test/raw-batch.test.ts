import { bytesToHex, hexToBytes } from "@trireme/core";
import { parallel, serial } from "@trireme/chain";
import { signTransaction } from "@trireme/ethereum";
import { expect, it } from "vitest";
import { addresses, privateKeys, startTestNode } from "./test-node.mts";

function rawTransaction(index: number, chainId = 31337n): string {
  const unsigned = {
    type: 2,
    chainId,
    nonce: BigInt(Math.floor(index / 3)),
    gasLimit: 21_000n,
    to: addresses[0],
    value: BigInt(index),
    data: new Uint8Array(0),
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    accessList: [],
    maxFeePerBlobGas: 0n,
    blobVersionedHashes: [],
    authorizationList: [],
  } as const;
  return bytesToHex(signTransaction(unsigned, hexToBytes(privateKeys[index % 3] as `0x${string}`)));
}

it("a batch of signed transactions has the same answers whether they are read on threads ahead or one by one", async () => {
  const params: unknown[] = Array.from({ length: 18 }, (_, index) => [rawTransaction(index)]);
  params.splice(7, 0, [rawTransaction(90, 5n)], ["0x55"], ["no hexadecimal"], [5], "nothing", params[0], ["0x03c0"]);
  const batch = params.map((given, id) => ({ jsonrpc: "2.0", id, method: "eth_sendRawTransaction", params: given }));
  batch.splice(12, 0, { jsonrpc: "2.0", id: 99, method: "eth_blockNumber", params: [] });
  const answers: unknown[] = [];
  for (const scheduler of [serial(), parallel({ workers: 2, always: true })]) {
    const { dispatcher, chain, close } = await startTestNode({ chain: { scheduler, mining: { kind: "manual" } } });
    const { text } = await dispatcher.receive(JSON.stringify(batch));
    answers.push(JSON.parse(text ?? ""));
    expect(chain.mempool.pending).toHaveLength(18);
    await close();
  }
  expect(answers[1]).toEqual(answers[0]);
});
