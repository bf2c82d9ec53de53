import {
  bytesToBigint,
  createAddress,
  type EnvironmentId,
  type ExecutionResult,
  type Log,
  type Message,
  type Tracer,
  type TraceStep,
} from "@trireme/core";
import { createToyEnvironment, toyOps, toyProgram, assembleEvm, evmDeployment, evmStore } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { alice, callOf, createHost, deploy, other, target, word } from "./test/machine.ts";

type Event =
  | { readonly enter: Message; readonly environment: EnvironmentId | undefined }
  | { readonly exit: ExecutionResult }
  | { readonly log: Log }
  | { readonly step: TraceStep }
  | { readonly selfDestruct: readonly unknown[] };

function recorder(wants: { readonly steps?: boolean; readonly memory?: boolean } = {}): Tracer & { readonly events: Event[] } {
  const events: Event[] = [];
  return {
    events,
    wantsSteps: wants.steps === true,
    wantsMemory: wants.memory === true,
    enter: (enter, environment) => void events.push({ enter, environment }),
    exit: (exit) => void events.push({ exit }),
    log: (log) => void events.push({ log }),
    step: (step) => void events.push({ step }),
    selfDestruct: (...selfDestruct) => void events.push({ selfDestruct }),
  };
}

const shape = (events: readonly Event[]): unknown[] =>
  events.map((event) => {
    if ("enter" in event) return `enter ${event.enter.kind} ${event.enter.depth} ${event.environment ?? "nobody"}`;
    if ("exit" in event) return `exit ${event.exit.kind}`;
    return Object.keys(event)[0];
  });

describe("frames", () => {
  test("every frame enters and exits once, whoever runs it, logs in between", () => {
    const tracer = recorder();
    const host = createHost({ environments: [createToyEnvironment()], tracer });
    const toy = word(bytesToBigint(other) + 1n).slice(12) as typeof other;
    host.setCode(toy, toyProgram([toyOps.log(word(1))]));
    deploy(host, other, 0, 0, "LOG0", 0, 0, "REVERT");
    const init = evmDeployment(assembleEvm("STOP"));
    const calls = [
      0,
      0,
      0,
      0,
      0,
      other,
      "GAS",
      "CALL",
      0,
      0,
      0,
      0,
      toy,
      "GAS",
      "DELEGATECALL",
      0,
      0,
      0,
      0,
      4,
      "GAS",
      "STATICCALL",
    ] as const;
    deploy(host, target, ...calls, ...evmStore(init), init.length, 0, 0, "CREATE", alice, "SELFDESTRUCT");
    host.setBalance(target, 5n);
    const created = createAddress(target, 0n);
    host.call(callOf());
    expect(shape(tracer.events)).toEqual([
      "enter call 0 evm",
      "enter call 1 evm",
      "log",
      "exit revert",
      "enter call 1 toy",
      "log",
      "exit success",
      "enter call 1 evm",
      "exit success",
      "enter create 1 evm",
      "exit success",
      "selfDestruct",
      "exit success",
    ]);
    expect(tracer.events.at(-3)).toMatchObject({ exit: { created, output: assembleEvm("STOP") } });
    expect(tracer.events.at(-2)).toEqual({ selfDestruct: [target, alice, 5n] });
    expect(tracer.events[1]).toMatchObject({ enter: { scheme: "call", sender: target, recipient: other, codeAddress: other } });
  });

  test("a call that is refused is a frame as well", () => {
    const tracer = recorder();
    const host = createHost({ tracer });
    deploy(host, other, "STOP");
    deploy(host, target, 0, 0, 0, 0, 9, other, "GAS", "CALL");
    host.call(callOf());
    expect(tracer.events[2]).toMatchObject({ exit: { kind: "revert", refused: "insufficientBalance" } });
  });
});

describe("steps", () => {
  const program = [word(7), 0, "MSTORE", 0, 0, 0, 0, 0, other, 1_000, "CALL", 0, "MLOAD", 1, "SSTORE"] as const;

  test("come before the instruction, with gas, cost, stack and memory as they are then", () => {
    const tracer = recorder({ steps: true, memory: true });
    const host = createHost({ tracer });
    deploy(host, target, ...program);
    deploy(host, other, "PUSH0");
    host.call(callOf());
    const steps = tracer.events.flatMap((event) => ("step" in event ? [event.step] : []));
    expect(steps.map(({ operation, depth }) => `${depth} ${operation}`)).toEqual([
      "0 PUSH32",
      "0 PUSH1",
      "0 MSTORE",
      "0 PUSH1",
      "0 PUSH1",
      "0 PUSH1",
      "0 PUSH1",
      "0 PUSH1",
      "0 PUSH20",
      "0 PUSH2",
      "0 CALL",
      "1 PUSH0",
      "0 PUSH1",
      "0 MLOAD",
      "0 PUSH1",
      "0 SSTORE",
    ]);
    expect(steps[2]).toEqual({
      environment: "evm",
      pc: 35,
      operation: "MSTORE",
      gas: 999_994n,
      gasCost: 6n,
      depth: 0,
      refund: 0n,
      stack: [7n, 0n],
      memory: new Uint8Array(32),
      address: target,
    });
    // What the call gives away is part of its cost.
    expect(steps[10]).toMatchObject({ gasCost: 2_600n + 1_000n, memory: word(7) });
    expect(steps[11]).toMatchObject({ gas: 1_000n, address: other, memory: new Uint8Array(0) });
    expect(steps.at(-1)).toMatchObject({ gasCost: 22_100n, stack: [1n, 7n, 1n] });
  });

  test("an instruction that cannot be paid is shown, and changes nothing", () => {
    const tracer = recorder({ steps: true });
    const traced = createHost({ tracer });
    const plain = createHost();
    for (const gas of [2n, 40n, 3_000n, 5_000n, 30_000n]) {
      for (const host of [traced, plain]) {
        deploy(host, target, ...program);
        host.beginTransaction();
      }
      expect(traced.call(callOf({ gas }))).toEqual(plain.call(callOf({ gas })));
    }
    const last = tracer.events.filter((event) => "step" in event).at(0);
    expect(last).toMatchObject({ step: { operation: "PUSH32", gas: 2n, gasCost: 3n } });
    expect(last).not.toHaveProperty("step.memory");
  });
});
