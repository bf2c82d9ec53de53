/** An EVM on the model host, with contracts to call. */
import { addressFromHex, type Address, type CallMessage, type CreateMessage, type ExecutionEnvironment } from "@trireme/core";
import { createModelHost, type ModelHost, type ModelHostOptions, assembleEvm, type EvmPart } from "@trireme/testing";
import { createEvm } from "../create-evm.ts";

/** A wallet with an ether. */
export const alice = addressFromHex("0x00000000000000000000000000000000a11ce000");
/** Where `deploy` puts the first contract when nothing is said. */
export const target = addressFromHex("0x000000000000000000000000000000000000c0de");
export const other = addressFromHex("0x000000000000000000000000000000000000beef");

/** One EVM for all tests of a file: its engines are reused, as on a chain. */
export const evm: ExecutionEnvironment = createEvm();

/** A host with alice on it. */
export function createHost(options: Partial<ModelHostOptions> = {}): ModelHost {
  const { environments = [], ...rest } = options;
  const host = createModelHost({ environments: [evm, ...environments], ...rest });
  host.setBalance(alice, 10n ** 18n);
  return host;
}

/** Puts a contract at an address. */
export function deploy(host: ModelHost, address: Address, ...parts: readonly EvmPart[]): void {
  host.setCode(address, assembleEvm(...parts));
}

/** A call by alice of `target` with a million gas. */
export function callOf(fields: Partial<CallMessage> = {}): CallMessage {
  const recipient = fields.recipient ?? target;
  return {
    kind: "call",
    scheme: "call",
    sender: alice,
    recipient,
    codeAddress: recipient,
    value: 0n,
    input: new Uint8Array(0),
    gas: 1_000_000n,
    depth: 0,
    isStatic: false,
    ...fields,
  };
}

/** A create by alice at `target` with a million gas. */
export function createOf(initCode: Uint8Array, fields: Partial<CreateMessage> = {}): CreateMessage {
  return {
    kind: "create",
    scheme: "create",
    sender: alice,
    recipient: target,
    value: 0n,
    initCode,
    gas: 1_000_000n,
    depth: 0,
    isStatic: false,
    ...fields,
  };
}

/** A number as a word. */
export function word(value: bigint | number): Uint8Array {
  const bytes = new Uint8Array(32);
  let rest = BigInt(value);
  for (let index = 31; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
