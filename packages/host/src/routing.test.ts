import {
  addressFromBytes,
  emptyBytes,
  outputOf,
  systemProgram,
  toPubkey,
  type Address,
  type CallScheme,
  type CodeClaim,
  type ExecutionEnvironment,
  type Message,
} from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { testBlock, testTransaction } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [wallet, contract, other, program] = [0x41, 0x42, 0x43, 0x44].map(address) as [Address, Address, Address, Address];
const precompile = addressFromBytes(Uint8Array.from({ length: 20 }, (_, index) => (index === 19 ? 1 : 0)));
const ownPrefix = Uint8Array.of(0xef, 0x4f);
const seen: { id: string; message: Message }[] = [];

const environment = (id: string, claims: CodeClaim, part: Partial<ExecutionEnvironment> = {}): ExecutionEnvironment => ({
  id,
  claims,
  execute(message) {
    seen.push({ id, message });
    return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: Uint8Array.of(1) };
  },
  ...part,
});
const fallback = environment("fallback", { kind: "default" }, { runsAddress: (bare) => bare[0] === 0 && bare[19] === 1 });
const own = environment("own", { kind: "prefix", prefix: ownPrefix });
const svm = environment("svm", { kind: "program" });

function world(environments: readonly ExecutionEnvironment[] = [fallback, own, svm], hardfork: "osaka" | "cancun" = "osaka") {
  seen.length = 0;
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  journal.setBalance(wallet, 100n);
  return createHost({ environments, journal, block: { ...testBlock, hardfork }, transaction: testTransaction });
}

function callTo(target: Address, part: { scheme?: CallScheme; value?: bigint; input?: Uint8Array; depth?: number } = {}): Message {
  return {
    kind: "call",
    scheme: "call",
    sender: wallet,
    recipient: target,
    codeAddress: target,
    value: 0n,
    input: emptyBytes,
    gas: 1_000n,
    depth: 0,
    isStatic: false,
    ...part,
  };
}

const ids = () => seen.map(({ id }) => id);

