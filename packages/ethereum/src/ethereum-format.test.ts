import {
  addressFromHex,
  concatBytes,
  createAddress,
  delegationPrefix,
  emptyBytes,
  hexToBytes,
  type Address,
  type BlockContext,
  type ExecutionResult,
  type Hardfork,
  type Hash,
} from "@trireme/core";
import { createModelHost, testBlock, type ModelHost } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { signAuthorization } from "./authorization.ts";
import { decodeTransaction, signTransaction } from "./decode-transaction.ts";
import { createEthereumFormat } from "./ethereum-format.ts";
import type { EthereumTransaction, UnsignedTransaction } from "./ethereum-transaction.ts";
import { gasPerBlob } from "./fee-market.ts";
import { decodeImpersonatedTransaction, encodeImpersonatedTransaction } from "./impersonated-format.ts";
import type { PreparedEthereumTransaction } from "./prepared-transaction.ts";
import { addressOfPrivateKey } from "./signature.ts";

const key = new Uint8Array(32).fill(7);
const sender = addressOfPrivateKey(key);
const authorityKey = new Uint8Array(32).fill(8);
const authority = addressOfPrivateKey(authorityKey);
const to = addressFromHex("0x00000000000000000000000000000000000c0de0");
const format = createEthereumFormat();
const blob = (version: number): Hash => new Uint8Array(32).fill(9).with(0, version) as Hash;

const base: UnsignedTransaction = {
  type: 2,
  chainId: 1n,
  nonce: 0n,
  gasLimit: 100_000n,
  to,
  value: 5n,
  data: emptyBytes,
  maxFeePerGas: 20n,
  maxPriorityFeePerGas: 3n,
  accessList: [],
  maxFeePerBlobGas: 0n,
  blobVersionedHashes: [],
  authorizationList: [],
};
const blobs: UnsignedTransaction = { ...base, type: 3, maxFeePerBlobGas: 2n, blobVersionedHashes: [blob(1)] };
const setCode: UnsignedTransaction = {
  ...base,
  type: 4,
  authorizationList: [signAuthorization({ chainId: 0n, address: to, nonce: 0n }, authorityKey)],
};

function blockOf(hardfork: Hardfork, changes: Partial<BlockContext> = {}): BlockContext {
  return { ...testBlock, chainId: 1n, hardfork, baseFeePerGas: 10n, blobBaseFee: 1n, gasLimit: 30_000_000n, ...changes };
}

function hostOf(block: BlockContext): ModelHost {
  const host = createModelHost({ environments: [], block });
  host.setBalance(sender, 10n ** 18n);
  host.beginTransaction();
  return host;
}

function decoded(unsigned: UnsignedTransaction): EthereumTransaction {
  const result = decodeTransaction(signTransaction(unsigned, key), { chainId: 1n });
  if (result.kind !== "decoded") throw new Error(result.error.message);
  return result.transaction;
}

function prepareOn(host: ModelHost, transaction: EthereumTransaction): ReturnType<typeof format.prepare> {
  return format.prepare(transaction, host, host.block, { gasLeft: host.block.gasLimit, blobGasLeft: 9n * gasPerBlob });
}

function prepared(host: ModelHost, unsigned: UnsignedTransaction): PreparedEthereumTransaction {
  const result = prepareOn(host, decoded(unsigned));
  if (result.kind !== "prepared") throw new Error(result.error.message);
  return result;
}

function codeOf(unsigned: UnsignedTransaction, hardfork: Hardfork = "osaka", change: (host: ModelHost) => void = () => undefined): string {
  const host = hostOf(blockOf(hardfork));
  change(host);
  const before = host.snapshot();
  const result = prepareOn(host, decoded(unsigned));
  expect(host.snapshot()).toEqual(before);
  return result.kind === "invalid" ? result.error.code : result.kind;
}

