/** The golden chain across VMs: every direction, paths through all of them, failures, and both dialects in one block. */
import {
  addressFromHex,
  concatBytes,
  encodeDialectEnvelope,
  keccak256,
  toAddress,
  toPubkey,
  weiPerLamport,
  type Address,
  type Instruction,
} from "@trireme/core";
import { evm } from "@trireme/evm";
import type { Database } from "@trireme/state";
import { gatewayInput, relayInstruction } from "@trireme/testing";
import { encodeGatewayCall, minimumBalance, programIds, svm } from "@trireme/svm";
import { wasm } from "@trireme/wasm";
import type { Chain, ChainDevTools } from "../chain.ts";
import { alice, bob, ether, signed, submitted } from "../chain-fixture.mts";
import { createChain } from "../create-chain.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { defineChain } from "../definition/define-chain.ts";
import { budgetPrice, budgetUnits, systemCreate, writable, writableSigner, readonly } from "../execution/solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner, type SolanaSigner } from "../execution/solana-messages.mts";
import { evmCounter, evmRelay, relayed, svmCounter, svmRelayElf, wasmCounter, wasmRelay } from "./cross-vm-programs.mts";

const at = (last: string): Address => addressFromHex(`0x${"00".repeat(18)}${last}`);
/** Contracts of EVM and WASM. */
export const contracts = { evmRelay: at("ee01"), evmCounter: at("ee02"), wasmRelay: at("aa01"), wasmCounter: at("aa02") } as const;
const keys = { relay: solanaSigner(201).pubkey, counter: solanaSigner(202).pubkey } as const;
const gateway = addressFromHex("0x73766d0000000000000000000000000000000000");
const arbWasm = addressFromHex("0x0000000000000000000000000000000000000071");
const wallet = solanaSigner(1);
const account = solanaSigner(2);
/** The account in which the program counts. */
export const svmCount: Address = toAddress(account.pubkey);

/** The definition; its genesis hash is the first entry of the golden file. */
export const crossVmDefinition: ChainDefinition = defineChain({
  chainId: 1337,
  hardfork: "osaka",
  environments: [
    evm(),
    wasm(),
    svm({
      programs: [
        { id: keys.relay, elf: svmRelayElf, loader: 2 },
        { id: keys.counter, elf: svmCounter, loader: 2 },
      ],
    }),
  ],
  mining: { kind: "manual" },
  dev: true,
  genesis: {
    timestamp: 1_700_000_000n,
    accounts: [
      ...[alice.address, bob.address, toAddress(wallet.pubkey)].map((address) => ({ address, balance: 1000n * ether })),
      { address: contracts.evmRelay, code: evmRelay, nonce: 1 },
      { address: contracts.evmCounter, code: evmCounter, nonce: 1 },
      { address: contracts.wasmRelay, code: wasmRelay, nonce: 1 },
      { address: contracts.wasmCounter, code: wasmCounter, nonce: 1 },
    ],
  },
});

const none = new Uint8Array(0);
/** Counts one. */
const count: Instruction = { program: keys.counter, accounts: [writable(account.pubkey)], data: none };
/** Counts one, then fails. */
const fail: Instruction = { ...count, data: Uint8Array.of(1) };
/** Through EVM and WASM to a program. */
const onwards = (last: Instruction): Uint8Array => relayed(contracts.wasmRelay, relayed(gateway, gatewayInput(last)));
/** From a program through the EVM and WASM to a program: nobody signs, so that its stand-in speaks. */
const throughAll = (last: Instruction): Instruction => relayInstruction(keys.relay, toPubkey(contracts.evmRelay), [], onwards(last));