describe("routing", () => {
  it("goes by the code that stands at the address", () => {
    const host = world();
    host.setCode(contract, Uint8Array.of(0x60));
    host.setCode(other, Uint8Array.of(...ownPrefix, 7));
    host.setCode(program, Uint8Array.of(0xef, 0x99));
    for (const target of [contract, other, program]) host.call(callTo(target));
    expect(ids()).toEqual(["fallback", "own", "fallback"]);
    expect([wallet, contract, other].map(host.kindOf, host)).toEqual([
      { kind: "none" },
      { kind: "code", environment: "fallback" },
      { kind: "code", environment: "own" },
    ]);
  });

  it("moves value between wallets without entering an environment, but enters for a precompile", () => {
    const host = world();
    expect(host.call(callTo(other, { value: 30n, input: Uint8Array.of(1) }))).toEqual({
      kind: "success",
      gasLeft: 1_000n,
      gasRefund: 0n,
      output: emptyBytes,
    });
    expect(ids()).toEqual([]);
    host.call(callTo(precompile, { value: 1n }));
    expect(ids()).toEqual(["fallback"]);
    expect([wallet, other, precompile].map(host.getBalance, host)).toEqual([69n, 30n, 1n]);
  });

  it("asks a default environment that does not name its precompiles about every bare address", () => {
    const host = world([environment("fallback", { kind: "default" })]);
    host.call(callTo(other));
    expect(ids()).toEqual(["fallback"]);
  });

  it("sends creates to the default environment and instructions to the one for programs", () => {
    const host = world();
    host.call({
      kind: "create",
      scheme: "create",
      sender: wallet,
      recipient: other,
      value: 0n,
      initCode: emptyBytes,
      gas: 1n,
      depth: 0,
      isStatic: false,
    });
    const instruction = {
      kind: "instruction",
      sender: wallet,
      program: toPubkey(program),
      accounts: [],
      data: emptyBytes,
      stackHeight: 1,
    } as const;
    host.call({ ...instruction, gas: 1n, depth: 0, isStatic: false });
    expect(ids()).toEqual(["fallback", "svm"]);
    expect(world([own]).call({ ...instruction, gas: 1n, depth: 0, isStatic: false })).toEqual({ kind: "halt", reason: "noEnvironment" });
  });

  it("follows an EIP-7702 delegation one step, from Prague on", () => {
    const delegation = (target: Address) => Uint8Array.of(0xef, 0x01, 0x00, ...target);
    const host = world();
    host.setCode(contract, delegation(other));
    host.setCode(other, Uint8Array.of(...ownPrefix, 7));
    host.setCode(program, delegation(contract));
    host.call(callTo(contract));
    expect(seen[0]).toMatchObject({ id: "own", message: { recipient: contract, codeAddress: other } });
    expect(host.isWarmAccount(other)).toBe(true);
    expect(host.kindOf(contract)).toEqual({ kind: "code", environment: "own" });
    // Two steps: the code that runs is a designator, which is the default environment's to refuse.
    host.call(callTo(program));
    expect(seen[1]).toMatchObject({ id: "fallback", message: { codeAddress: program } });
    // A delegation to a precompile runs nothing.
    host.setCode(contract, delegation(precompile));
    host.call(callTo(contract));
    expect(ids()).toEqual(["own", "fallback"]);
    const early = world(undefined, "cancun");
    early.setCode(contract, delegation(other));
    early.setCode(other, ownPrefix);
    early.call(callTo(contract));
    expect(ids()).toEqual(["fallback"]);
  });

  it("lets only value into an SVM account, and names the gateway to everybody else (rule 16)", () => {
    const host = world();
    host.setSvmRecord(program, { pubkey: toPubkey(program), owner: toPubkey(other), executable: true, dataLength: 0 });
    expect(host.call(callTo(program, { value: 5n })).kind).toBe("success");
    expect(host.getBalance(program)).toBe(5n);
    host.setCode(contract, Uint8Array.of(0xef, 0x01, 0x00, ...program));
    const refused = [
      callTo(program, { input: Uint8Array.of(1) }),
      callTo(program, { scheme: "staticcall" }),
      callTo(program, { scheme: "delegatecall" }),
      callTo(contract),
    ];
    for (const message of refused) {
      const result = host.call(message);
      expect(result).toMatchObject({ kind: "revert", gasLeft: 1_000n, refused: "notCallable" });
      expect(new TextDecoder().decode(outputOf(result).slice(68))).toMatch(/SVM gateway/);
    }
    expect(ids()).toEqual([]);
  });

  it("lets CALL and STATICCALL with calldata into an SVM account that answers for itself, and nobody else (rule 20)", () => {
    const faced = environment(
      "svm",
      { kind: "program" },
      {
        runsRecord(target, record, state) {
          const first = new Uint8Array(1);
          state.readAccountData(target, 0, first);
          return record.dataLength === 4 && first[0] === 9;
        },
      },
    );
    const host = world([fallback, own, faced]);
    const record = { pubkey: toPubkey(program), owner: toPubkey(other), executable: false, dataLength: 4 };
    host.setSvmRecord(program, record);
    const input = Uint8Array.of(1);
    const kinds = () => {
      seen.length = 0;
      host.setCode(contract, Uint8Array.of(0xef, 0x01, 0x00, ...program));
      const messages = [
        callTo(program, { input }),
        callTo(program, { input, scheme: "staticcall" }),
        callTo(program),
        callTo(program, { scheme: "staticcall" }),
        callTo(program, { input, scheme: "delegatecall" }),
        callTo(program, { input, scheme: "callcode" }),
        callTo(contract, { input }),
      ];
      return { outcomes: messages.map((message) => host.call(message).kind), entered: ids() };
    };
    const closed = ["revert", "revert", "success", "revert", "revert", "revert", "revert"];
    expect(kinds()).toEqual({ outcomes: closed, entered: [] });
    host.writeAccountData(program, 0, Uint8Array.of(9));
    expect(kinds()).toEqual({ outcomes: ["success", "success", ...closed.slice(2)], entered: ["svm", "svm"] });
    expect(host.kindOf(program)).toEqual({ kind: "data" });
    host.setSvmRecord(program, { ...record, dataLength: 5 });
    expect(kinds()).toEqual({ outcomes: closed, entered: [] });
  });

  it("knows wallets, programs and data among SVM accounts", () => {
    const host = world();
    const record = { pubkey: toPubkey(program), owner: systemProgram, executable: false, dataLength: 0 };
    host.setSvmRecord(program, record);
    const kinds = [host.kindOf(program)];
    for (const change of [{ dataLength: 1 }, { owner: toPubkey(other) }, { owner: toPubkey(other), executable: true }]) {
      host.setSvmRecord(program, { ...record, ...change });
      kinds.push(host.kindOf(program));
    }
    expect(kinds).toEqual([{ kind: "none" }, { kind: "data" }, { kind: "data" }, { kind: "program", environment: "svm" }]);
  });

  it("keeps the address of a create warm, whatever becomes of it (EIP-2929)", () => {
    const failing = environment("fallback", { kind: "default" }, { execute: () => ({ kind: "halt", reason: "createCollision" }) });
    const host = world([failing]);
    const create = { kind: "create", scheme: "create", sender: wallet, initCode: emptyBytes, gas: 1n, isStatic: false } as const;
    expect(host.call({ ...create, recipient: other, value: 0n, depth: 0 }).kind).toBe("halt");
    expect(host.call({ ...create, recipient: contract, value: 101n, depth: 0 })).toMatchObject({ refused: "insufficientBalance" });
    expect([other, contract].map(host.isWarmAccount, host)).toEqual([true, false]);
  });

  it("refuses depth 1,025 and value that is not there, with all gas back", () => {
    const host = world();
    expect(host.call(callTo(other, { depth: 1025 }))).toEqual({
      kind: "revert",
      gasLeft: 1_000n,
      output: emptyBytes,
      refused: "callDepth",
    });
    expect(host.call(callTo(other, { depth: 1024 })).kind).toBe("success");
    expect(host.call(callTo(other, { value: 101n }))).toEqual({
      kind: "revert",
      gasLeft: 1_000n,
      output: emptyBytes,
      refused: "insufficientBalance",
    });
  });
});

