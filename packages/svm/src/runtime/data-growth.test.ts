// How much account data a transaction has grown is undone with the frames that grew it, whichever VM's they are (law 2).
import { bigintToBytes, concatBytes, toPubkey } from "@trireme/core";
import { toyOps } from "@trireme/testing";
import { expect, it } from "vitest";
import { selectorOf } from "../gateway/abi-writer.ts";
import { gatewayAddress } from "../gateway/gateway-address.ts";
import { contract, createContractWorld, instructionOf, mutatorProgram, other, payer, sol } from "../test/contract-world.mts";
import { writable, writableSigner } from "../test/token-instructions.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { knownTransactionState } from "./transaction-state.ts";

const account = testSigner(62).pubkey;
const word = (value: number): Uint8Array => bigintToBytes(BigInt(value), 32);

/** Calldata for the SVM gateway: the account gets so many bytes. */
function resizeTo(length: number): Uint8Array {
  const heads = [mutatorProgram, word(0x60), word(0x60 + 32 + 96), word(1), account, word(0), word(1), word(3)];
  return concatBytes(
    selectorOf("invoke(bytes32,(bytes32,bool,bool)[],bytes)"),
    ...heads,
    Uint8Array.of(2, length & 0xff, length >> 8),
    new Uint8Array(29),
  );
}

it.each([
  ["stands", 5_000, toyOps.stop(), 4_000],
  ["is reverted: what grew", 5_000, toyOps.revert(), 0],
  ["is reverted: what shrank", 10, toyOps.revert(), 0],
])("a call of a contract that resizes an account %s", (_, length, end, growth) => {
  const world = createContractWorld();
  world.setData(account, mutatorProgram, sol, 1_000);
  world.deploy(contract, toyOps.push(resizeTo(length)), toyOps.call({ target: gatewayAddress }), toyOps.bubble(), end);
  world.deploy(other, toyOps.stop());
  const call = { accounts: [writableSigner(payer), { ...writable(account), dataLength: 1_000 }], gateway: { isTry: true } };
  const again = { accounts: [writableSigner(payer)], target: toPubkey(other) };
  expect(world.send(payer, [instructionOf(call), instructionOf(again)]).result.kind).toBe("success");
  expect(knownTransactionState(world.host.transaction)?.dataGrowth).toBe(growth);
});
