// Contracts of both VMs in one state: what a call costs across, whose storage a delegate call writes, who may deploy what.
import {
  addressFromHex,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  createAddress,
  hexToBytes,
  type Address,
  type CallMessage,
  type Host,
} from "@trireme/core";
import { createEvm } from "@trireme/evm";
import { createHost } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { createWasmKit, stylusCode, stylusWat, testBlock, testTransaction } from "@trireme/testing";
import { createWasm } from "@trireme/wasm";
import createWabt from "wabt";
import { expect, it } from "vitest";

const { reader } = createWorldState({ database: createMemoryDatabase() });
const wabt = await createWabt();
const wallet = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
const program = addressFromHex("0x1111111111111111111111111111111111111111");
const contract = addressFromHex("0x2222222222222222222222222222222222222222");
const key = new Uint8Array(32);
const value = new Uint8Array(32).fill(7);

function bytesFromWat(text: string): Uint8Array {
  const module = wabt.parseWat("test.wat", text);
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

function createWorld() {
  const journal = createJournal(reader);
  journal.beginTransaction();
  const wasm = createWasm({ parameters: { arbosVersion: 51 } });
  const host = createHost({ journal, environments: [createEvm(), wasm], block: testBlock, transaction: { ...testTransaction } });
  const kit = createWasmKit({ createEnvironment: () => wasm, bytesFromWat });
  const install = (address: Address, wat: string): void => kit.install?.(host, address, stylusCode(bytesFromWat(wat)));
  const call = (target: Address, part: Partial<CallMessage> = {}) => {
    const input = new Uint8Array(0);
    const common = { kind: "call", scheme: "call", sender: wallet, value: 0n, gas: 10_000_000n, depth: 0, isStatic: false } as const;
    return host.call({ ...common, recipient: target, codeAddress: target, input, ...part });
  };
  const nextTransaction = (): void => {
    journal.endTransaction();
    journal.beginTransaction();
  };
  return { host, install, call, nextTransaction };
}

/** What `key` holds in an account. */
const slot = (host: Host, address: Address): bigint => bytesToBigint(host.getStorage(address, key));

it("a call of a cold EVM contract that spends 221 gas costs 28,325,955 ink, as nitro's own test states", () => {
  const { host, install, call } = createWorld();
  host.setCode(contract, new Uint8Array(221).fill(0x5b)); // JUMPDEST: 1 gas each
  install(
    program,
    stylusWat(
      `(local $start i64)
      (local.set $start (call $evm_ink_left))
      (drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 100)))
      (i64.store (i32.const 200) (i64.sub (local.get $start) (call $evm_ink_left)))
      (call $write_result (i32.const 200) (i32.const 8)) (i32.const 0)`,
      contract,
    ),
  );
  const result = call(program);
  const output = result.kind === "success" ? result.output : new Uint8Array(8);
  // Between the readings, beside the call: 2450 + 210 + 6 + 3800, 2450 + 9 + 1 + 75 + 3800, and 8400 for the second one.
  const instructions = 2450n + 210n + 6n + 3800n + 2450n + 9n + 1n + 75n + 3800n + 8400n;
  // 83,193 + 2 x 16,381 + (2600 + 221) gas
  expect(new DataView(output.buffer, output.byteOffset).getBigInt64(0, true) - instructions).toBe(28_325_955n);
});

it("storage is one: each writes the other's by delegate call", () => {
  const { host, install, call } = createWorld();
  const writer = stylusWat(
    "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32)) (call $storage_flush_cache (i32.const 0)) (i32.const 0)",
    concatBytes(key, value),
  );
  install(program, writer);
  // PUSH0 x 4, PUSH20 program, GAS, DELEGATECALL, PUSH0, SLOAD, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
  host.setCode(contract, concatBytes(hexToBytes("0x5f5f5f5f73"), program, hexToBytes("0x5af45f545f5260205ff3")));
  const read = call(contract);
  expect(read.kind === "success" && read.output).toEqual(value);
  expect([slot(host, contract), slot(host, program)]).toEqual([bytesToBigint(value), 0n]);

  const other = addressFromHex("0x3333333333333333333333333333333333333333");
  // PUSH1 9, PUSH0, SSTORE
  host.setCode(contract, hexToBytes("0x60095f55"));
  install(
    other,
    stylusWat("(call $delegate_call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 64))", contract),
  );
  expect(call(other).kind).toBe("success");
  expect([slot(host, other), slot(host, contract)]).toEqual([9n, bytesToBigint(value)]);
});

it("a program deploys EVM code and programs, but no other code that begins with EF", () => {
  const { host, install } = createWorld();
  const deploys = (code: Uint8Array): boolean => {
    // cargo-stylus' init code: PUSH32 length, DUP1, PUSH1 43, PUSH0-like 60 00, CODECOPY, PUSH1 0, RETURN, 00, then the code.
    const length = new Uint8Array(32);
    new DataView(length.buffer).setUint32(28, code.length);
    const initCode = concatBytes(Uint8Array.of(0x7f), length, hexToBytes("0x80602b6000396000f300"), code);
    const deployer = createAddress(wallet, BigInt(code.length));
    install(
      deployer,
      stylusWat(
        `(call $create1 (i32.const 0) (i32.const ${initCode.length}) (i32.const 2000) (i32.const 2100) (i32.const 2200)) (i32.const 0)`,
        initCode,
      ),
    );
    const nonce = host.getNonce(deployer);
    host.call({
      kind: "call",
      scheme: "call",
      sender: wallet,
      recipient: deployer,
      codeAddress: deployer,
      value: 0n,
      input: new Uint8Array(0),
      gas: 10_000_000n,
      depth: 0,
      isStatic: false,
    });
    return host.getCodeSize(createAddress(deployer, nonce)) === code.length;
  };
  const small = stylusCode(bytesFromWat(stylusWat("(i32.const 0)")));
  expect([deploys(hexToBytes("0x6001")), deploys(small), deploys(hexToBytes("0xef00ff")), deploys(hexToBytes("0xeff003aa"))]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it("writes cost and refund in WASM what they do in the EVM, whatever stood there", () => {
  const { host, install, call, nextTransaction } = createWorld();
  // Writes its input's first word, then its second, and empties the cache so that the second one is always written.
  install(
    program,
    stylusWat(`(call $read_args (i32.const 100))
      (call $storage_cache_bytes32 (i32.const 0) (i32.const 100)) (call $storage_flush_cache (i32.const 1))
      (call $storage_cache_bytes32 (i32.const 0) (i32.const 132)) (call $storage_flush_cache (i32.const 1)) (i32.const 0)`),
  );
  // PUSH0, CALLDATALOAD, PUSH0, SSTORE, PUSH1 32, CALLDATALOAD, PUSH0, SSTORE
  host.setCode(contract, hexToBytes("0x5f355f556020355f55"));
  const words = [0n, 1n, 2n].map((number) => bigintToBytes(number, 32));
  const differences = new Set<bigint>();
  for (const original of words) {
    for (const address of [program, contract]) host.setStorage(address, key, original);
    nextTransaction();
    for (const first of words) {
      for (const second of words) {
        const [ours, theirs] = [program, contract].map((address) => {
          const checkpoint = host.checkpoint();
          const result = call(address, { input: concatBytes(first, second) });
          host.revert(checkpoint);
          return result.kind === "success" ? { gas: 10_000_000n - result.gasLeft, refund: result.gasRefund } : undefined;
        });
        expect(ours?.refund).toBe(theirs?.refund);
        differences.add((ours?.gas ?? 0n) - (theirs?.gas ?? 0n));
      }
    }
  }
  expect(differences.size).toBe(1);
});