describe("deployment", () => {
  const message = {
    kind: "create",
    scheme: "create",
    sender: wallet,
    recipient: other,
    value: 0n,
    initCode: emptyBytes,
    gas: 0n,
    depth: 0,
    isStatic: false,
  } as const;

  it("lets code that begins with 0xef stand only under a registered prefix (EIP-3541, rule 15)", () => {
    const codes = [
      [],
      [0x60],
      [0xef],
      [0xef, 0x4e],
      [...ownPrefix],
      [...ownPrefix, 1, 2],
      [0xef, 0x01, 0x00, ...other],
      [0xef, 0x53, 0x01, 0],
    ];
    expect(codes.map((code) => world().mayDeploy(Uint8Array.from(code), message))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(world([fallback]).mayDeploy(ownPrefix, message)).toBe(false);
  });

  it("refuses environments that claim the same, or what nobody may own", () => {
    const prefixed = (id: string, ...prefix: number[]) => environment(id, { kind: "prefix", prefix: Uint8Array.from(prefix) });
    const clashes = [
      [fallback, environment("second", { kind: "default" })],
      [svm, environment("second", { kind: "program" })],
      [own, environment("own", { kind: "default" })],
      [prefixed("a", 0xef, 0x10), prefixed("b", 0xef, 0x10, 0x01)],
      [prefixed("a", 0xef)],
      [prefixed("a", 0x60, 0x01)],
      [prefixed("a", 0xef, 0x01)],
      [prefixed("a", 0xef, 0x01, 0x02)],
      [prefixed("a", 0xef, 0x53)],
      [prefixed("a", 0xef, 0x53, 0x01, 0x09)],
    ];
    for (const environments of clashes)
      expect(() => world(environments)).toThrow(expect.objectContaining({ code: "INVALID_CONFIGURATION" }));
  });
});
