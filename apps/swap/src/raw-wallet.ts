/** An Ethereum wallet without a library: JSON-RPC by fetch, RLP and EIP-1559 by hand, the signature by noble. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

/** A receipt as the node sends it. */
export interface RawReceipt {
  readonly status: string;
  readonly gasUsed: string;
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

/** The wallet of one key on one node. */
export interface RawWallet {
  /** 20 bytes, hex. */
  readonly address: string;
  /** Signs a call and waits for its block. @throws (rejects) Error with the node's message */
  send(to: string, data: string, gas: number): Promise<RawReceipt>;
}

type RlpItem = Uint8Array | readonly RlpItem[];

/** One request. @throws (rejects) Error with the node's error as JSON */
export async function request(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = (await response.json()) as { readonly result?: unknown; readonly error?: unknown };
  if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
  return result;
}

export function createRawWallet(url: string, key: Uint8Array): RawWallet {
  const address = hexOf(keccak_256(secp256k1.getPublicKey(key, false).subarray(1)).subarray(12));
  return {
    address,
    async send(to, data, gas) {
      const [chainId, nonce, gasPrice] = await Promise.all([
        request(url, "eth_chainId", []),
        request(url, "eth_getTransactionCount", [address, "latest"]),
        request(url, "eth_gasPrice", []),
      ]);
      const price = numberBytes(2n * BigInt(gasPrice as string));
      // chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, to, value, data, accessList
      const fields = [
        numberBytes(BigInt(chainId as string)),
        numberBytes(BigInt(nonce as string)),
        numberBytes(0n),
        price,
        numberBytes(BigInt(gas)),
        bytesOf(to),
        numberBytes(0n),
        bytesOf(data),
        [],
      ];
      const digest = keccak_256(concat([Uint8Array.of(2), rlp(fields)]));
      const signature = secp256k1.sign(digest, key, { prehash: false, format: "recovered" });
      const number = (from: number) => numberBytes(BigInt(hexOf(signature.subarray(from, from + 32))));
      const signed = [...fields, numberBytes(BigInt(signature[0] as number)), number(1), number(33)];
      const hash = await request(url, "eth_sendRawTransaction", [hexOf(concat([Uint8Array.of(2), rlp(signed)]))]);
      for (;;) {
        const receipt = (await request(url, "eth_getTransactionReceipt", [hash])) as RawReceipt | null;
        if (receipt !== null) return receipt;
      }
    },
  };
}

/** Calldata of a function whose arguments are 32-byte words, hex without prefix. */
export function calldata(signature: string, ...words: readonly string[]): string {
  return `${hexOf(keccak_256(new TextEncoder().encode(signature)).subarray(0, 4))}${words.map((word) => word.padStart(64, "0")).join("")}`;
}

function rlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array)
    return item.length === 1 && (item[0] as number) < 0x80 ? item : concat([rlpHead(0x80, item.length), item]);
  const body = concat(item.map(rlp));
  return concat([rlpHead(0xc0, body.length), body]);
}

function rlpHead(base: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const size = numberBytes(BigInt(length));
  return concat([Uint8Array.of(base + 55 + size.length), size]);
}

/** Big-endian, without leading zeros. */
function numberBytes(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return value === 0n ? new Uint8Array(0) : bytesOf(digits.padStart(digits.length + (digits.length % 2), "0"));
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/^0x/, ""), "hex"));
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
