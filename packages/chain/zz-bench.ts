import { createHostExecutor } from "@trireme/host";
import { createJournal, createFlatReader } from "@trireme/state";
import { createEthereumFormat } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { addressFromBytes, zeroHash, emptyBytes, keccak256 } from "@trireme/core";
const N = Number(process.argv[2] ?? 30000), A = 200;
const format = createEthereumFormat();
const executor = createHostExecutor({ environments: [createEvm()], formats: [format] });
const addrs = Array.from({ length: A }, (_, i) => addressFromBytes(keccak256(Uint8Array.of(i >> 8, i, 7)).slice(12)));
const block: any = { chainId: 1337n, hardfork: "osaka", number: 1n, timestamp: 1n, coinbase: addressFromBytes(new Uint8Array(20).fill(0xcb)), gasLimit: 1n << 60n, baseFeePerGas: 7n, blobBaseFee: 1n, prevRandao: zeroHash, difficulty: 0n };
const nonces = new Array(A).fill(0n);
const txs = Array.from({ length: N }, (_, i) => { const s = i % A; return { format: "ethereum", raw: emptyBytes, hash: zeroHash, type: 2, chainId: 1337n, sender: addrs[s], nonce: nonces[s]++, gasLimit: 21000n, to: addrs[(i * 7 + 1) % A], value: 1n, data: emptyBytes, accessList: [], blobVersionedHashes: [], maxFeePerBlobGas: 0n, authorizationList: [], maxFeePerGas: 100n, maxPriorityFeePerGas: 1n, gasPrice: undefined, blobGas: 0n, declared: undefined } as any; });
for (let round = 0; round < 5; round++) {
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  for (const a of addrs) journal.setBalance(a, 10n ** 24n);
  journal.endTransaction();
  const t = performance.now();
  const out = executor.executeBlock({ transactions: txs, journal, block, blobGasLimit: 0n, onInvalid: "skip" });
  const ms = performance.now() - t;
  console.log(out.executed.length, out.invalid[0]?.error, (N / ms * 1000).toFixed(0), "tx/s");
}
