import { concatBytes, emptyBytes, keccak256, type Address, type ExecutionResult } from "@trireme/core";
import { testBlock, testTransaction } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { componentWat, coreType } from "../test/component-wat.ts";
import { answerOf, dataAt, linkedProgram, runComponent, u32 } from "../test/run-component.ts";
import { createStylusMachine, testTime, wallet, word, type StylusMachine } from "../test/stylus-machine.ts";
import { contractWorld } from "./contract-world.ts";

const failure = { kind: "revert", output: emptyBytes };
const echo = "(call $ok (local.get $input) (local.get $length))";
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe("the host interface", () => {
  const input = bytes(1, 2, 3);
  const value = 0x0102030405060708n;

  it.each<readonly [string, (program: Address) => Uint8Array | bigint | number]>([
    ["sender", () => wallet],
    ["value", () => word(value)],
    ["self-address", (program) => program],
    ["tx-origin", () => wallet],
    ["tx-gas-price", () => word(testTransaction.gasPrice)],
    ["block-base-fee", () => word(testBlock.baseFeePerGas)],
    ["block-coinbase", () => testBlock.coinbase],
    ["block-number", () => testBlock.number],
    ["block-timestamp", () => testTime],
    ["block-gas-limit", () => testBlock.gasLimit],
    ["chain-id", () => testBlock.chainId],
    ["is-reentrant", () => 0n],
  ])("%s", (name, expected) => {
    const wit = contractWorld.functions[name] ?? "";
    const [type] = coreType(wit).results;
    const store = type === "i32" ? "i64.extend_i32_u" : "";
    const body =
      type === undefined
        ? `(call $${name} (i32.const 32)) (call $given)`
        : `(i64.store (i32.const 64) ${store === "" ? `(call $${name})` : `(${store} (call $${name}))`}) (call $ok (i32.const 64) (i32.const 8))`;
    const machine = createStylusMachine();
    const program = machine.deploy(linkedProgram(componentWat(body)));
    const result = machine.call(program, { value, input });
    const wanted = expected(program);
    expect(answerOf(result)).toEqual(["success", wanted instanceof Uint8Array ? wanted : littleEndian(BigInt(wanted))]);
  });

  it("keccak256, balance, code-size, code-hash", () => {
    const machine = createStylusMachine();
    const hash = "(call $keccak256 (local.get $input) (local.get $length) (i32.const 32)) (call $given)";
    expect(answerOf(runComponent(hash, { input }, {}, machine))).toEqual(["success", keccak256(input)]);
    const of = (name: string): ExecutionResult =>
      runComponent(`(call $${name} (local.get $input) (i32.const 20) (i32.const 32)) (call $given)`, { input: wallet }, {}, machine);
    expect(answerOf(of("balance"))).toEqual(["success", word(machine.host.getBalance(wallet))]);
    expect(answerOf(of("code-hash"))).toEqual(["success", machine.host.getCodeHash(wallet)]);
    const other = machine.deploy(linkedProgram(componentWat(echo)));
    const size = "(i32.store (i32.const 64) (call $code-size (local.get $input) (i32.const 20))) (call $ok (i32.const 64) (i32.const 8))";
    expect(answerOf(runComponent(size, { input: other }, {}, machine))).toEqual([
      "success",
      littleEndian(BigInt(machine.host.getCode(other).length)),
    ]);
  });

  it("gas-left goes down", () => {
    const body = `(local $before i64) (local.set $before (call $gas-left))
      (i64.store (i32.const 64) (i64.sub (local.get $before) (call $gas-left))) (call $ok (i32.const 64) (i32.const 8))`;
    // 8400 for the second reading and 6535 for the instructions between them: 1 or 2 gas, as the floors fall.
    expect(["1", "2"]).toContain(String(numberIn(runComponent(body))));
  });

  it.each([0, 1, 2, 3, 4])("log with %d topics", (count) => {
    const topics = Array.from({ length: count }, (_, index) => new Uint8Array(32).fill(index + 1));
    const list = topics.map((_, index) => concatBytes(u32(256 + 40 * index), u32(32)));
    const more = [...topics.map((topic, index) => dataAt(256 + 40 * index, topic)), dataAt(64, concatBytes(...list))].join(" ");
    const machine = createStylusMachine();
    const program = machine.deploy(
      linkedProgram(
        componentWat(
          `(call $log (i32.const 64) (i32.const ${count}) (local.get $input) (local.get $length)) (call $ok (i32.const 0) (i32.const 0))`,
          { more },
        ),
      ),
    );
    expect(machine.call(program, { input })).toMatchObject({ kind: "success" });
    expect(machine.host.logs).toEqual([{ address: program, topics, data: input }]);
    expect(machine.call(program, { input, isStatic: true })).toMatchObject(failure);
  });

  it("no fifth topic, and no topic of another length", () => {
    const log = (count: number, length: number): ExecutionResult =>
      runComponent(
        `(call $log (i32.const 64) (i32.const ${count}) (i32.const 0) (i32.const 0)) (call $ok (i32.const 0) (i32.const 0))`,
        {},
        {
          more: dataAt(64, concatBytes(...[1, 2, 3, 4, 5].map(() => concatBytes(u32(256), u32(length))))),
        },
      );
    expect([log(4, 32).kind, log(5, 32), log(1, 31), log(0xfffffff, 32)]).toMatchObject(["success", failure, failure, failure]);
  });
});

