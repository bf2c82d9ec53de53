import { bytesToHex, hexToBytes } from "@trireme/core";
import { keccak256 as viemKeccak, parseTransaction, serializeTransaction, type Hex, type TransactionSerializable } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { decodeTransaction, signTransaction } from "./decode-transaction.ts";
import { decodeImpersonatedTransaction, encodeImpersonatedTransaction } from "./impersonated-format.ts";
import { decodeUnsignedTransaction, encodeSignedTransaction, encodeUnsignedTransaction } from "./transaction-codec.ts";
import type { EthereumTransaction, Signature } from "./ethereum-transaction.ts";

const key: Hex = "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
const account = privateKeyToAccount(key);
const other = privateKeyToAccount("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
const to: Hex = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const accessList = [{ address: to, storageKeys: [`0x${"01".repeat(32)}`, `0x${"02".repeat(32)}`] as Hex[] }];
const fees = { maxFeePerGas: 30n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n };
const blobVersionedHashes: Hex[] = [`0x01${"ab".repeat(31)}`, `0x01${"cd".repeat(31)}`];
const authorization = await other.signAuthorization({ chainId: 31337, address: to, nonce: 7 });

const samples: readonly (readonly [string, TransactionSerializable])[] = [
  ["legacy for any chain", { type: "legacy", nonce: 0, gas: 21000n, gasPrice: 10n ** 9n, to, value: 1n }],
  ["legacy, EIP-155", { type: "legacy", chainId: 31337, nonce: 128, gas: 90000n, gasPrice: 255n, to, value: 10n ** 18n, data: "0x00ff" }],
  ["legacy creation", { type: "legacy", chainId: 31337, nonce: 1, gas: 90000n, gasPrice: 1n, data: "0x6001600055" }],
  ["EIP-2930", { type: "eip2930", chainId: 31337, nonce: 2, gas: 50000n, gasPrice: 7n, to, accessList }],
  ["EIP-1559", { type: "eip1559", chainId: 31337, nonce: 3, gas: 50000n, ...fees, to, value: 5n, data: "0xa9059cbb", accessList }],
  ["EIP-1559 creation", { type: "eip1559", chainId: 31337, nonce: 0, gas: 50000n, ...fees, data: "0x00" }],
  ["EIP-4844", { type: "eip4844", chainId: 31337, nonce: 4, gas: 50000n, ...fees, to, maxFeePerBlobGas: 9n, blobVersionedHashes }],
  ["EIP-7702", { type: "eip7702", chainId: 31337, nonce: 5, gas: 90000n, ...fees, to, authorizationList: [authorization] }],
];

function decoded(raw: Uint8Array): EthereumTransaction {
  const result = decodeTransaction(raw, { chainId: 31337n });
  if (result.kind !== "decoded") throw new Error(result.error.message);
  return result.transaction;
}

describe.each(samples)("%s", (_, sample) => {
  test("decodes to what viem signed and encodes to the same bytes", async () => {
    const raw = await account.signTransaction(sample);
    const transaction = decoded(hexToBytes(raw));
    const theirs = parseTransaction(raw);
    expect(bytesToHex(transaction.sender)).toBe(account.address.toLowerCase());
    expect(bytesToHex(transaction.hash)).toBe(viemKeccak(raw));
    expect({
      nonce: transaction.nonce,
      gas: transaction.gasLimit,
      to: transaction.to && bytesToHex(transaction.to),
      value: transaction.value,
      data: bytesToHex(transaction.data),
      chainId: transaction.chainId,
      price: transaction.maxFeePerGas,
      blobs: transaction.blobVersionedHashes.map(bytesToHex),
      accessList: transaction.accessList.map((entry) => ({
        address: bytesToHex(entry.address),
        storageKeys: entry.storageKeys.map(bytesToHex),
      })),
    }).toEqual({
      nonce: BigInt(theirs.nonce ?? 0),
      gas: theirs.gas,
      to: theirs.to ?? undefined,
      value: theirs.value ?? 0n,
      data: theirs.data ?? "0x",
      chainId: theirs.chainId === undefined ? undefined : BigInt(theirs.chainId),
      price: theirs.maxFeePerGas ?? theirs.gasPrice,
      blobs: theirs.blobVersionedHashes ?? [],
      accessList: theirs.accessList ?? [],
    });
    expect(bytesToHex(encodeSignedTransaction(transaction, transaction.signature as Signature))).toBe(raw);
    expect(bytesToHex(encodeUnsignedTransaction(transaction))).toBe(serializeTransaction(sample));
  });

  test("our signature is viem's", async () => {
    const transaction = decoded(hexToBytes(await account.signTransaction(sample)));
    expect(signTransaction(transaction, hexToBytes(key))).toEqual(transaction.raw);
  });

  test("travels impersonated", async () => {
    const transaction = decoded(hexToBytes(await account.signTransaction(sample)));
    const raw = encodeImpersonatedTransaction(transaction.sender, transaction);
    const result = decodeImpersonatedTransaction(raw, { chainId: 31337n });
    if (result.kind !== "decoded") throw new Error(result.error.message);
    const { hash, raw: bytes, signature, format, ...fields } = result.transaction;
    expect({ ...transaction, hash, raw: bytes, signature, format }).toEqual({
      ...fields,
      hash,
      raw,
      signature: undefined,
      format: "impersonated",
    });
    expect(decodeUnsignedTransaction(encodeUnsignedTransaction(transaction))).toMatchObject({
      nonce: transaction.nonce,
      type: transaction.type,
    });
  });
});

test("the authority of an EIP-7702 tuple is who signed it", async () => {
  const sample = samples.at(-1)?.[1] as TransactionSerializable;
  const [tuple] = decoded(hexToBytes(await account.signTransaction(sample))).authorizationList;
  expect(tuple && bytesToHex(tuple.authority as Uint8Array)).toBe(other.address.toLowerCase());
  expect(tuple).toMatchObject({
    chainId: 31337n,
    nonce: 7n,
    yParity: authorization.yParity,
    r: BigInt(authorization.r),
    s: BigInt(authorization.s),
  });
});

describe("refused with a named error", () => {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const valid = async (): Promise<EthereumTransaction> =>
    decoded(hexToBytes(await account.signTransaction((samples[4] as (typeof samples)[number])[1])));
  const codeOf = (raw: Uint8Array): string => {
    const result = decodeTransaction(raw, { chainId: 31337n });
    return result.kind === "invalid" ? result.error.code : result.kind;
  };

  test("a signature with s in the upper half (EIP-2)", async () => {
    const transaction = await valid();
    const { yParity, r, s } = transaction.signature as Signature;
    expect(codeOf(encodeSignedTransaction(transaction, { yParity: 1 - yParity, r, s: order - s }))).toBe("invalidSignature");
  });

  test("r or s of zero, yParity of 2", async () => {
    const transaction = await valid();
    const signature = transaction.signature as Signature;
    expect(codeOf(encodeSignedTransaction(transaction, { ...signature, r: 0n }))).toBe("invalidSignature");
    expect(codeOf(encodeSignedTransaction(transaction, { ...signature, s: 0n }))).toBe("invalidSignature");
    expect(codeOf(encodeSignedTransaction(transaction, { ...signature, yParity: 2 }))).toBe("invalidSignature");
  });

  test("another chain's transaction", async () => {
    const transaction = await valid();
    expect(codeOf(signTransaction({ ...transaction, chainId: 1n }, hexToBytes(key)))).toBe("wrongChainId");
  });

  test.each([
    ["no bytes", "0x"],
    ["an unknown type", "0x05c0"],
    ["an empty list", "0xc0"],
    ["bytes after the end", "0xc000"],
    ["too few fields", "0x02c103"],
    ["a nonce with a leading zero", `0xcb8200018080808080808080`.replace("cb", "ca")],
  ])("%s", (_, raw) => {
    expect(codeOf(hexToBytes(raw))).toBe("invalidEncoding");
  });
});
