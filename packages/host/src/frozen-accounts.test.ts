import {
  addressFromBytes,
  emptyBytes,
  outputOf,
  systemProgram,
  toPubkey,
  type Address,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Message,
} from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { createToyEnvironment, testBlock, testTransaction, toyOps, toyProgram } from "@trireme/testing";
import { expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [wallet, freezer, tolerant, victim, inner] = [0x41, 0x42, 0x43, 0x44, 0x45].map(address) as [
  Address,
  Address,
  Address,
  Address,
  Address,
];
const key = new Uint8Array(32).fill(3);
const freezerPrefix = Uint8Array.of(0xef, 0x66);

function callTo(target: Address, from: Address, part: Partial<Message & { kind: "call" }> = {}): Message & { kind: "call" } {
  return {
    kind: "call",
    scheme: "call",
    sender: from,
    recipient: target,
    codeAddress: target,
    value: 0n,
    input: emptyBytes,
    gas: 1_000_000n,
    depth: 0,
    isStatic: false,
    ...part,
  };
}

/** Plays an SVM program: makes one call with frozen accounts, keeps what came of it, writes, and ends well. */
function createFreezer(
  prefix: Uint8Array,
  target: Address,
  frozen: readonly Address[],
  seen: ExecutionResult[],
  value = 0n,
): ExecutionEnvironment {
  return {
    id: `freezer-${prefix.at(-1)}`,
    claims: { kind: "prefix", prefix },
    execute(message, host) {
      if (message.kind !== "call") throw new Error("unexpected");
      const result = host.call(callTo(target, message.recipient, { gas: message.gas / 2n, depth: message.depth + 1, frozen, value }));
      seen.push(result);
      host.setStorage(message.recipient, key, key);
      return { kind: "success", gasLeft: message.gas / 2n, gasRefund: 0n, output: outputOf(result) };
    },
  };
}

function world(environments: readonly ExecutionEnvironment[]) {
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  for (const account of [wallet, freezer, tolerant, victim]) journal.setBalance(account, 100n);
  const host = createHost({
    environments: [createToyEnvironment(), ...environments],
    journal,
    block: testBlock,
    transaction: testTransaction,
  });
  host.setCode(freezer, freezerPrefix);
  return { host, journal };
}

/** Pays the victim 5 wei, does not care whether that failed, and writes. */
const payAndForget = toyProgram([toyOps.call({ target: victim, value: 5n }), toyOps.push(key), toyOps.store(key), toyOps.stop()]);

it.each([0, 254])(
  "a payment to a frozen account unwinds the contract that would have tolerated its failure (rule 7), one of %i more",
  (more) => {
    const seen: ExecutionResult[] = [];
    const others = Array.from({ length: more }, (_, index) => addressFromBytes(Uint8Array.of(...new Uint8Array(19), index)));
    const { host } = world([createFreezer(freezerPrefix, tolerant, [...others, victim], seen)]);
    host.setCode(tolerant, payAndForget);
    expect(host.call(callTo(freezer, wallet)).kind).toBe("success");
    expect(seen).toEqual([{ kind: "halt", reason: "accountFrozen" }]);
    expect([tolerant, victim].map(host.getBalance, host)).toEqual([100n, 100n]);
    expect(host.getStorage(tolerant, key)).toEqual(new Uint8Array(32));
    expect(host.getStorage(freezer, key)).toEqual(key);
  },
);

it("an environment that catches exceptions of the host cannot keep a frozen write from unwinding, nor hide a fault", () => {
  const swallower: ExecutionEnvironment = {
    id: "swallower",
    claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0x55) },
    execute(message, host) {
      try {
        host.call(callTo(tolerant, inner, { depth: message.depth + 1, gas: message.gas }));
      } catch {
        host.setStorage(inner, key, key);
      }
      return { kind: "success", gasLeft: 0n, gasRefund: 0n, output: emptyBytes };
    },
  };
  const fault = new Error("disk");
  const thrower: ExecutionEnvironment = {
    id: "thrower",
    claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0x44) },
    execute() {
      throw fault;
    },
  };
  const seen: ExecutionResult[] = [];
  const { host } = world([createFreezer(freezerPrefix, inner, [victim], seen), swallower, thrower]);
  host.setCode(inner, Uint8Array.of(0xef, 0x55));
  host.setCode(tolerant, payAndForget);
  host.call(callTo(freezer, wallet));
  expect(seen).toEqual([{ kind: "halt", reason: "accountFrozen" }]);
  expect(host.getStorage(inner, key)).toEqual(new Uint8Array(32));
  host.setCode(tolerant, Uint8Array.of(0xef, 0x44));
  expect(() => host.call(callTo(freezer, wallet))).toThrow(fault);
  host.setCode(tolerant, toyProgram([toyOps.stop()]));
  expect(host.call(callTo(freezer, wallet)).kind).toBe("success");
});

