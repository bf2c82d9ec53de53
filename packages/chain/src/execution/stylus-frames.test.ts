// What Arbitrum's EVM and its programs know of each other's frames: who has entered again, whose account may destroy itself.
import {
  addressFromHex,
  bytesToBigint,
  emptyBytes,
  outputOf,
  type Address,
  type BlockContext,
  type CallMessage,
  type ExecutionResult,
} from "@trireme/core";
import { createEvm } from "@trireme/evm";
import { createHost } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { assembleEvm, createWasmKit, destination, stylusCode, stylusWat, testBlock, testTransaction, type EvmPart } from "@trireme/testing";
import { createWasm } from "@trireme/wasm";
import createWabt from "wabt";
import { expect, it } from "vitest";

const { reader } = createWorldState({ database: createMemoryDatabase() });
const wabt = await createWabt();
const wallet = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
const program = addressFromHex("0x1111111111111111111111111111111111111111");
const proxy = addressFromHex("0x2222222222222222222222222222222222222222");
const relay = addressFromHex("0x3333333333333333333333333333333333333333");

function bytesFromWat(text: string): Uint8Array {
  const module = wabt.parseWat("test.wat", text);
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

function createWorld(block: BlockContext = testBlock) {
  const journal = createJournal(reader);
  journal.beginTransaction();
  const wasm = createWasm();
  const host = createHost({ journal, environments: [createEvm(), wasm], block, transaction: { ...testTransaction } });
  const kit = createWasmKit({ createEnvironment: () => wasm, bytesFromWat });
  return {
    host,
    install: (address: Address, wat: string): void => kit.install?.(host, address, stylusCode(bytesFromWat(wat))),
    deploy: (address: Address, ...parts: readonly EvmPart[]): void => host.setCode(address, assembleEvm(...parts)),
    call: (recipient: Address, part: Partial<CallMessage> = {}): ExecutionResult =>
      host.call({
        kind: "call",
        scheme: "call",
        sender: wallet,
        recipient,
        codeAddress: recipient,
        value: 0n,
        input: emptyBytes,
        gas: 10_000_000n,
        depth: 0,
        isStatic: false,
        ...part,
      }),
  };
}

/** Answers with its own `msg_reentrant`, then with what `relay` answers; ends there on empty calldata. */
const asksAndCalls = stylusWat(
  `(i32.store8 (i32.const 131) (call $msg_reentrant))
  (if (i32.eqz (local.get $len)) (then (call $write_result (i32.const 131) (i32.const 1)) (return (i32.const 0))))
  (drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))
  (drop (call $read_return_data (i32.const 132) (i32.const 0) (i32.const 31)))
  (call $write_result (i32.const 131) (i32.const 2)) (i32.const 0)`,
  relay,
);

it("msg_reentrant counts the frames of EVM code that lends its account to a program", () => {
  const { install, deploy, call } = createWorld();
  install(program, asksAndCalls);
  const returnAll: readonly EvmPart[] = ["POP", "RETURNDATASIZE", 0, 0, "RETURNDATACOPY", "RETURNDATASIZE", 0, "RETURN"];
  // An upgradeable contract: its calldata goes on to the program, by delegate call.
  deploy(proxy, "CALLDATASIZE", 0, 0, "CALLDATACOPY", 0, 0, "CALLDATASIZE", 0, program, "GAS", "DELEGATECALL", ...returnAll);
  const enter = (target: Address): EvmPart[] => [0, 0, 0, 0, 0, target, "GAS", "CALL", ...returnAll];
  const input = Uint8Array.of(1);
  const seen = (target: Address): number[] => {
    deploy(relay, ...enter(target));
    return [...outputOf(call(proxy, { input }))];
  };
  // Again through the proxy, which is on the stack; or straight to the program, which is not.
  expect([seen(proxy), seen(program)]).toEqual([
    [0, 1],
    [0, 0],
  ]);
  // The program itself is called, calls the relay, and is called again.
  expect([...outputOf(call(program, { input }))]).toEqual([0, 1]);
  // A static call counts, a delegate call of the proxy's own code does not.
  deploy(relay, 0, 0, 0, 0, proxy, "GAS", "STATICCALL", ...returnAll);
  expect([...outputOf(call(proxy, { input }))]).toEqual([0, 1]);
  deploy(relay, 0, 0, 0, 0, program, "GAS", "DELEGATECALL", ...returnAll);
  expect([...outputOf(call(proxy, { input }))]).toEqual([0, 0]);
});

it("an account whose code is a program cannot destroy itself with EVM code that it borrows; other frames go on", () => {
  const { host, install, deploy, call } = createWorld();
  deploy(relay, 7, 0, "SSTORE", wallet, "SELFDESTRUCT", ...destination("never"));
  // Answers with the status of the delegate call: 0 for success.
  install(
    program,
    stylusWat(
      `(i32.store8 (i32.const 131) (call $delegate_call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 100000) (i32.const 64)))
      (i32.store8 (i32.const 132) (i32.load (i32.const 64)))
      (call $write_result (i32.const 131) (i32.const 2)) (i32.const 0)`,
      relay,
    ),
  );
  host.setBalance(wallet, 100n);
  const result = call(program, { value: 9n });
  // Status 2 without data: a revert, which leaves the gas that the frame did not spend.
  expect([...outputOf(result)]).toEqual([2, 0]);
  expect(result.kind === "success" && 10_000_000n - result.gasLeft < 60_000n).toBe(true);
  expect([host.getBalance(program), bytesToBigint(host.getStorage(program, new Uint8Array(32))), host.isDestroyed(program)]).toEqual([
    9n,
    0n,
    false,
  ]);
  // The same code on behalf of an EVM contract does what it does everywhere.
  deploy(proxy, 0, 0, 0, 0, relay, "GAS", "DELEGATECALL");
  call(proxy, { value: 4n });
  expect([host.getBalance(proxy), host.getBalance(wallet), bytesToBigint(host.getStorage(proxy, new Uint8Array(32)))]).toEqual([
    0n,
    100n - 9n,
    7n,
  ]);
});