describe("storage", () => {
  // The first byte of the input says what: 0 gives slot 0; 1 writes the word behind it; 2 writes it and reverts.
  const set = "(call $storage-set (i32.const 512) (i32.const 32) (i32.add (local.get $input) (i32.const 1)) (i32.const 32))";
  const get = "(call $storage-get (i32.const 512) (i32.const 32) (i32.const 32))";
  const body = `(local $what i32) (local.set $what (i32.load8_u (local.get $input)))
    (if (i32.eqz (local.get $what)) (then ${get} (return (call $given))))
    ${set} (if (i32.eq (local.get $what) (i32.const 2)) (then (return (call $err (i32.const 0) (i32.const 0)))))
    (call $ok (i32.const 0) (i32.const 0))`;
  const write = (what: number, content: bigint): Uint8Array => concatBytes(bytes(what), word(content));
  const slot = (machine: StylusMachine, program: Address): Uint8Array => machine.host.getStorage(program, new Uint8Array(32));

  it("is written by success and not by an error", () => {
    const machine = createStylusMachine();
    const program = machine.deploy(linkedProgram(componentWat(body)));
    expect(machine.call(program, { input: write(2, 5n) }).kind).toBe("revert");
    expect(slot(machine, program)).toEqual(word(0n));
    expect(machine.call(program, { input: write(1, 5n) }).kind).toBe("success");
    expect(slot(machine, program)).toEqual(word(5n));
    expect(answerOf(machine.call(program, { input: bytes(0) }))).toEqual(["success", word(5n)]);
    expect(answerOf(machine.call(program, { input: bytes(0), isStatic: true }))).toEqual(["success", word(5n)]);
    expect(machine.call(program, { input: write(1, 6n), isStatic: true })).toMatchObject(failure);
  });

  // Writes 7, calls itself with the input's rest, and gives what the slot holds then.
  const outer = (
    call: string,
  ): string => `(if (i32.ne (i32.load8_u (local.get $input)) (i32.const 9)) (then (return (call $inner (local.get $input)))))
    (call $storage-set (i32.const 512) (i32.const 32) (i32.const 544) (i32.const 32))
    (call $self-address (i32.const 32)) (local.set $self (i32.load (i32.const 32)))
    ${call} (if (i32.load8_u (i32.const 32)) (then (return (call $answered))))
    (if (i32.eqz (i32.load8_u offset=1 (local.get $input))) (then (return (call $answered)))) ${get} (call $given)`;
  const nested = (name: string, more: string): string =>
    componentWat(
      `(local $self i32) ${outer(`(call $${name} (local.get $self) (i32.const 20) (i32.add (local.get $input) (i32.const 1)) (i32.sub (local.get $length) (i32.const 1)) ${more} (i64.const -1) (i32.const 32))`)}`,
      {
        more: `${dataAt(544, word(7n))} (func $inner (param $input i32) (result i32) ${body})`,
      },
    );

  it.each([
    ["call", "(i32.const 512) (i32.const 32)"],
    ["delegate-call", ""],
    ["static-call", ""],
  ])("is there for a %s, and what that writes is seen after it", (name, more) => {
    const machine = createStylusMachine();
    const program = machine.deploy(linkedProgram(nested(name, more)));
    expect(answerOf(machine.call(program, { input: bytes(9, 0) }))).toEqual(["success", word(7n)]);
    const after = machine.call(program, { input: concatBytes(bytes(9), write(1, 8n)) });
    if (name === "static-call") expect(after).toMatchObject(failure);
    else expect(answerOf(after)).toEqual(["success", word(8n)]);
    expect(slot(machine, program)).toEqual(word(name === "static-call" ? 7n : 8n));
  });

  it("that is transient goes with the transaction", () => {
    const machine = createStylusMachine();
    const program = machine.deploy(
      linkedProgram(
        componentWat(`(if (local.get $length) (then (call $transient-set (i32.const 512) (i32.const 32) (local.get $input) (local.get $length))))
          (call $transient-get (i32.const 512) (i32.const 32) (i32.const 32)) (call $given)`),
      ),
    );
    expect(answerOf(machine.call(program, { input: word(3n) }))).toEqual(["success", word(3n)]);
    expect(answerOf(machine.call(program))).toEqual(["success", word(3n)]);
    expect(machine.call(program, { input: word(3n), isStatic: true })).toMatchObject(failure);
    machine.nextTransaction();
    expect(answerOf(machine.call(program))).toEqual(["success", word(0n)]);
  });
});

