// Random trees of calls between EVM contracts and programs, with reverts, halts, value, static frames and short gas, against a plain model.
import { addressToHex, bytesToBigint, bytesToHex, type Address, type Host } from "@trireme/core";
import { createEvm } from "@trireme/evm";
import { createHost } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { createWasmKit, stylusCode, testBlock, testTransaction } from "@trireme/testing";
import { createWasm } from "@trireme/wasm";
import * as fc from "fast-check";
import createWabt from "wabt";
import { expect, it } from "vitest";
import { emptyTreeState, playTree, type TreeCounts, type TreeState } from "./call-tree-model.mts";
import {
  encodeScript,
  evmInterpreter,
  gasOf,
  treeAccounts,
  vmOf,
  wasmInterpreter,
  word,
  type GasClass,
  type Script,
  type ScriptCall,
  type ScriptOp,
} from "./call-tree-script.mts";
import { createFrameTracer, type TracedFrame } from "./frame-tracer.mts";

const runs = Number(process.env["TRIREME_CALL_TREES"] ?? 300);
const seed = Number(process.env["TRIREME_CALL_TREES_SEED"] ?? 1);
const keys = [0n, 1n, 2n] as const;
const wallet = treeAccounts.at(-1) as Address;
const balance = 1000n;

const environments = [createEvm(), createWasm()];
const { reader } = createWorldState({ database: createMemoryDatabase() });
const journal = createJournal(reader);
await deployInterpreters();

async function deployInterpreters(): Promise<void> {
  const wabt = await createWabt();
  const bytesFromWat = (text: string): Uint8Array => {
    const module = wabt.parseWat("interpreter.wat", text, { bulk_memory: true });
    const { buffer } = module.toBinary({});
    module.destroy();
    return Uint8Array.from(buffer);
  };
  journal.beginTransaction();
  const host = hostOf();
  const program = stylusCode(bytesFromWat(wasmInterpreter));
  const { install } = createWasmKit({ createEnvironment: () => environments[1]!, bytesFromWat });
  for (const address of treeAccounts) {
    if (vmOf(address) === "evm") host.setCode(address, evmInterpreter);
    else if (vmOf(address) === "wasm") install?.(host, address, program);
    host.setBalance(address, balance);
  }
  journal.endTransaction();
}

function hostOf(tracer?: ReturnType<typeof createFrameTracer>["tracer"]): Host {
  return createHost({
    journal,
    environments,
    block: testBlock,
    transaction: { ...testTransaction },
    ...(tracer === undefined ? {} : { tracer }),
  });
}

const account = fc.constantFrom(...treeAccounts);
const contract = fc.constantFrom(...treeAccounts.slice(0, 8));
const key = fc.constantFrom(...keys);
const small = fc.bigInt({ min: 0n, max: 255n });
const wei = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0n) },
  { weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 300n }) },
  { weight: 1, arbitrary: fc.constant(10n * balance) },
);

const leaf: fc.Arbitrary<ScriptOp> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constantFrom("store" as const, "tstore" as const), key, value: small }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constantFrom("load" as const, "tload" as const, "log" as const), key }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("balance" as const), target: account }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("burn" as const), count: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("create" as const), value: wei, reverts: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("context" as const) }) },
);
const end: fc.Arbitrary<Script> = fc.oneof(
  { weight: 8, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.constantFrom("revert" as const, "fail" as const, "halt" as const, "stop" as const).map((op) => [{ op }]) },
);
const gas: fc.Arbitrary<{ readonly gasClass: GasClass; readonly gas: number }> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({ gasClass: "ample" as const, gas: 0 }) },
  { weight: 1, arbitrary: fc.nat(20).map((amount) => ({ gasClass: "starved" as const, gas: amount })) },
  { weight: 2, arbitrary: fc.nat(40_000).map((amount) => ({ gasClass: "limited" as const, gas: amount })) },
  { weight: 2, arbitrary: fc.nat(250_000).map((amount) => ({ gasClass: "limited" as const, gas: amount })) },
);

/** A call of a script; what starves gets no value, whose stipend might do. */
function callOf(target: fc.Arbitrary<Address>, script: fc.Arbitrary<Script>): fc.Arbitrary<ScriptCall> {
  const scheme = fc.oneof(
    { weight: 5, arbitrary: fc.constant("call" as const) },
    { weight: 4, arbitrary: fc.constant("delegatecall" as const) },
    { weight: 1, arbitrary: fc.constant("staticcall" as const) },
  );
  return fc.record({ scheme, target, value: wei, limit: gas, script }).map(({ scheme: made, value, limit, ...rest }) => ({
    op: "call",
    scheme: made,
    value: limit.gasClass === "starved" || made !== "call" ? 0n : value,
    ...limit,
    ...rest,
  }));
}