/** Runs the script on a database, one block a step, and gives the chain. */
export async function playCrossVmChain(database: Database): Promise<Chain> {
  let seconds = 1_700_000_000;
  const chain = await createChain(crossVmDefinition, { database, now: () => seconds * 1000 });
  const dev = chain.dev as ChainDevTools;
  let nonce = 0n;
  const send = async (to: Address, data: Uint8Array = none, value = 0n, gasLimit = 3_000_000n): Promise<unknown> =>
    submitted(chain, signed(alice, { nonce: nonce++, to, data, value, gasLimit }));
  const sendSolana = async (instruction: Instruction, ...signers: readonly SolanaSigner[]): Promise<unknown> => {
    const instructions = [budgetUnits(1_000_000), budgetPrice(3_000_000n), instruction];
    const message = compileInstructions(wallet.pubkey, instructions, chain.head.hash);
    const payload = signSolanaMessage(message, [wallet, ...signers]);
    return submitted(chain, encodeDialectEnvelope({ dialect: "solana", payload }));
  };
  const block = async (...steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
    for (const step of steps) await step();
    seconds += 12;
    await dev.mine();
  };
  const payer = writableSigner(wallet.pubkey);
  const fromSvm = (to: Address, data: Uint8Array = none) => relayInstruction(keys.relay, toPubkey(to), [payer], data);

  await block(
    () => send(arbWasm, activation(contracts.wasmRelay), ether, 10_000_000n),
    () => send(arbWasm, activation(contracts.wasmCounter), ether, 10_000_000n),
    () => sendSolana(systemCreate(wallet.pubkey, account.pubkey, minimumBalance(8), 8, keys.counter), account),
  );
  for (const relay of [contracts.evmRelay, contracts.wasmRelay]) {
    await block(
      () => send(relay, relayed(contracts.evmCounter)),
      () => send(relay, relayed(contracts.wasmCounter)),
      () => send(relay, relayed(gateway, gatewayInput(count))),
    );
  }
  await block(
    () => sendSolana(fromSvm(contracts.evmCounter)),
    () => sendSolana(fromSvm(contracts.wasmCounter)),
    () => sendSolana(relayInstruction(keys.relay, keys.counter, count.accounts, none)),
  );
  // Two rounds through all VMs; the last program counts, or fails and all is undone.
  await block(
    () => send(contracts.wasmRelay, relayed(gateway, gatewayInput(throughAll(count)))),
    () => send(contracts.wasmRelay, relayed(gateway, gatewayInput(throughAll(fail)))),
    () => sendSolana(fromSvm(contracts.evmRelay, onwards(count))),
    () => sendSolana(fromSvm(contracts.evmRelay, onwards(fail))),
  );
  const called = (value: bigint, isTry: boolean, input: Uint8Array, to = contracts.evmCounter): Instruction => ({
    program: programIds.callGateway,
    accounts: [readonly(toPubkey(to)), payer],
    data: encodeGatewayCall({ isTry, isStatic: false, gasLimit: 200_000n, value, input }),
  });
  // Wallets of Solana at contracts, with value, as a try that fails, and without one.
  await block(
    () => sendSolana({ program: toPubkey(contracts.wasmCounter), accounts: [payer], data: none }),
    () => sendSolana(called(5n * weiPerLamport + 3n, false, none)),
    () => sendSolana(called(7n, true, Uint8Array.of(1, 2, 3))),
    () => sendSolana(called(7n, false, Uint8Array.of(1, 2, 3))),
    () => send(bob.address, none, 1n, 21_000n),
  );
  // What the message lists read-only stays as it is, whoever is called (rules 6 and 7).
  await block(
    () =>
      sendSolana({
        program: keys.relay,
        accounts: [readonly(programIds.callGateway), readonly(toPubkey(contracts.evmRelay)), payer, readonly(account.pubkey)],
        data: encodeGatewayCall({ isTry: false, isStatic: false, gasLimit: undefined, value: 0n, input: onwards(count) }),
      }),
    () => send(contracts.evmRelay, onwards(count)),
  );
  return chain;
}

function activation(program: Address): Uint8Array {
  return concatBytes(keccak256(new TextEncoder().encode("activateProgram(address)")).subarray(0, 4), new Uint8Array(12), program);
}
