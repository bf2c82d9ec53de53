import {
  bytesToBigint,
  concatBytes,
  equalBytes,
  isTriremeError,
  outputOf,
  TriremeError,
  type Address,
  type ExecutionEnvironment,
  type Host,
  type Message,
} from "@trireme/core";
import {
  assembleEvm,
  createToyEnvironment,
  destination,
  evmStore,
  returnReturnData,
  returnTop,
  toyOps,
  toyProgram,
  type EvmPart,
} from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { callOf, createHost, deploy, evm, other, target, word } from "./test/machine.ts";

/** The EVM calls the toy with its call data less one until that is zero; the output counts the frames of the EVM. */
function pingPong(host: ReturnType<typeof createHost>): void {
  const goDown: EvmPart[] = [1, 0, "CALLDATALOAD", "SUB", 0, "MSTORE", 32, 0, 32, 0, 0, other, "GAS", "CALL", "POP", 0, "MLOAD", 1, "ADD"];
  const isEnd: EvmPart[] = [0, "CALLDATALOAD", "ISZERO", { offsetOf: "end" }, "JUMPI"];
  deploy(host, target, ...isEnd, ...goDown, ...returnTop, ...destination("end"), 1, ...returnTop);
  host.setCode(other, toyProgram([toyOps.input(), toyOps.call({ target }), toyOps.bubble(), toyOps.stop()]));
}