describe("calls", () => {
  const calling = componentWat(
    `(call $call (local.get $input) (i32.const 20) (i32.add (local.get $input) (i32.const 20)) (i32.sub (local.get $length) (i32.const 20))
    (i32.const 512) (i32.const 32) (i64.const -1) (i32.const 32)) (call $answered)`,
    { more: dataAt(512, word(5n)) },
  );

  it("give what the callee returned or reverted with, and send value", () => {
    const machine = createStylusMachine();
    const caller = machine.deploy(linkedProgram(calling));
    const answers = machine.deploy(linkedProgram(componentWat(echo)));
    const refuses = machine.deploy(linkedProgram(componentWat("(call $err (local.get $input) (local.get $length))")));
    const traps = machine.deploy(linkedProgram(componentWat("unreachable")));
    const call = (target: Address, value = 5n): unknown =>
      answerOf(machine.call(caller, { input: concatBytes(target, bytes(1, 2, 3)), value }));
    expect(call(answers)).toEqual(["success", bytes(1, 2, 3)]);
    expect(call(refuses)).toEqual(["revert", bytes(1, 2, 3)]);
    expect(call(traps)).toEqual(["revert", emptyBytes]);
    // No wei to send.
    expect(call(answers, 0n)).toEqual(["revert", emptyBytes]);
    expect([answers, refuses].map((account) => machine.host.getBalance(account))).toEqual([5n, 0n]);
  });
});

describe("deployments", () => {
  it.each([
    ["create", ""],
    ["create2", "(i32.const 544) (i32.const 32)"],
  ])("%s gives an error where it fails, and fails in a static frame", (name, salt) => {
    const body = (length: number): string =>
      `(call $${name} (local.get $input) (local.get $length) (i32.const 512) (i32.const ${length}) ${salt} (i32.const 32)) (call $answered)`;
    const parts = { more: dataAt(512, word(5n)) };
    // It has no wei to send. What succeeds is tested where there is an EVM: by the command.
    expect(answerOf(runComponent(body(32), { input: bytes(1) }, parts))).toEqual(["revert", emptyBytes]);
    expect(runComponent(body(32), { input: bytes(1), isStatic: true }, parts)).toMatchObject(failure);
    expect(runComponent(body(31), { input: bytes(1) }, parts)).toMatchObject(failure);
  });
});

describe("what the canonical ABI refuses is a trap", () => {
  const word32 = "(i32.const 512) (i32.const 32)";
  it.each([
    ["a word of 31 bytes", "(call $storage-get (i32.const 512) (i32.const 31) (i32.const 32)) (call $given)", {}],
    ["a word of 2^32 - 1 bytes", `(call $storage-set ${word32} (i32.const 512) (i32.const -1)) (call $ok (i32.const 0) (i32.const 0))`, {}],
    ["an address of 32 bytes", `(call $balance ${word32} (i32.const 32)) (call $given)`, {}],
    ["a word that is not in memory", "(call $storage-get (i32.const 65505) (i32.const 32) (i32.const 32)) (call $given)", {}],
    ["data that are not in memory", "(call $keccak256 (i32.const 65000) (i32.const 1000) (i32.const 32)) (call $given)", {}],
    ["a return area that is not aligned", "(call $sender (i32.const 33)) (call $ok (i32.const 0) (i32.const 0))", {}],
    ["a return area that is not in memory", "(call $sender (i32.const 65532)) (call $ok (i32.const 0) (i32.const 0))", {}],
    [
      "a call's return area at the end of the address space",
      `(call $static-call (i32.const 512) (i32.const 20) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const -8)) (call $ok (i32.const 0) (i32.const 0))`,
      {},
    ],
    ["a result that is not aligned", "(drop (call $ok (i32.const 0) (i32.const 0))) (i32.const 2)", {}],
    ["a result that is not in memory", "(i32.const 65536)", {}],
    ["a result whose bytes are not in memory", "(call $ok (i32.const 65535) (i32.const 2))", {}],
    ["a result that is neither ok nor error", "(i32.store8 (i32.const 0) (i32.const 2)) (i32.const 0)", {}],
    ["no memory for the input", echo, { realloc: '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))' }],
    [
      "memory for the input that is not there",
      echo,
      { realloc: '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65535))' },
    ],
    ["an allocator that traps", echo, { realloc: '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)' }],
  ])("%s", (_, body, parts) => {
    expect(runComponent(body, { input: bytes(1, 2) }, parts)).toMatchObject(failure);
  });

  it("but nothing may lie at 0", () => {
    const parts = { realloc: '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))' };
    expect(answerOf(runComponent("(call $ok (i32.const 0) (i32.const 0))", {}, parts))).toEqual(["success", emptyBytes]);
  });
});

function littleEndian(value: bigint): Uint8Array {
  const content = new Uint8Array(8);
  new DataView(content.buffer).setBigUint64(0, value, true);
  return content;
}

function numberIn(result: ExecutionResult): bigint {
  if (result.kind !== "success") throw new Error(`expected success, got ${result.kind}`);
  return new DataView(result.output.buffer, result.output.byteOffset).getBigUint64(0, true);
}