/** Scripts with at most so many levels of calls below; `deep` ones have a call of the next level for certain. */
const wide = fc.memo((levels): fc.Arbitrary<Script> => {
  const op = levels <= 1 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 2, arbitrary: callOf(account, wide(levels - 1)) });
  return fc.tuple(fc.array(op, { maxLength: 4 }), end).map(([ops, last]) => [...ops, ...last]);
});
const deep = fc.memo((levels): fc.Arbitrary<Script> => {
  if (levels <= 1) return wide(2);
  const call = callOf(contract, deep(levels - 1));
  return fc.tuple(fc.array(leaf, { maxLength: 2 }), call, wide(2)).map(([before, below, after]) => [...before, below, ...after]);
});
const tree = fc
  .tuple(contract, fc.oneof({ weight: 1, arbitrary: wide(4) }, { weight: 4, arbitrary: fc.oneof(deep(5), deep(6), deep(7), deep(8)) }))
  .map(([target, script]): ScriptCall => ({ op: "call", scheme: "call", target, value: 0n, gasClass: "ample", gas: 0, script }));

/** What the host holds, of all accounts that are known by now. */
function stateOf(host: Host, model: TreeState): TreeState {
  const state = emptyTreeState();
  const names = new Set([...treeAccounts.map(addressToHex), ...model.nonces.keys(), ...model.codes.keys()]);
  for (const name of names) {
    const address = Buffer.from(name.slice(2), "hex") as unknown as Address;
    state.balances.set(name, host.getBalance(address));
    state.nonces.set(name, host.getNonce(address));
    if (model.codes.has(name)) state.codes.set(name, bytesToHex(host.getCode(address)));
    for (const slot of keys) {
      state.slots.set(`${name}/${slot}`, bytesToBigint(host.getStorage(address, word(slot))));
      state.transient.set(`${name}/${slot}`, bytesToBigint(host.getTransientStorage(address, word(slot))));
      if (host.isWarmStorage(address, word(slot))) state.warm.add(`${name}/${slot}`);
    }
  }
  for (const log of journal.logs) {
    state.logs.push({
      address: addressToHex(log.address),
      topic: log.topics.map((topic) => bytesToHex(topic)).join(),
      data: bytesToHex(log.data),
    });
  }
  return state;
}

/** Both without what is nothing: a slot that holds zero is one that was never written. */
function comparable({ balances, nonces, slots, transient, warm, codes, logs }: TreeState) {
  const filled = (map: ReadonlyMap<string, bigint>): unknown => [...map].filter(([, value]) => value !== 0n).toSorted();
  return {
    balances: filled(balances),
    nonces: filled(nonces),
    slots: filled(slots),
    transient: filled(transient),
    warm: [...warm].toSorted(),
    codes: [...codes].toSorted(),
    logs,
  };
}

function checkGas({ message, children, result }: TracedFrame): void {
  let spent = 0n;
  for (const child of children) {
    // EIP-150, and the stipend of a call with value.
    expect(child.message.gas <= message.gas - message.gas / 64n + 2300n).toBe(true);
    spent += child.message.gas - (child.result.kind === "halt" ? 0n : child.result.gasLeft);
    checkGas(child);
  }
  if (result.kind !== "halt") expect(message.gas - result.gasLeft + 2300n * BigInt(children.length) >= spent).toBe(true);
}

function play(call: ScriptCall): TreeCounts {
  journal.beginTransaction();
  try {
    const { tracer, root } = createFrameTracer();
    const host = hostOf(tracer);
    const before = stateOf(host, emptyTreeState());
    const { target, script } = call;
    host.call({
      kind: "call",
      scheme: "call",
      sender: wallet,
      recipient: target,
      codeAddress: target,
      value: 0n,
      input: encodeScript(script),
      gas: gasOf(script),
      depth: 0,
      isStatic: false,
    });
    const traced = root() as TracedFrame;
    const counts = playTree(before, call, wallet, traced);
    expect(comparable(stateOf(host, before))).toEqual(comparable(before));
    expect(treeAccounts.map((address) => host.openFrames(address))).toEqual(treeAccounts.map(() => 0));
    checkGas(traced);
    return counts;
  } finally {
    journal.rollbackTransaction();
  }
}

it(`${runs} random call trees do what the model says`, () => {
  const seen: TreeCounts[] = [];
  fc.assert(
    fc.property(tree, (call) => void seen.push(play(call))),
    { numRuns: runs, seed },
  );
  const total = (count: (counts: TreeCounts) => number): number => seen.reduce((sum, counts) => sum + count(counts), 0);
  const share = total(({ mixedDepth }) => (mixedDepth >= 4 ? 1 : 0)) / seen.length;
  const [ranOut, sufficed, crossings, failures] = [
    total((c) => c.ranOut),
    total((c) => c.sufficed),
    total((c) => c.crossings),
    total((c) => c.failures),
  ];
  console.info(
    `${seen.length} trees, seed ${seed}: ${Math.round(share * 100)} % four frames deep or more with both VMs, ${crossings} calls across, ` +
      `${failures} failed frames, ${ranOut} of which ran out of gas, ${sufficed} limits that sufficed`,
  );
  expect([share >= 0.25, ranOut >= runs / 10, sufficed >= runs / 10, crossings >= runs, failures >= runs / 2]).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
}, 120_000);
