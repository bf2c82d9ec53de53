// A Stylus program from transactions alone, as cargo-stylus deploys one: init code, activation with value, calls; and all of it replayed.
import { bytesToBigint, concatBytes, createAddress, hexToBytes, keccak256 } from "@trireme/core";
import { evm } from "@trireme/evm";
import { createMemoryDatabase } from "@trireme/state";
import { stylusCode, stylusWat } from "@trireme/testing";
import { arbWasmAddress, wasm } from "@trireme/wasm";
import createWabt from "wabt";
import { expect, it } from "vitest";
import { alice, createTestChain, ether, hex, signed, submitted, testDefinition, word } from "../chain-fixture.mts";
import { replayChain } from "../replay/replay-chain.ts";

const wabt = await createWabt();
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Adds one to slot 0, and emits the new value. */
const counter = stylusWat(`
  (call $storage_load_bytes32 (i32.const 0) (i32.const 32))
  (i32.store8 (i32.const 63) (i32.add (i32.load8_u (i32.const 63)) (i32.const 1)))
  (call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
  (call $storage_flush_cache (i32.const 0))
  (call $emit_log (i32.const 32) (i32.const 32) (i32.const 1))
  (call $write_result (i32.const 32) (i32.const 32)) (i32.const 0)`);

/** cargo-stylus' init code: PUSH32 length, DUP1, PUSH1 43, PUSH1 0, CODECOPY, PUSH1 0, RETURN, a byte 0, then the code. */
function initCode(code: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0x7f), word(BigInt(code.length)), hexToBytes("0x80602b6000396000f300"), code);
}

function codeOf(wat: string): Uint8Array {
  const module = wabt.parseWat("program.wat", wat);
  const { buffer } = module.toBinary({});
  module.destroy();
  return stylusCode(Uint8Array.from(buffer));
}

/** Calldata of `activateProgram`. */
function activation(program: Uint8Array): Uint8Array {
  return concatBytes(keccak256(text("activateProgram(address)")).slice(0, 4), new Uint8Array(12), program);
}

it("is deployed, activated and called by transactions, and replays to the same root", async () => {
  const options = { environments: [evm(), wasm()] };
  const database = createMemoryDatabase();
  const chain = await createTestChain(options, { database });
  const program = createAddress(alice.address, 0n);
  const gasLimit = 5_000_000n;
  const receiptOf = async (raw: Uint8Array) => chain.getReceipt(await submitted(chain, raw));

  const deployed = await receiptOf(signed(alice, { data: initCode(codeOf(counter)), gasLimit }));
  expect(deployed?.succeeded).toBe(true);

  const unactivated = await receiptOf(signed(alice, { to: program, nonce: 1n, gasLimit }));
  expect([unactivated?.succeeded, unactivated?.logs]).toEqual([false, []]);

  const activated = await receiptOf(signed(alice, { to: arbWasmAddress, nonce: 2n, value: ether, data: activation(program), gasLimit }));
  expect(activated?.succeeded).toBe(true);
  expect(activated?.logs.map(({ address, topics }) => [hex(address), hex(topics[0])])).toEqual([
    [hex(arbWasmAddress), hex(keccak256(text("ProgramActivated(bytes32,bytes32,address,uint256,uint16)")))],
  ]);

  for (const [nonce, expected] of [
    [3n, 1n],
    [4n, 2n],
  ] as const) {
    const called = await receiptOf(signed(alice, { to: program, nonce, gasLimit }));
    expect([called?.succeeded, called?.logs.map(({ address, topics }) => [hex(address), bytesToBigint(topics[0] as Uint8Array)])]).toEqual([
      true,
      [[hex(program), expected]],
    ]);
  }
  expect(await replayChain(testDefinition(options), database)).toEqual({ blocks: 6, difference: undefined });
});

/** Takes 1500 frames of its own, then calls itself with one less than its calldata's byte says. */
const diver = stylusWat(
  `(call $read_args (i32.const 0)) (call $contract_address (i32.const 32))
  (call $dive (i32.const 1500))`,
  new Uint8Array(0),
  `(func $dive (param $left i32) (result i32)
    (if (local.get $left) (then (return (call $dive (i32.sub (local.get $left) (i32.const 1))))))
    (if (i32.eqz (i32.load8_u (i32.const 0))) (then (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.sub (i32.load8_u (i32.const 0)) (i32.const 1)))
    (call $call_contract (i32.const 32) (i32.const 0) (i32.const 1) (i32.const 64) (i64.const -1) (i32.const 96)))`,
);

it("programs that take the whole stack of this thread run on a thread with a larger one", async () => {
  const options = { environments: [evm(), wasm()] };
  const chain = await createTestChain(options);
  const program = createAddress(alice.address, 0n);
  const gasLimit = 10_000_000n;
  const receiptOf = async (raw: Uint8Array) => chain.getReceipt(await submitted(chain, raw));
  await receiptOf(signed(alice, { data: initCode(codeOf(diver)), gasLimit }));
  await receiptOf(signed(alice, { to: arbWasmAddress, nonce: 1n, value: ether, data: activation(program), gasLimit }));
  const dived = await receiptOf(signed(alice, { to: program, nonce: 2n, data: Uint8Array.of(60), gasLimit }));
  expect([dived?.succeeded, (dived?.gasUsed ?? 0n) > 100_000n]).toEqual([true, true]);
});
