import {
  addressFromBytes,
  createAddress,
  emptyBytes,
  type Address,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
  type Message,
} from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { testBlock, testTransaction } from "@trireme/testing";
import { expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [wallet, careless, nobody] = [0x41, 0x42, 0x43].map(address) as [Address, Address, Address];
const key = new Uint8Array(32).fill(3);
const frame = { sender: careless, gas: 1_000n, depth: 1, isStatic: false } as const;
const callNobody: Message & { readonly kind: "call" } = {
  kind: "call",
  scheme: "call",
  recipient: nobody,
  codeAddress: nobody,
  value: 0n,
  input: emptyBytes,
  ...frame,
};

/** Does `act` and, if it comes back, catches nothing: an environment that has never heard of static frames. */
function run(act: (host: Host) => unknown): ExecutionResult {
  const environment: ExecutionEnvironment = {
    id: "careless",
    claims: { kind: "default" },
    runsAddress: () => false,
    execute(message, host) {
      act(host);
      return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: emptyBytes };
    },
  };
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  journal.setBalance(careless, 100n);
  const host = createHost({ environments: [environment], journal, block: testBlock, transaction: testTransaction });
  host.setCode(careless, Uint8Array.of(1));
  return host.call({ ...callNobody, sender: wallet, recipient: careless, codeAddress: careless, depth: 0, isStatic: true });
}

it("the host halts a static frame whose environment forgot that it is one, at every write", () => {
  const writes: readonly ((host: Host) => unknown)[] = [
    (host) => host.setStorage(careless, key, key),
    (host) => host.setTransientStorage(careless, key, key),
    (host) => host.clearStorage(careless),
    (host) => host.emitLog({ address: careless, topics: [], data: emptyBytes }),
    (host) => host.setBalance(careless, 1n),
    (host) => host.transfer(careless, nobody, 1n),
    (host) => host.credit(careless, 1n),
    (host) => host.burn(careless, 1n),
    (host) => host.setNonce(careless, 5n),
    (host) => host.setCode(nobody, Uint8Array.of(1)),
    (host) => host.destroy(careless),
    (host) => host.writeAccountData(careless, 0, key),
    (host) => host.call({ ...callNobody, value: 1n }),
    (host) =>
      host.call({ kind: "create", scheme: "create", recipient: createAddress(careless, 0n), value: 0n, initCode: emptyBytes, ...frame }),
  ];
  expect(writes.map(run)).toEqual(writes.map(() => ({ kind: "halt", reason: "writeProtection" })));
});

it("a static frame reads, touches, warms and prints", () => {
  const reads: readonly ((host: Host) => unknown)[] = [
    (host) => host.getStorage(careless, key),
    (host) => host.touch(nobody),
    (host) => host.accessAccount(nobody),
    (host) => host.emitProgramLog(careless, "hello"),
    (host) => host.call(callNobody),
    (host) => host.transfer(careless, nobody, 0n),
    (host) => host.setBalance(careless, 100n),
  ];
  expect(reads.map((read) => run(read).kind)).toEqual(reads.map(() => "success"));
});

it("a frame is static because its caller is, whatever its message says", () => {
  let isInnerStatic: boolean | undefined;
  const result = run((host) => {
    if (isInnerStatic !== undefined) return;
    isInnerStatic = false;
    const inner = host.call({ ...callNobody, recipient: careless, codeAddress: careless, input: key });
    isInnerStatic = inner.kind === "success";
  });
  expect([result.kind, isInnerStatic]).toEqual(["success", true]);
  // The same, with a write in the inner frame: only that frame halts.
  let level = 0;
  let inner: ExecutionResult | undefined;
  const outer = run((host) => {
    level++;
    if (level === 2) host.setStorage(careless, key, key);
    else inner = host.call({ ...callNobody, recipient: careless, codeAddress: careless });
  });
  expect([outer.kind, inner]).toEqual(["success", { kind: "halt", reason: "writeProtection" }]);
});
