/** The golden chain: a script that touches every path of block building, deterministic to the last byte. */
import { bytesToHex, concatBytes, createAddress, hexToBytes, type Address, type Hash } from "@trireme/core";
import { signAuthorization } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import type { Database } from "@trireme/state";
import type { Chain, ChainDevTools } from "../chain.ts";
import { alice, bob, carol, counterCode, ether, gwei, initCodeFor, signed, submitted, word } from "../chain-fixture.mts";
import { createChain } from "../create-chain.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { defineChain } from "../definition/define-chain.ts";

/** The definition; its genesis hash is the first entry of the golden file. */
export const goldenDefinition: ChainDefinition = defineChain({
  chainId: 1337,
  hardfork: "osaka",
  environments: [evm()],
  mining: { kind: "manual" },
  dev: true,
  fees: { coinbase: "0x00000000000000000000000000000000c01bba5e" },
  genesis: {
    timestamp: 1_700_000_000n,
    accounts: [
      ...[alice, bob, carol].map(({ address }) => ({ address, balance: 1000n * ether })),
      {
        address: "0x00000000000000000000000000000000000057a7",
        code: counterCode,
        nonce: 1,
        storage: { [bytesToHex(word(0n))]: bytesToHex(word(41n)) },
      },
    ],
  },
});

/** Sends its balance to its caller and is gone, if it was made in the same transaction (EIP-6780). */
const selfDestructing = hexToBytes("0x33ff");
/** Runs out of gas. */
const looping = hexToBytes("0x5b600056");
/** Makes a contract with CREATE2 out of its calldata, salt 5, giving it its value; returns its address. */
const factory = hexToBytes("0x366000600037600536600034f560005260206000f3");
/** Reads BLOCKHASH, TIMESTAMP, PREVRANDAO, COINBASE, BASEFEE and BLOBBASEFEE into slots 0 to 5. */
const witness = hexToBytes("0x6001430340600055426001554460025541600355486004554a60055500");

/** Blob hashes need no blobs here: a node without a consensus layer keeps none. */
const blob = word((1n << 248n) + 7n) as Hash;

/** Runs the script on a database, one block a step, and gives the chain. */
export async function playGoldenChain(database: Database): Promise<Chain> {
  let seconds = 1_700_000_000;
  const chain = await createChain(goldenDefinition, { database, now: () => seconds * 1000 });
  const dev = chain.dev as ChainDevTools;
  const nonces = new Map([alice, bob, carol].map(({ address }) => [address, 0n]));
  const send = async (from: typeof alice, fields: Parameters<typeof signed>[1]): Promise<void> => {
    const nonce = nonces.get(from.address) as bigint;
    nonces.set(from.address, nonce + 1n);
    await submitted(chain, signed(from, { nonce, ...fields }));
  };
  const block = async (...steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
    for (const step of steps) await step();
    seconds += 12;
    await dev.mine();
  };
  const counter = createAddress(alice.address, 1n);
  const made = (nonce: bigint): Address => createAddress(bob.address, nonce);

  await block();
  await block(() => send(alice, { to: bob.address, value: ether }));
  await block(
    () => send(alice, { data: initCodeFor(counterCode) }),
    () => send(bob, { data: initCodeFor(selfDestructing), value: 7n }),
    () => send(bob, { data: initCodeFor(looping) }),
    () => send(bob, { data: initCodeFor(factory) }),
    () => send(bob, { data: initCodeFor(witness) }),
  );
  await block(
    () => send(alice, { to: counter, gasLimit: 100_000n }),
    () => send(alice, { to: counter, gasLimit: 100_000n, type: 0, maxPriorityFeePerGas: 10n * gwei }),
    () =>
      send(alice, {
        to: counter,
        gasLimit: 100_000n,
        type: 1,
        maxPriorityFeePerGas: 10n * gwei,
        accessList: [{ address: counter, storageKeys: [word(0n)] }],
      }),
    () => send(carol, { to: counter, gasLimit: 100_000n, data: Uint8Array.of(1, 2, 3) }),
    () => send(carol, { to: made(1n), gasLimit: 60_000n }),
    () => send(carol, { to: made(3n), gasLimit: 200_000n }),
  );
  await block(
    () => send(carol, { to: made(0n), gasLimit: 60_000n }),
    // The contract made here destroys itself in its own init code: it leaves nothing, and burns nothing.
    () => send(carol, { to: made(2n), gasLimit: 300_000n, value: 11n, data: selfDestructing }),
    () => send(carol, { to: made(2n), gasLimit: 300_000n, value: 13n, data: initCodeFor(counterCode) }),
    () => send(carol, { to: hexAddress(0x57a7), gasLimit: 100_000n }),
  );
  const delegation = signAuthorization({ chainId: 1337n, address: counter, nonce: 0n }, new Uint8Array(32).fill(99));
  const spoiled = signAuthorization({ chainId: 9n, address: counter, nonce: 0n }, carol.privateKey);
  await block(() => send(bob, { type: 4, to: delegation.authority, gasLimit: 200_000n, authorizationList: [delegation, spoiled] }));
  await block(
    () => send(alice, { type: 3, to: bob.address, value: 1n, maxFeePerBlobGas: gwei, blobVersionedHashes: [blob, blob] }),
    () => send(alice, { to: precompile(2), data: concatBytes(word(1n), word(2n)), gasLimit: 60_000n }),
    () => send(alice, { to: precompile(1), value: 3n, gasLimit: 60_000n }),
  );
  await block(
    () => dev.setBalance(carol.address, 2n * ether),
    () => dev.setCode(hexAddress(0xc0de), counterCode),
    () => dev.setStorageAt(hexAddress(0xc0de), word(0n), word(100n)),
    () => dev.setNonce(hexAddress(0xc0de), 1n),
    () => send(carol, { to: hexAddress(0xc0de), gasLimit: 100_000n }),
  );
  dev.impersonate(hexAddress(0xc0de));
  dev.setNextBlockBaseFee(3n * gwei);
  dev.setNextPrevRandao(word(0xabcdn));
  await block(
    () => dev.setBalance(hexAddress(0xc0de), ether),
    () => dev.submitUnsigned({ from: hexAddress(0xc0de), to: alice.address, value: 17n, gas: 21_000n }),
    () => send(carol, { to: made(3n), gasLimit: 200_000n }),
  );
  const id = await dev.snapshot();
  await block(() => send(alice, { to: bob.address, value: ether }));
  await dev.revert(id);
  nonces.set(alice.address, (nonces.get(alice.address) as bigint) - 1n);
  await block(() => send(alice, { to: carol.address, value: ether }));
  await dev.mine(3, 0n);
  return chain;
}

function hexAddress(number: number): Address {
  return word(BigInt(number)).slice(12) as Address;
}

const precompile = hexAddress;
