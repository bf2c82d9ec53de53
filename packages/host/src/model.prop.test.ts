import {
  addressFromBytes,
  bytesToHex,
  type Address,
  type CallScheme,
  type ExecutionResult,
  type Host,
  type Log,
  type Message,
  type Tracer,
} from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import {
  callMessageArbitrary,
  createModelHost,
  createToyEnvironment,
  testBlock,
  testTransaction,
  toyOps,
  toyProgram,
  type ToyCall,
} from "@trireme/testing";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const nothing = createFlatReader(() => undefined);
const prefixes = [Uint8Array.of(0xef, 0x7e, 0x01), Uint8Array.of(0xef, 0x7e, 0x02)] as const;
const addresses = Array.from({ length: 6 }, (_, index) => addressFromBytes(new Uint8Array(20).fill(0x40 + index)));
const keys = [1, 2].map((last) => Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? last : 0)));
const [wallet] = addresses as [Address];

interface Plan {
  /** Programs of the addresses after the first; undefined leaves a wallet. */
  readonly programs: readonly (Uint8Array | undefined)[];
  readonly calls: readonly Message[];
}

const callOperation = fc
  .record({
    target: fc.constantFrom(...addresses),
    scheme: fc.constantFrom<CallScheme>("call", "callcode", "delegatecall", "staticcall"),
    value: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 60n }) }),
    gas: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 3_000n })),
  })
  .map((call: ToyCall) => toyOps.call(call));

const operation = fc.oneof(
  { weight: 6, arbitrary: callOperation },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...keys.flatMap((key) => [
        toyOps.store(key),
        toyOps.storeTransient(key),
        toyOps.load(key),
        toyOps.loadTransient(key),
        toyOps.log(key),
      ]),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      toyOps.input(),
      toyOps.context(),
      toyOps.gas(),
      toyOps.status(),
      toyOps.bubble(),
      toyOps.relay(),
      toyOps.push(Uint8Array.of(7)),
    ),
  },
  { weight: 1, arbitrary: fc.nat(3_000).map(toyOps.reserve) },
  { weight: 1, arbitrary: fc.constantFrom(toyOps.revert(), toyOps.halt(), toyOps.stop(), toyOps.restart()) },
);

const program = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...prefixes), fc.array(operation, { maxLength: 7 }))
      .map(([prefix, operations]) => toyProgram(operations, prefix)),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(...addresses).map((target) => Uint8Array.of(0xef, 0x01, 0x00, ...target)) },
);

const outerCall = fc
  .tuple(
    callMessageArbitrary(addresses.length, 6_000n),
    fc.option(fc.subarray(addresses, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  )
  .map(([message, frozen]): Message => (frozen === undefined ? message : { ...message, frozen }));

const plan: fc.Arbitrary<Plan> = fc.record({
  programs: fc.tuple(program, program, program, program, program),
  calls: fc.array(outerCall, { minLength: 1, maxLength: 3 }),
});

/** Everything that can be seen of a host after the plan's calls. */
function observe({ programs, calls }: Plan, host: Host, logs: () => readonly Log[]) {
  host.setBalance(wallet, 300n);
  for (const [index, code] of programs.entries()) {
    host.setBalance(addresses[index + 1] as Address, 50n);
    if (code !== undefined) host.setCode(addresses[index + 1] as Address, code);
  }
  const results = calls.map((message): ExecutionResult => host.call(message));
  const accounts = addresses.map((address) => ({
    address: bytesToHex(address),
    balance: host.getBalance(address),
    isWarm: host.isWarmAccount(address),
    kind: host.kindOf(address),
    storage: keys.map((key) => bytesToHex(host.getStorage(address, key))),
    transient: keys.map((key) => bytesToHex(host.getTransientStorage(address, key))),
  }));
  return { results, accounts, logs: logs().map((log) => ({ ...log })), memoryIsBack: host.reserveMemory(10_000) };
}

function observeReal(played: Plan, tracer: Tracer | undefined) {
  const journal = createJournal(nothing);
  journal.beginTransaction();
  const options = { environments: environments(), journal, block: testBlock, transaction: testTransaction, ...limits };
  const host = createHost(tracer === undefined ? options : { ...options, tracer });
  return observe(played, host, () => journal.logs);
}

/** Writes down everything that it is shown. */
function createRecorder(): Tracer & { readonly events: readonly unknown[]; readonly outcomes: ReadonlySet<string> } {
  const events: unknown[] = [];
  const outcomes = new Set<string>();
  return {
    events,
    outcomes,
    wantsSteps: true,
    wantsMemory: true,
    enter: (message, environment) => void events.push({ message, environment }),
    exit(result) {
      events.push(result);
      outcomes.add(result.kind === "halt" ? result.reason : (result.kind === "revert" && result.refused) || result.kind);
    },
    log: (log) => void events.push(log),
    step: (step) => void events.push(step),
    selfDestruct: (...destroyed) => void events.push(destroyed),
  };
}

const environments = () => [
  createToyEnvironment({ id: "one", prefix: prefixes[0] }),
  // One that forgets static frames: the host guards itself.
  createToyEnvironment({ id: "two", prefix: prefixes[1], ignoresStatic: true }),
];
const limits = { reentryLimit: 2, memoryBudget: 10_000 };

it("any call tree over two VMs ends as on the model host, and conserves wei", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(plan, (played) => {
      const modelTrace = createRecorder();
      const model = createModelHost({ environments: environments(), tracer: modelTrace, ...limits });
      const expected = observe(played, model, () => model.logs);

      const actual = observeReal(played, undefined);
      expect(actual).toEqual(expected);
      // A tracer sees the same frames and logs, and changes nothing.
      const trace = createRecorder();
      expect(observeReal(played, trace)).toEqual(actual);
      expect(trace.events).toEqual(modelTrace.events);
      expect(actual.accounts.reduce((sum, { balance }) => sum + balance, 0n)).toBe(550n);
      for (const outcome of trace.outcomes) seen.add(outcome);
    }),
    { numRuns: 500, seed: 0x7e1 },
  );
  // The plans reach what they are meant to reach.
  for (const outcome of [
    "success",
    "revert",
    "outOfGas",
    "writeProtection",
    "accountFrozen",
    "reentryLimit",
    "memoryLimit",
    "insufficientBalance",
  ]) {
    expect(seen).toContain(outcome);
  }
});