describe("prepare", () => {
  test("a valid transaction of every type", () => {
    const legacy = { ...base, maxPriorityFeePerGas: 20n };
    expect(
      [{ ...legacy, type: 0 as const }, { ...legacy, type: 1 as const }, base, blobs, setCode].map((unsigned) => codeOf(unsigned)),
    ).toEqual(Array.from({ length: 5 }, () => "prepared"));
  });

  test.each<[string, UnsignedTransaction, Hardfork?, ((host: ModelHost) => void)?]>([
    ["typeNotSupported", blobs, "shanghai"],
    ["typeNotSupported", setCode, "cancun"],
    ["nonceTooHigh", { ...base, nonce: 1n }],
    ["nonceTooLow", base, "osaka", (host) => host.setNonce(sender, 1n)],
    ["nonceMax", { ...base, nonce: 2n ** 64n - 1n }, "osaka", (host) => host.setNonce(sender, 2n ** 64n - 1n)],
    ["senderNotEoa", base, "osaka", (host) => host.setCode(sender, Uint8Array.of(0))],
    ["prepared", base, "osaka", (host) => host.setCode(sender, concatBytes(delegationPrefix, to))],
    ["tipAboveFeeCap", { ...base, maxPriorityFeePerGas: 21n }],
    ["feeCapTooLow", { ...base, maxFeePerGas: 9n }],
    ["blobTransactionCreate", { ...blobs, to: undefined }],
    ["missingBlobHashes", { ...blobs, blobVersionedHashes: [] }],
    ["tooManyBlobs", { ...blobs, blobVersionedHashes: Array.from({ length: 7 }, () => blob(1)) }],
    ["prepared", { ...blobs, blobVersionedHashes: Array.from({ length: 7 }, () => blob(1)) }, "prague"],
    ["tooManyBlobs", { ...blobs, blobVersionedHashes: Array.from({ length: 7 }, () => blob(1)) }, "cancun"],
    ["invalidBlobVersion", { ...blobs, blobVersionedHashes: [blob(1), blob(2)] }],
    ["blobFeeCapTooLow", { ...blobs, maxFeePerBlobGas: 0n }],
    ["setCodeTransactionCreate", { ...setCode, to: undefined }],
    ["emptyAuthorizationList", { ...setCode, authorizationList: [] }],
    ["insufficientFunds", base, "osaka", (host) => host.setBalance(sender, 100_000n * 20n + 4n)],
    ["prepared", base, "osaka", (host) => host.setBalance(sender, 100_000n * 20n + 5n)],
    ["insufficientFunds", blobs, "osaka", (host) => host.setBalance(sender, 100_000n * 20n + 5n + 2n * gasPerBlob - 1n)],
    ["gasLimitTooHigh", { ...base, gasLimit: 2n ** 24n + 1n }],
    ["prepared", { ...base, gasLimit: 2n ** 24n + 1n }, "prague"],
    ["gasLimitReached", { ...base, gasLimit: 30_000_001n }, "prague"],
    ["intrinsicGasTooLow", { ...base, gasLimit: 20_999n }],
    ["floorGasTooLow", { ...base, gasLimit: 22_600n, data: new Uint8Array(100).fill(1) }],
    ["prepared", { ...base, gasLimit: 22_600n, data: new Uint8Array(100).fill(1) }, "cancun"],
    ["initCodeTooLarge", { ...base, to: undefined, gasLimit: 2_000_000n, data: new Uint8Array(49_153) }],
    ["prepared", { ...base, to: undefined, gasLimit: 2_000_000n, data: new Uint8Array(49_152) }],
    ["prepared", { ...base, to: undefined, gasLimit: 2_000_000n, data: new Uint8Array(49_153) }, "paris"],
  ])("%s", (code, unsigned, hardfork = "osaka", change = () => undefined) => {
    expect(codeOf(unsigned, hardfork, change)).toBe(code);
  });

  test("makes one frame with what the intrinsic gas leaves", () => {
    const host = hostOf(blockOf("osaka"));
    const frame = { sender, value: 5n, depth: 0, isStatic: false };
    expect(prepared(host, base).frames).toEqual([
      { kind: "call", scheme: "call", recipient: to, codeAddress: to, input: emptyBytes, gas: 79_000n, ...frame },
    ]);
    const data = Uint8Array.of(0, 1);
    expect(prepared(host, { ...base, to: undefined, data }).frames).toEqual([
      {
        kind: "create",
        scheme: "create",
        recipient: createAddress(sender, 0n),
        initCode: data,
        gas: 100_000n - 53_000n - 20n - 2n,
        ...frame,
      },
    ]);
  });

  test("an impersonated sender may be a contract", () => {
    const host = hostOf(blockOf("osaka"));
    host.setCode(sender, Uint8Array.of(0));
    const result = decodeImpersonatedTransaction(encodeImpersonatedTransaction(sender, base), { chainId: 1n });
    expect(result.kind === "decoded" && prepareOn(host, result.transaction).kind).toBe("prepared");
  });
});