describe("EVM -> another environment -> EVM", () => {
  test.each([1, 20, 60])("%i deep in one stack", (depth) => {
    const host = createHost({ environments: [createToyEnvironment()] });
    pingPong(host);
    expect(outputOf(host.call(callOf({ input: word(depth), gas: 10n ** 12n })))).toEqual(word(depth + 1));
  });

  test("no microtask of the host runs inside, and the result is no promise", () => {
    const host = createHost({ environments: [createToyEnvironment()] });
    pingPong(host);
    let ran = false;
    void Promise.resolve().then(() => (ran = true));
    process.nextTick(() => (ran = true));
    const result = host.call(callOf({ input: word(3), gas: 10n ** 9n }));
    expect(result).not.toHaveProperty("then");
    expect([result.kind, ran]).toEqual(["success", false]);
  });

  test("value, gas, data and depth are those of the call; what comes back is the caller's return data", () => {
    const entered: Message[] = [];
    const ignore = (): void => {};
    const watch = { wantsSteps: false, wantsMemory: false, exit: ignore, log: ignore, step: ignore, selfDestruct: ignore };
    const tracer = { ...watch, enter: (message: Message) => void entered.push(message) };
    const host = createHost({ environments: [createToyEnvironment()], tracer });
    host.setCode(other, toyProgram([toyOps.push(word(9)), toyOps.revert()]));
    deploy(host, target, word(5), 0, "MSTORE", 0, 0, 32, 0, 3, other, 50_000, "CALL", "RETURNDATASIZE", "ADD", ...returnTop);
    host.setBalance(target, 10n);
    const result = host.call(callOf());
    expect(outputOf(result)).toEqual(word(32));
    expect(entered[1]).toEqual({
      kind: "call",
      scheme: "call",
      sender: target,
      recipient: other,
      codeAddress: other,
      value: 3n,
      input: word(5),
      gas: 52_300n,
      depth: 1,
      isStatic: false,
    });
    expect(host.getBalance(other)).toBe(0n);
    // Nine pushes and a word of memory; the call's price; the toy spent two operations of 10 gas.
    expect(result).toMatchObject({ gasLeft: 1_000_000n - 27n - 3n - 3n - 2_600n - 9_000n - 20n + 2_300n - 2n - 3n - 12n });
  });

  test("static-ness, DELEGATECALL and a delegation to foreign code go out as they are", () => {
    const host = createHost({ environments: [createToyEnvironment()] });
    host.setCode(other, toyProgram([toyOps.context(), toyOps.stop()]));
    const read: EvmPart[] = ["POP", "RETURNDATASIZE", 0, 0, "RETURNDATACOPY", "RETURNDATASIZE", 0, "RETURN"];
    deploy(host, target, 0, 0, 0, 0, other, "GAS", "DELEGATECALL", ...read);
    const delegated = outputOf(host.call(callOf({ value: 4n })));
    expect(delegated).toEqual(concatBytes(word(bytesToBigint(target)), word(bytesToBigint(callOf().sender)), word(4)));

    const wallet = other.slice().fill(7) as Address;
    host.setCode(wallet, concatBytes(Uint8Array.of(0xef, 0x01, 0x00), other));
    deploy(host, target, 0, 0, 0, 0, 0, wallet, "GAS", "CALL", ...read);
    expect(outputOf(host.call(callOf()))).toEqual(concatBytes(word(bytesToBigint(wallet)), word(bytesToBigint(target)), word(0)));

    host.setCode(other, toyProgram([toyOps.store(word(1)), toyOps.stop()]));
    deploy(host, target, 0, 0, 0, 0, other, "GAS", "STATICCALL", ...returnTop);
    expect(outputOf(host.call(callOf()))).toEqual(word(0));
  });

  test("SELFDESTRUCT in a frame of an account of another VM reverts; in a wallet's that delegates to one it does not", () => {
    const host = createHost({ environments: [createToyEnvironment()] });
    const destroyer = other.slice().fill(9) as Address;
    const wallet = other.slice().fill(7) as Address;
    deploy(host, destroyer, 1, 1, "SSTORE", target, "SELFDESTRUCT");
    const borrow = toyOps.call({ target: destroyer, scheme: "delegatecall" });
    host.setCode(other, toyProgram([toyOps.push(word(0)), borrow, toyOps.status(), toyOps.stop()]));
    host.setCode(wallet, concatBytes(Uint8Array.of(0xef, 0x01, 0x00), other));
    const [ofProgram, ofWallet] = [other, wallet].map((recipient) => {
      const result = host.call(callOf({ recipient, value: 5n }));
      return {
        kind: result.kind,
        succeeded: outputOf(result)[31] === 1,
        balance: host.getBalance(recipient),
        slot: host.getStorage(recipient, word(1)),
      };
    });
    expect(ofProgram).toEqual({ kind: "success", succeeded: false, balance: 5n, slot: word(0) });
    expect(ofWallet).toEqual({ kind: "success", succeeded: true, balance: 0n, slot: word(1) });
    expect(host.getBalance(target)).toBe(5n);
  });

  test("frames that are open on an account are counted over all VMs, borrowed code not", () => {
    const counts: number[][] = [];
    const toy = createToyEnvironment();
    const counting: ExecutionEnvironment = {
      ...toy,
      execute(message, host) {
        counts.push([target, other, third].map((address) => host.openFrames(address)));
        return toy.execute(message, host);
      },
    };
    const host = createHost({ environments: [counting] });
    const third = other.slice().fill(3) as Address;
    const isEnd: EvmPart[] = [0, "CALLDATALOAD", "ISZERO", { offsetOf: "end" }, "JUMPI"];
    const pass = [1, 0, "CALLDATALOAD", "SUB", 0, "MSTORE"] as const;
    // target: delegate call of the toy, which calls third; third: static call of target with one less; init code that counts.
    deploy(
      host,
      target,
      ...isEnd,
      0,
      "CALLDATALOAD",
      0,
      "MSTORE",
      0,
      0,
      32,
      0,
      other,
      "GAS",
      "DELEGATECALL",
      "STOP",
      ...destination("end"),
      "STOP",
    );
    deploy(host, third, ...pass, 0, 0, 32, 0, target, "GAS", "STATICCALL");
    host.setCode(other, toyProgram([toyOps.input(), toyOps.call({ target: third }), toyOps.stop()]));
    expect(host.call(callOf({ input: word(3) }))).toMatchObject({ kind: "success" });
    expect(counts).toEqual([
      [1, 0, 0],
      [2, 0, 1],
      [3, 0, 2],
    ]);
    counts.length = 0;
    // Within the EVM: a call of third, which calls target, whose init code calls the toy; then a delegate call from the top.
    const initCode = assembleEvm(0, 0, 0, 0, 0, other, "GAS", "CALL", "STOP");
    host.setCode(other, toyProgram([toyOps.stop()]));
    deploy(host, third, ...evmStore(initCode), 0, 0, 0, 0, 0, other, "GAS", "CALL", initCode.length, 0, 0, "CREATE");
    deploy(host, target, 0, 0, 0, 0, 0, third, "GAS", "CALL", 0, 0, 0, 0, third, "GAS", "DELEGATECALL");
    expect(host.call(callOf())).toMatchObject({ kind: "success" });
    expect(counts).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect([host.openFrames(target), host.openFrames(third)]).toEqual([0, 0]);
  });

  test("refunds of the other environment's frames count", () => {
    const host = createHost({ environments: [createToyEnvironment()] });
    const third = other.slice().fill(3) as Address;
    deploy(host, third, 0, 1, "SSTORE");
    host.setStorage(third, word(1), word(1));
    host.setCode(other, toyProgram([toyOps.call({ target: third }), toyOps.stop()]));
    deploy(host, target, 0, 0, 0, 0, 0, third, "GAS", "CALL", 0, 0, 0, 0, 0, other, "GAS", "CALL");
    host.beginTransaction();
    expect(host.call(callOf())).toMatchObject({ kind: "success", gasRefund: 4_800n });
  });
});