it("what is frozen is free again when the call has returned", () => {
  const { host } = world([createFreezer(freezerPrefix, tolerant, [victim], [])]);
  host.setCode(tolerant, toyProgram([toyOps.stop()]));
  host.call(callTo(freezer, wallet));
  expect(host.call(callTo(victim, wallet, { value: 7n })).kind).toBe("success");
  expect(host.getBalance(victim)).toBe(107n);
});

it("where two frames froze an account, the outer one's call fails, and the inner one cannot catch it", () => {
  const outerSaw: ExecutionResult[] = [];
  const innerSaw: ExecutionResult[] = [];
  const innerPrefix = Uint8Array.of(0xef, 0x67);
  const { host } = world([
    createFreezer(freezerPrefix, inner, [victim], outerSaw),
    createFreezer(innerPrefix, tolerant, [victim], innerSaw),
  ]);
  host.setCode(inner, innerPrefix);
  host.setCode(tolerant, payAndForget);
  host.call(callTo(freezer, wallet));
  expect({ outerSaw, innerSaw }).toEqual({ outerSaw: [{ kind: "halt", reason: "accountFrozen" }], innerSaw: [] });
});

it("a call moves its own value before it freezes", () => {
  const seen: ExecutionResult[] = [];
  const { host } = world([createFreezer(freezerPrefix, tolerant, [freezer, tolerant], seen, 30n)]);
  host.setCode(tolerant, toyProgram([toyOps.stop()]));
  host.call(callTo(freezer, wallet));
  expect(seen[0]?.kind).toBe("success");
  expect([freezer, tolerant].map(host.getBalance, host)).toEqual([70n, 130n]);
});

it("freezing binds balance, record and data, not storage, nonce or code", () => {
  // An SVM account has no slots.
  const plain = address(0x46);
  const record = { pubkey: toPubkey(victim), owner: systemProgram, executable: false, dataLength: 4 };
  const changes: Readonly<Record<string, (host: ReturnType<typeof world>["host"]) => void>> = {
    setBalance: (host) => host.setBalance(victim, 1n),
    credit: (host) => host.credit(victim, 1n),
    burn: (host) => host.burn(victim, 1n),
    debit: (host) => void host.transfer(victim, wallet, 1n),
    destroy: (host) => host.destroy(victim),
    setSvmRecord: (host) => host.setSvmRecord(victim, record),
    removeSvmRecord: (host) => host.removeSvmRecord(victim),
    writeAccountData: (host) => host.writeAccountData(victim, 0, Uint8Array.of(1)),
    sameBalance: (host) => host.setBalance(victim, 100n),
    nothingMoved: (host) => void host.transfer(victim, wallet, 0n),
    touch: (host) => host.touch(victim),
    setStorage: (host) => host.setStorage(plain, key, key),
    setNonce: (host) => host.setNonce(victim, 9n),
    setCode: (host) => host.setCode(wallet, Uint8Array.of(1)),
  };
  const outcomes = Object.entries(changes).map(([name, change]) => {
    const seen: ExecutionResult[] = [];
    const writer: ExecutionEnvironment = {
      id: "writer",
      claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0x77) },
      execute(message, host) {
        change(host);
        return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: emptyBytes };
      },
    };
    const { host } = world([createFreezer(freezerPrefix, tolerant, [victim, plain], seen), writer]);
    host.setSvmRecord(victim, record);
    host.setCode(tolerant, Uint8Array.of(0xef, 0x77));
    host.call(callTo(freezer, wallet));
    return [name, seen[0]?.kind] as const;
  });
  expect(Object.fromEntries(outcomes)).toEqual({
    setBalance: "halt",
    credit: "halt",
    burn: "halt",
    debit: "halt",
    destroy: "halt",
    setSvmRecord: "halt",
    removeSvmRecord: "halt",
    writeAccountData: "halt",
    sameBalance: "success",
    nothingMoved: "success",
    touch: "success",
    setStorage: "success",
    setNonce: "success",
    setCode: "success",
  });
});