describe("charge and settle", () => {
  const done = (gasLeft: bigint, gasRefund = 0n): ExecutionResult => ({ kind: "success", gasLeft, gasRefund, output: emptyBytes });

  function run(
    unsigned: UnsignedTransaction,
    result: ExecutionResult,
    hardfork: Hardfork = "osaka",
    change: (host: ModelHost) => void = () => undefined,
  ) {
    const host = hostOf(blockOf(hardfork));
    change(host);
    const transaction = prepared(host, unsigned);
    format.charge(transaction, host);
    const charged = host.getBalance(sender);
    const settlement = format.settle(transaction, result, host);
    return { host, charged, settlement, sender: host.getBalance(sender), coinbase: host.getBalance(host.block.coinbase) };
  }

  test("the whole limit is taken, the rest comes back, the tip goes to the coinbase, the base fee is burnt", () => {
    const ran = run(base, done(50_000n));
    expect(ran).toMatchObject({
      charged: 10n ** 18n - 100_000n * 13n,
      settlement: { gasUsed: 50_000n, effectiveGasPrice: 13n, blobGasUsed: 0n, burnt: 500_000n },
      sender: 10n ** 18n - 50_000n * 13n,
      coinbase: 150_000n,
    });
    expect(ran.host.getNonce(sender)).toBe(1n);
  });

  test("refunds are capped at a fifth (EIP-3529) and lost with the frame", () => {
    expect(run(base, done(50_000n, 4_800n)).settlement.gasUsed).toBe(45_200n);
    expect(run(base, done(50_000n, 99_999n)).settlement.gasUsed).toBe(40_000n);
    expect(run(base, { kind: "revert", gasLeft: 50_000n, output: emptyBytes }).settlement.gasUsed).toBe(50_000n);
    expect(run(base, { kind: "halt", reason: "outOfGas" }).settlement.gasUsed).toBe(100_000n);
  });

  test("calldata has a floor from Prague on (EIP-7623)", () => {
    const data = concatBytes(new Uint8Array(60), new Uint8Array(1000).fill(1));
    expect(run({ ...base, data }, done(60_000n)).settlement.gasUsed).toBe(21_000n + 4_060n * 10n);
    expect(run({ ...base, data }, done(60_000n), "cancun").settlement.gasUsed).toBe(40_000n);
  });

  test("the blob fee is burnt", () => {
    const ran = run(blobs, done(50_000n));
    expect(ran.settlement).toMatchObject({ blobGasUsed: gasPerBlob, burnt: 500_000n + gasPerBlob });
    expect(ran.sender).toBe(10n ** 18n - 50_000n * 13n - gasPerBlob);
  });

  test("accounts and slots start warm", () => {
    const listed = addressFromHex("0x0000000000000000000000000000000000001157");
    const slot = new Uint8Array(32).fill(1);
    const warm = (hardfork: Hardfork, addresses: readonly Address[]): readonly boolean[] => {
      const { host } = run({ ...base, accessList: [{ address: listed, storageKeys: [slot] }] }, done(0n), hardfork);
      expect(host.isWarmStorage(listed, slot)).toBe(true);
      return addresses.map((address) => host.isWarmAccount(address));
    };
    const precompile = (byte: number): Address => new Uint8Array(20).with(19, byte) as Address;
    const p256 = new Uint8Array(20).with(18, 1) as Address;
    const addresses = [sender, to, listed, testBlock.coinbase, precompile(9), precompile(0x0a), precompile(0x11), p256, authority];
    expect(warm("paris", addresses)).toEqual([true, true, true, false, true, false, false, false, false]);
    expect(warm("cancun", addresses)).toEqual([true, true, true, true, true, true, false, false, false]);
    expect(warm("osaka", addresses)).toEqual([true, true, true, true, true, true, true, true, false]);
  });

  test("authorizations: code is set, an existing authority earns a refund, the delegate is warm (EIP-7702)", () => {
    const fresh = run({ ...setCode, to: authority }, done(50_000n));
    expect(fresh.host.getCode(authority)).toEqual(concatBytes(delegationPrefix, to));
    expect([fresh.host.getNonce(authority), fresh.host.isWarmAccount(to), fresh.settlement.gasUsed]).toEqual([1n, true, 50_000n]);
    const known = run({ ...setCode, to: authority }, done(0n), "osaka", (host) => host.setBalance(authority, 1n));
    expect(known.settlement.gasUsed).toBe(87_500n);
    const failed = run({ ...setCode, to: authority }, { kind: "halt", reason: "outOfGas" }, "osaka", (host) =>
      host.setBalance(authority, 1n),
    );
    expect([failed.host.getNonce(authority), failed.settlement.gasUsed]).toEqual([1n, 87_500n]);
  });

  test("tuples that do not hold are skipped", () => {
    const tuple = (fields: Partial<{ chainId: bigint; nonce: bigint; address: Address }>) =>
      signAuthorization({ chainId: 1n, address: to, nonce: 0n, ...fields }, authorityKey);
    const codeAfter = (authorizationList: UnsignedTransaction["authorizationList"], change?: (host: ModelHost) => void) =>
      run({ ...setCode, gasLimit: 200_000n, authorizationList }, done(0n), "osaka", change).host.getCode(authority);
    expect(codeAfter([tuple({})])).toHaveLength(23);
    expect(codeAfter([tuple({ chainId: 2n })])).toEqual(emptyBytes);
    expect(codeAfter([tuple({ nonce: 1n })])).toEqual(emptyBytes);
    expect(codeAfter([{ ...tuple({}), s: 1n, r: 0n }])).toEqual(emptyBytes);
    expect(codeAfter([tuple({})], (host) => host.setCode(authority, Uint8Array.of(1)))).toEqual(Uint8Array.of(1));
    expect(codeAfter([tuple({}), tuple({ nonce: 1n, address: new Uint8Array(20) as Address })])).toEqual(emptyBytes);
    expect(codeAfter([tuple({}), tuple({ address: authority })])).toEqual(concatBytes(delegationPrefix, to));
  });

  test("the sender's own authorization counts from the nonce after this transaction's", () => {
    const own = signAuthorization({ chainId: 1n, address: to, nonce: 1n }, key);
    const { host } = run({ ...setCode, authorizationList: [own] }, done(0n));
    expect([host.getNonce(sender), host.getCode(sender)]).toEqual([2n, concatBytes(delegationPrefix, to)]);
  });
});

test("intrinsic gas of mainnet's calldata (EIP-2028) with an access list (EIP-2930)", () => {
  const host = hostOf(blockOf("london"));
  const data = hexToBytes("0xa9059cbb000000000000000000000000");
  const accessList = [{ address: to, storageKeys: [new Uint8Array(32), new Uint8Array(32)] }];
  const frame = prepared(host, { ...base, data, accessList }).frames[0];
  expect(frame?.gas).toBe(100_000n - 21_000n - 4n * 16n - 12n * 4n - 2_400n - 2n * 1_900n);
});
