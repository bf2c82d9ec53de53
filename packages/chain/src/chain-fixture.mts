/** What the tests of this package share: keys, signed transactions, a small chain, hand-assembled contracts. */
import { bytesToHex, hexToBytes, type Address, type Hash, type Hex } from "@trireme/core";
import { addressOfPrivateKey, signTransaction, type UnsignedTransaction } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import type { Chain } from "./chain.ts";
import { createChain, type CreateChainOptions } from "./create-chain.ts";
import type { ChainDefinition, ChainOptions } from "./definition/chain-definition.ts";
import { defineChain } from "./definition/define-chain.ts";

export const gwei = 10n ** 9n;
export const ether = 10n ** 18n;

/** A key pair for tests. */
export interface TestKey {
  readonly privateKey: Uint8Array;
  readonly address: Address;
}

/** The key pair number `index`, from 1. */
export function testKey(index: number): TestKey {
  const privateKey = new Uint8Array(32).fill(index);
  return { privateKey, address: addressOfPrivateKey(privateKey) };
}

export const alice = testKey(1);
export const bob = testKey(2);
export const carol = testKey(3);

/** A development chain on which alice, bob and carol have 1,000 ether each. */
export function testDefinition(options: Partial<ChainOptions> = {}): ChainDefinition {
  return defineChain({
    chainId: 1337,
    environments: [evm()],
    dev: true,
    ...options,
    genesis: { accounts: [alice, bob, carol].map(({ address }) => ({ address, balance: 1000n * ether })), ...options.genesis },
  });
}

/** The time of test chains: 2,000,000,000 seconds, and on by `advance`. */
export function testClock(): { readonly now: () => number; advance(seconds: number): void } {
  let milliseconds = 2_000_000_000_000;
  return {
    now: () => milliseconds,
    advance: (seconds) => {
      milliseconds += seconds * 1000;
    },
  };
}

export function createTestChain(options: Partial<ChainOptions> = {}, open: CreateChainOptions = {}): Promise<Chain> {
  return createChain(testDefinition(options), { now: testClock().now, ...open });
}

/** A signed EIP-1559 transaction; fields that are left out are those of a transfer of nothing. */
export function signed(from: TestKey, fields: Partial<UnsignedTransaction>): Uint8Array {
  return signTransaction(
    {
      type: 2,
      chainId: 1337n,
      nonce: 0n,
      gasLimit: fields.data === undefined ? 21_000n : 1_000_000n,
      to: undefined,
      value: 0n,
      data: new Uint8Array(0),
      maxFeePerGas: 10n * gwei,
      maxPriorityFeePerGas: gwei,
      accessList: [],
      maxFeePerBlobGas: 0n,
      blobVersionedHashes: [],
      authorizationList: [],
      ...fields,
    },
    from.privateKey,
  );
}

/** Submits and expects to be accepted. */
export async function submitted(chain: Chain, raw: Uint8Array): Promise<Hash> {
  const result = await chain.submit(raw);
  if (result.kind === "rejected") throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.hash;
}

/** Submits and gives the code of the refusal. */
export async function refusal(chain: Chain, raw: Uint8Array): Promise<string> {
  const result = await chain.submit(raw);
  return result.kind === "rejected" ? result.error.code : result.kind;
}

/** Init code that deploys `runtime` (at most 255 bytes). */
export function initCodeFor(runtime: Uint8Array): Uint8Array {
  const hex = bytesToHex(runtime).slice(2);
  const size = runtime.length.toString(16).padStart(2, "0");
  // PUSH1 size, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 size, PUSH1 0, RETURN
  return hexToBytes(`0x60${size}600c60003960${size}6000f3${hex}`);
}

/** Adds one to slot 0, logs the new value under topic 0x2a, returns it; reverts with the calldata when there is any. */
export const counterCode = hexToBytes("0x3615600f57366000600037366000fd5b60016000540180600055600052602a60206000a160206000f3");

/** 32 bytes of a number. */
export function word(value: bigint): Uint8Array {
  return hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
}

/** Hexadecimal for comparisons that print well. */
export function hex(bytes: Uint8Array | undefined): Hex | undefined {
  return bytes === undefined ? undefined : bytesToHex(bytes);
}