describe("faults (law 7)", () => {
  const faulty = (host: Host, method: keyof Host, thrown: unknown): Host => ({
    ...host,
    block: host.block,
    [method]: () => {
      throw thrown;
    },
  });
  const everything: readonly EvmPart[] = [
    ...([
      1,
      "TLOAD",
      1,
      1,
      "TSTORE",
      1,
      "SLOAD",
      1,
      1,
      "SSTORE",
      0,
      0,
      "LOG0",
      other,
      "BALANCE",
      other,
      "EXTCODEHASH",
      0,
      "BLOCKHASH",
    ] as EvmPart[]),
    ...([0, 0, 0, 0, 1, other, "GAS", "CALL", 0, 0, 1, "CREATE", 0, 0, 0, 0, 0, target, "GAS", "CALL", other, "SELFDESTRUCT"] as EvmPart[]),
  ];
  const methods = [
    "getTransientStorage",
    "setTransientStorage",
    "getStorage",
    "getOriginalStorage",
    "setStorage",
    "emitLog",
    "getBalance",
    "getCodeHash",
    "getBlockHash",
    "kindOf",
    "checkpoint",
    "commit",
    "transfer",
    "setNonce",
    "markCreated",
    "isWarmAccount",
    "accessStorage",
    "reserveMemory",
    "call",
  ] as const satisfies readonly (keyof Host)[];

  const machine = () => {
    const host = createHost();
    host.setBalance(target, 100n);
    deploy(host, target, 1, 0, "MSTORE", ...everything);
    return host;
  };
  const message = callOf({ gas: 10_000_000n, depth: 1_022 });

  test("without one the machine runs to its end", () => {
    expect(evm.execute(message, machine())).toMatchObject({ kind: "success" });
  });

  test.each(methods)("what %s throws leaves execute as the same object", (method) => {
    const thrown = new Error(method);
    expect(capture(() => evm.execute(message, faulty(machine(), method, thrown)))).toBe(thrown);
    // The engine is as good as new.
    expect(evm.execute(message, machine())).toMatchObject({ kind: "success" });
  });

  test.each(["a string", undefined, { errorType: "EVMError", error: "stop" }])("even %s", (thrown) => {
    const host = createHost();
    deploy(host, target, 1, "SLOAD");
    expect(capture(() => evm.execute(callOf(), faulty(host, "getStorage", thrown)))).toBe(thrown);
  });

  test("what is thrown deep inside passes both environments", () => {
    const host = createHost({ environments: [createToyEnvironment()] });
    pingPong(host);
    const thrown = new TriremeError("DATABASE_CORRUPT", "expected a slot, got nothing");
    const third = other.slice().fill(3) as Address;
    deploy(host, third, 1, "SLOAD");
    host.setCode(other, toyProgram([toyOps.call({ target: third })]));
    host.getStorage = () => {
      throw thrown;
    };
    expect(capture(() => host.call(callOf({ input: word(2), gas: 10n ** 9n })))).toBe(thrown);
  });

  test("a host that answers with promises is named as the fault", () => {
    const host = createHost();
    deploy(host, target, other, "EXTCODESIZE");
    const asynchronous = {
      ...host,
      block: host.block,
      getCode: (address: Address) => (equalBytes(address, target) ? host.getCode(target) : Promise.resolve(word(1))),
    };
    const error = capture(() => evm.execute(callOf(), asynchronous as unknown as Host));
    expect(error).toMatchObject({ code: "HOST_FAULT", message: expect.stringContaining("Host.getCode") as string });
    expect(host.call(callOf())).toMatchObject({ kind: "success" });
  });

  // After so many calls the room is found in another way.
  test.each([
    [0, 0],
    [1_001, 0],
    [0, 7],
  ])("a stack that is too small is a fault, never another outcome, after %i calls, %i frames further in", (earlier, frames) => {
    const host = createHost();
    // The point (1, 2) doubled on alt_bn128: libraries with catch clauses of their own.
    const inputs: readonly EvmPart[] = [1, 0, "MSTORE", 2, 32, "MSTORE", 1, 64, "MSTORE", 2, 96, "MSTORE"];
    deploy(host, target, ...inputs, 64, 0, 128, 0, 6, "GAS", "STATICCALL", "POP", 64, 0, "KECCAK256", ...returnTop);
    let recipient: Address = target;
    for (let frame = 0; frame < frames; frame++) {
      const caller = other.slice().fill(0x10 + frame) as Address;
      deploy(host, caller, 0, 0, 0, 0, 0, recipient, "GAS", "CALL", "POP", ...returnReturnData);
      recipient = caller;
    }
    const message = callOf({ recipient });
    const expected = outputOf(host.call(message));
    expect(bytesToBigint(expected)).not.toBe(0n);
    deploy(host, other, "STOP");
    for (let call = 0; call < earlier; call++) host.call({ ...callOf(), recipient: other, codeAddress: other });
    const outcomes = new Set<string>();
    // Recursion to the end of the stack, and on the way back one attempt per frame until there is room enough.
    const descend = (): void => {
      try {
        descend();
      } catch {
        // The end of the stack.
      }
      if (!outcomes.has("right")) outcomes.add(attempt());
    };
    const attempt = (): string => {
      try {
        return equalBytes(outputOf(host.call(message)), expected) ? "right" : "wrong";
      } catch (error) {
        return isTriremeError(error) ? error.code : "machine";
      }
    };
    descend();
    outcomes.delete("machine");
    expect([...outcomes].sort()).toEqual(["STACK_OVERFLOW", "right"]);
  });
});

function capture(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
