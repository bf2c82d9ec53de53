// Calls from programs to contracts of another VM (the toy's): who speaks, what goes along, what stands when the call failed.
import { bigintToBytes, concatBytes, emptyBytes, equalBytes, toAddress, toPubkey, weiPerLamport, type Address } from "@trireme/core";
import { toyOps } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { selectorOf } from "../gateway/abi-writer.ts";
import { gatewayAddress } from "../gateway/gateway-address.ts";
import { programIds } from "../known-keys.ts";
import {
  instructionOf,
  contract,
  contractKey,
  createContractWorld,
  mutatorProgram,
  other,
  payer,
  program,
  sol,
  standIn,
  vault,
  vaultSeeds,
  wordOf,
} from "../test/contract-world.mts";
import { readonly, signer, systemTransfer, writable, writableSigner } from "../test/token-instructions.mts";
import { minimumBalance } from "../sysvars/rent.ts";
import { testSigner } from "../transaction/signed-message.mts";
import { encodeGatewayCall } from "./call-gateway-data.ts";

const topic = new Uint8Array(32).fill(7);
/** Logs who it is, who calls and with what value, and returns it. */
const tellContext = [toyOps.context(), toyOps.log(topic), toyOps.stop()];
const slot = new Uint8Array(32).fill(9);
const bob = testSigner(2).pubkey;

function contextIn(logs: readonly { readonly data: Uint8Array }[]) {
  const data = logs.at(-1)?.data ?? emptyBytes;
  return { self: data.slice(12, 32), sender: data.slice(44, 64), value: BigInt(`0x${Buffer.from(data.slice(64, 96)).toString("hex")}`) };
}

type Asked = ReturnType<typeof instructionOf>;

/** The instruction without one of its accounts. */
const dropAccount = ({ accounts, ...rest }: Asked, place: number): Asked => ({
  ...rest,
  accounts: accounts.filter((_, index) => index !== place),
});

/** The instruction with the contract writable. */
const withWritableContract = (call: Parameters<typeof instructionOf>[0]): Asked => {
  const { accounts, ...rest } = instructionOf(call);
  return { ...rest, accounts: accounts.map((meta) => (equalBytes(meta.pubkey, contractKey) ? writable(contractKey) : meta)) };
};

describe("who speaks to a contract (rules 4 and 5)", () => {
  it("is the first account, a wallet that signs and is writable; what it calls logs and returns", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const { result, record, logs } = world.callFrom({ accounts: [writableSigner(payer)] });
    expect(result.kind).toBe("success");
    expect(contextIn(world.host.logs)).toEqual({ self: new Uint8Array(contract), sender: new Uint8Array(toAddress(payer)), value: 0n });
    expect(record.returnData?.program).toEqual(contractKey);
    expect(record.returnData?.data).toEqual(concatBytes(wordOf(contract), wordOf(toAddress(payer)), new Uint8Array(32)));
    expect(record.innerInstructions.get(0)?.map(({ stackHeight }) => stackHeight)).toEqual([2]);
    expect(logs.some((line) => line.endsWith("invoke [2]"))).toBe(true);
  });

  it("is a program's address that signs by seeds, whatever it holds", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    world.setData(vault, program, sol, 16);
    const { result } = world.callFrom({
      accounts: [{ ...writable(vault), dataLength: 16 }],
      passes: [writableSigner(vault)],
      signers: [vaultSeeds],
    });
    expect(result.kind).toBe("success");
    expect(contextIn(world.host.logs).sender).toEqual(new Uint8Array(toAddress(vault)));
  });

  it.each([
    ["does not sign", [writable(payer)]],
    ["is read-only", [signer(payer)]],
    ["is tagged, and lent by a contract", [writableSigner(toPubkey(toAddress(payer)))]],
    ["is not there", []],
  ] as const)("is the stand-in of the program where the first account %s", (_, passes) => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const tagged = toPubkey(toAddress(payer));
    const { result } = world.callFrom({
      accounts: [writableSigner(payer), readonly(tagged)],
      passes: passes.map((meta) => (equalBytes(meta.pubkey, tagged) ? signer(tagged) : meta)),
    });
    expect(result.kind).toBe("success");
    expect(contextIn(world.host.logs).sender).toEqual(new Uint8Array(standIn));
  });

  it("is never the holder of a program's keypair, nor an account with data that signed by key", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    world.setData(bob, program, sol, 8);
    world.callFrom({ accounts: [{ ...writableSigner(bob), dataLength: 8 }] });
    expect(contextIn(world.host.logs).sender).toEqual(new Uint8Array(standIn));
    const { result } = world.send(payer, [{ program: contractKey, accounts: [writableSigner(bob)], data: emptyBytes }]);
    expect(result).toMatchObject({ kind: "revert", error: '"MissingRequiredSignature"' });
  });

  it("is at top level a wallet or nobody, and the contract must be among the accounts of the instruction", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    expect(world.send(payer, [{ program: contractKey, accounts: [writableSigner(payer)], data: emptyBytes }]).result.kind).toBe("success");
    expect(contextIn(world.host.logs).sender).toEqual(new Uint8Array(toAddress(payer)));
    expect(world.send(payer, [{ program: contractKey, accounts: [], data: emptyBytes }]).result).toMatchObject({
      error: '"MissingRequiredSignature"',
    });
    const unnamed = world.callFrom({ accounts: [writableSigner(payer)], target: toPubkey(other), gateway: {}, passes: [] });
    expect(unnamed.result.kind).toBe("success");
    // The message names the contract, the instruction to the program does not.
    const call = { accounts: [writableSigner(payer)], passes: [writableSigner(payer)] };
    const without = world.send(payer, [
      { program: contractKey, accounts: [writableSigner(payer)], data: emptyBytes },
      dropAccount(instructionOf(call), 1),
    ]);
    expect(without.result).toMatchObject({ error: '"MissingAccount"' });
  });

  it("never is a signer that a contract lent: entered by another VM there is no wallet that signs (rule 4)", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const message = {
      kind: "instruction",
      program: contractKey,
      sender: other,
      gas: 100_000n,
      depth: 0,
      isStatic: false,
      stackHeight: 2,
    } as const;
    expect(world.host.call({ ...message, accounts: [writableSigner(toPubkey(other))], data: emptyBytes })).toMatchObject({
      kind: "revert",
      error: '"MissingRequiredSignature"',
    });
  });
});

describe("value", () => {
  it("comes from the sender, in wei, and shows in everybody's balance at once", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const before = world.host.getBalance(toAddress(payer));
    const { result } = world.callFrom({ accounts: [writableSigner(payer)], gateway: { value: 5n * weiPerLamport + 3n } });
    expect(result.kind).toBe("success");
    expect(contextIn(world.host.logs).value).toBe(5n * weiPerLamport + 3n);
    expect(world.host.getBalance(contract)).toBe(5n * weiPerLamport + 3n);
    expect(world.host.getBalance(toAddress(payer))).toBe(before - 5_000n * weiPerLamport - 5n * weiPerLamport - 3n);
  });

  it("comes from an account of the calling program, not from another program's, nor from the stand-in", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const call = {
      accounts: [{ ...writable(vault), dataLength: 16 }],
      passes: [writableSigner(vault)],
      signers: [vaultSeeds],
      gateway: { value: 7n },
    };
    world.setData(vault, program, sol, 16);
    expect(world.callFrom(call).result.kind).toBe("success");
    expect(world.host.getBalance(contract)).toBe(7n);
    world.setData(vault, mutatorProgram, sol, 16);
    expect(world.callFrom(call).result).toMatchObject({ error: '"ExternalAccountLamportSpend"' });
    expect(world.callFrom({ accounts: [], gateway: { value: 7n } }).result).toMatchObject({ error: '"ExternalAccountLamportSpend"' });
  });

  it("leaves no account of the program below its rent (rule 11)", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const rent = minimumBalance(16);
    world.setData(vault, program, rent + 5n, 16);
    const pay = (lamports: bigint) =>
      world.callFrom({
        accounts: [{ ...writable(vault), dataLength: 16 }],
        passes: [writableSigner(vault)],
        signers: [vaultSeeds],
        gateway: { value: lamports * weiPerLamport },
      });
    expect(pay(6n).result).toMatchObject({ kind: "revert", error: expect.stringContaining("InsufficientFundsForRent") as unknown });
    expect(world.lamportsOf(vault)).toBe(rent + 5n);
    expect(pay(5n).result.kind).toBe("success");
    expect(world.lamportsOf(vault)).toBe(rent);
  });

  it("is not there: the call is refused, a try goes on", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const accounts = [writableSigner(payer)];
    const value = 100n * sol * weiPerLamport;
    expect(world.callFrom({ accounts, gateway: { value } }).result).toMatchObject({ error: '"InsufficientFunds"' });
    const { result, record } = world.callFrom({ accounts, gateway: { value, isTry: true } });
    expect(result.kind).toBe("success");
    expect(record.returnData).toEqual({ program: programIds.callGateway, data: Uint8Array.of(1) });
  });
});

describe("what other VMs see and may do (rules 6 to 8, 10)", () => {
  /** Sends 1 wei to `to`, and goes on whether or not that failed. */
  const pay = (to: Address, value = 1n) => [toyOps.call({ target: to, value }), toyOps.status(), toyOps.stop()];

  it("they see lamports that the program has moved but not passed on", () => {
    const world = createContractWorld();
    const [left, right] = [testSigner(60).pubkey, testSigner(61).pubkey];
    world.setData(left, program, sol, 0);
    world.setData(right, program, sol, 0);
    world.deploy(contract, ...tellContext);
    let seen: readonly bigint[] = [];
    const { host } = world;
    const call = host.call.bind(host);
    host.call = (message) => {
      if (message.kind === "call") seen = [left, right].map((key) => world.lamportsOf(key));
      return call(message);
    };
    const accounts = [writableSigner(payer), writable(left), writable(right)];
    const stores = [
      [1, "lamports", sol - 30n],
      [2, "lamports", sol + 30n],
    ] as const;
    expect(world.callFrom({ accounts, stores, passes: [writableSigner(payer)] }).result.kind).toBe("success");
    expect(seen).toEqual([sol - 30n, sol + 30n]);
    // What does not balance goes nowhere.
    const half = world.callFrom({ accounts, stores: [[1, "lamports", sol - 60n]], passes: [writableSigner(payer)] });
    expect(half.result).toMatchObject({ error: '"UnbalancedInstruction"' });
  });

  it("nobody pays what the program holds and did not pass on, and nobody in between can catch it", () => {
    const world = createContractWorld();
    world.host.setBalance(contract, 100n);
    world.host.setBalance(other, 100n);
    // `other` would tolerate the failure of its payment.
    world.deploy(other, ...pay(toAddress(bob)));
    world.deploy(contract, toyOps.call({ target: other }), toyOps.status(), toyOps.stop());
    const accounts = [writableSigner(payer), writable(bob)];
    expect(world.callFrom({ accounts, passes: [writableSigner(payer)] }).result).toMatchObject({ error: '"AccountBorrowFailed"' });
    const tried = world.callFrom({ accounts, passes: [writableSigner(payer)], gateway: { isTry: true } });
    expect(tried.result.kind).toBe("success");
    expect(tried.record.returnData?.data).toEqual(Uint8Array.of(2));
    expect(world.host.getBalance(toAddress(bob))).toBe(0n);
    // Passed on writable it is free, and the program sees what came.
    expect(world.callFrom({ accounts }).result.kind).toBe("success");
    expect(world.host.getBalance(toAddress(bob))).toBe(1n);
  });

  it("what the message lists read-only stays as it is for the whole transaction, contracts excepted", () => {
    const world = createContractWorld();
    world.host.setBalance(contract, 100n);
    world.deploy(contract, toyOps.call({ target: toAddress(bob), value: 1n }), toyOps.bubble(), toyOps.stop());
    const call = { program: contractKey, accounts: [writableSigner(payer)], data: emptyBytes };
    const named = { program: mutatorProgram, accounts: [readonly(bob)], data: Uint8Array.of(0) };
    expect(world.send(payer, [call]).result.kind).toBe("success");
    expect(world.send(payer, [call, named]).result).toMatchObject({ error: '"AccountBorrowFailed"' });
    world.deploy(other, toyOps.stop());
    world.deploy(contract, toyOps.call({ target: other, value: 1n }), toyOps.bubble(), toyOps.stop());
    const contractNamed = { ...named, accounts: [readonly(toPubkey(other))] };
    expect(world.send(payer, [call, contractNamed]).result.kind).toBe("success");
    expect(world.host.getBalance(other)).toBe(1n);
  });

  it("a contract that the program holds read-only may be paid: the program sees its lamports and still balances", () => {
    const world = createContractWorld();
    world.host.setBalance(contract, 100n * weiPerLamport);
    world.deploy(other, toyOps.stop());
    world.deploy(contract, toyOps.call({ target: other, value: 40n * weiPerLamport }), toyOps.bubble(), toyOps.stop());
    const accounts = [writableSigner(payer), readonly(toPubkey(other))];
    expect(world.callFrom({ accounts, gateway: { value: 3n * weiPerLamport + 1n } }).result.kind).toBe("success");
    expect([world.host.getBalance(other), world.host.getBalance(contract)]).toEqual([40n * weiPerLamport, 63n * weiPerLamport + 1n]);
  });

  it("a contract that the program may write is frozen unless it is the one that is called", () => {
    const world = createContractWorld();
    world.host.setBalance(contract, 100n);
    world.deploy(other, toyOps.stop());
    world.deploy(contract, toyOps.call({ target: other, value: 40n }), toyOps.bubble(), toyOps.stop());
    const accounts = [writableSigner(payer), writable(toPubkey(other))];
    expect(world.callFrom({ accounts, passes: [writableSigner(payer)] }).result).toMatchObject({ error: '"AccountBorrowFailed"' });
  });

  it("keeps what the program moved to the contract itself and has not told", () => {
    const world = createContractWorld();
    world.setData(vault, program, sol, 0);
    world.deploy(contract, ...tellContext);
    const { result } = world.send(payer, [
      withWritableContract({
        accounts: [writableSigner(payer), writable(vault)],
        passes: [writableSigner(payer)],
        gateway: { value: 2n * weiPerLamport },
        stores: [
          [1, "lamports", sol - 5n],
          [2, "lamports", 5n],
        ],
      }),
    ]);
    expect(result.kind).toBe("success");
    expect(world.lamportsOf(contractKey)).toBe(7n);
    expect(world.lamportsOf(vault)).toBe(sol - 5n);
  });

  it("account data that another VM let grow too far fails the call (rule 8)", () => {
    const world = createContractWorld();
    const data = testSigner(62).pubkey;
    world.setData(data, mutatorProgram, sol, 4);
    const grow = (by: number) => ({
      kind: "instruction" as const,
      program: mutatorProgram,
      accounts: [writable(data)],
      data: Uint8Array.of(2, by & 0xff, by >> 8),
      sender: contract,
      gas: 50_000n,
      depth: 3,
      isStatic: false,
      stackHeight: 2,
    });
    world.deploy(contract, toyOps.stop());
    const { host } = world;
    const call = host.call.bind(host);
    let size = 10_244;
    // The contract's part: it enters the SVM twice, since one instruction grows by at most 10,240 bytes.
    host.call = (message) => {
      const result = call(message);
      if (message.kind === "call") for (const length of [4_000, size]) call(grow(length));
      return result;
    };
    const accounts = [writableSigner(payer), { ...writable(data), dataLength: 4 }];
    expect(world.callFrom({ accounts }).result.kind).toBe("success");
    world.setData(data, mutatorProgram, sol, 4);
    size = 10_245;
    expect(world.callFrom({ accounts }).result).toMatchObject({ error: '"InvalidRealloc"' });
  });
});

describe("gas, limits and failures (rules 9, 12, 18, 19)", () => {
  it("tells a revert: its data is the return data, the line says why", () => {
    const world = createContractWorld();
    world.deploy(contract, toyOps.store(slot), toyOps.push(Uint8Array.of(1, 2, 3)), toyOps.revert());
    const { result, logs, record } = world.callFrom({ accounts: [writableSigner(payer)] });
    expect(result).toMatchObject({ kind: "revert", error: '{"Custom":2113929217}' });
    expect(record.returnData).toEqual({ program: contractKey, data: Uint8Array.of(1, 2, 3) });
    expect(logs).toContain("Program log: 0x1111111111111111111111111111111111111111 reverted: 0x010203");
  });

  it("tries: the failure is told, the program goes on, nothing of the callee stands", () => {
    const world = createContractWorld();
    world.deploy(contract, toyOps.push(bigintToBytes(1n, 32)), toyOps.store(slot), toyOps.push(Uint8Array.of(1, 2, 3)), toyOps.revert());
    const call = { accounts: [writableSigner(payer)], gateway: { isTry: true } };
    const { result, record } = world.callFrom(call);
    expect(result.kind).toBe("success");
    expect(record.returnData).toEqual({ program: programIds.callGateway, data: Uint8Array.of(1, 1, 2, 3) });
    expect(world.host.getStorage(contract, slot)).toEqual(new Uint8Array(32));
    world.deploy(contract, toyOps.halt());
    const halted = world.callFrom(call);
    expect(halted.result.kind).toBe("success");
    expect(halted.record.returnData).toEqual({ program: programIds.callGateway, data: Uint8Array.of(2) });
    // A 64th stays with the caller whatever the callee burns.
    expect(halted.units).toBeLessThan(200_000n);
    expect(halted.units).toBeGreaterThan(190_000n);
  });

  it("respects a limit, and takes no more than was used", () => {
    const world = createContractWorld();
    world.deploy(contract, toyOps.gas(), toyOps.stop());
    const gasSeen = (gateway: object) => {
      const { record, units } = world.callFrom({ accounts: [writableSigner(payer)], gateway });
      return { gas: BigInt(`0x${Buffer.from(record.returnData?.data ?? emptyBytes).toString("hex") || "0"}`), units };
    };
    expect(gasSeen({ gasLimit: 5_000n }).gas).toBe(4_990n);
    // The stipend comes on top.
    expect(gasSeen({ gasLimit: 5_000n, value: 1n }).gas).toBe(7_290n);
    const free = gasSeen({});
    expect(free.gas).toBeGreaterThan(190_000n);
    expect(free.units).toBeLessThan(8_000n);
    world.deploy(contract, toyOps.halt());
    expect(world.callFrom({ accounts: [writableSigner(payer)], gateway: { gasLimit: 5_000n } }).units).toBeLessThan(12_000n);
  });

  it("hands on at most 1,024 bytes of output: more fails the call, and nothing of it stands", () => {
    const world = createContractWorld();
    world.deploy(contract, toyOps.push(bigintToBytes(1n, 32)), toyOps.store(slot), toyOps.push(new Uint8Array(1_025)), toyOps.stop());
    const accounts = [writableSigner(payer)];
    expect(world.callFrom({ accounts }).result).toMatchObject({ error: '{"Custom":2113929219}' });
    const tried = world.callFrom({ accounts, gateway: { isTry: true } });
    expect(tried.result.kind).toBe("success");
    expect(tried.record.returnData).toEqual({ program: programIds.callGateway, data: Uint8Array.of(2) });
    expect(world.host.getStorage(contract, slot)).toEqual(new Uint8Array(32));
    world.deploy(contract, toyOps.push(new Uint8Array(1_024).fill(3)), toyOps.stop());
    expect(world.callFrom({ accounts }).record.returnData?.data).toEqual(new Uint8Array(1_024).fill(3));
    // What a failure says is cut.
    world.deploy(contract, toyOps.push(new Uint8Array(2_000).fill(3)), toyOps.revert());
    expect(world.callFrom({ accounts }).record.returnData?.data).toEqual(new Uint8Array(1_024).fill(3));
    expect(world.callFrom({ accounts, gateway: { isTry: true } }).record.returnData?.data).toEqual(
      concatBytes(Uint8Array.of(1), new Uint8Array(1_023).fill(3)),
    );
  });

  it("a balance that lamports do not hold fails the call, which a try survives", () => {
    const world = createContractWorld();
    const much = ((1n << 64n) - 1n) * weiPerLamport;
    world.host.setBalance(contract, much);
    world.host.setBalance(toAddress(bob), weiPerLamport);
    world.deploy(contract, toyOps.call({ target: toAddress(bob), value: much }), toyOps.bubble(), toyOps.stop());
    const accounts = [writableSigner(payer), writable(bob)];
    expect(world.callFrom({ accounts }).result).toMatchObject({ error: '"ArithmeticOverflow"' });
    const tried = world.callFrom({ accounts, gateway: { isTry: true } });
    expect(tried.result.kind).toBe("success");
    expect(tried.record.returnData).toEqual({ program: programIds.callGateway, data: Uint8Array.of(2) });
    expect([world.host.getBalance(toAddress(bob)), world.host.getBalance(contract)]).toEqual([weiPerLamport, much]);
  });

  it("stays static: by the flag of the gateway, and in a frame that is static already", () => {
    const world = createContractWorld();
    world.deploy(contract, toyOps.push(bigintToBytes(1n, 32)), toyOps.store(slot), toyOps.stop());
    const accounts = [writableSigner(payer)];
    const flagged = world.callFrom({ accounts, gateway: { isStatic: true, isTry: true } });
    expect(flagged.record.returnData).toEqual({ program: programIds.callGateway, data: Uint8Array.of(2) });
    const withValue = world.callFrom({ accounts, gateway: { isStatic: true, value: 1n } });
    expect(withValue.result).toMatchObject({ error: '"InvalidArgument"' });
    const { program: id, accounts: metas, data } = instructionOf({ accounts: [readonly(payer)], passes: [] });
    const message = { kind: "instruction", program: id, accounts: metas, data, sender: other, gas: 100_000n } as const;
    const inStatic = world.host.call({ ...message, depth: 0, isStatic: true, stackHeight: 2 });
    expect(inStatic).toMatchObject({ kind: "revert", error: '"ReadonlyDataModified"' });
    expect(world.host.getStorage(contract, slot)).toEqual(new Uint8Array(32));
  });

  it("counts no depth and no re-entry of the gateway: a contract may be called from height 5, and again below itself", () => {
    const world = createContractWorld();
    world.deploy(contract, ...tellContext);
    const depths: number[] = [];
    const call = world.host.call.bind(world.host);
    world.host.call = (message) => {
      if (message.kind === "call") depths.push(message.depth);
      return call(message);
    };
    world.callFrom({ accounts: [writableSigner(payer)], gateway: {} });
    world.callFrom({ accounts: [writableSigner(payer)] });
    world.send(payer, [{ program: contractKey, accounts: [writableSigner(payer)], data: emptyBytes }]);
    expect(depths).toEqual([1, 1, 1]);
  });

  it("judges re-entry by program over the whole stack: a program is not entered again through a contract", () => {
    const world = createContractWorld();
    // Hands its input on to the gateway.
    world.deploy(contract, toyOps.input(), toyOps.call({ target: gatewayAddress }), toyOps.bubble(), toyOps.stop());
    const invoke = (id: Uint8Array): Uint8Array =>
      concatBytes(
        selectorOf("invoke(bytes32,(bytes32,bool,bool)[],bytes)"),
        id,
        ...[0x60n, 0x80n, 0n, 1n].map((word) => bigintToBytes(word, 32)),
        new Uint8Array(32),
      );
    const accounts = [writableSigner(payer)];
    expect(world.callFrom({ accounts, input: invoke(mutatorProgram) }).result.kind).toBe("success");
    const again = world.callFrom({ accounts, input: invoke(program) });
    expect(again.result).toMatchObject({ error: '{"Custom":2113929217}' });
    expect(Buffer.from(again.record.returnData?.data ?? emptyBytes).toString("latin1")).toContain("ReentrancyNotAllowed");
    // Both keep going by the other: neither is open any more.
    expect(world.callFrom({ accounts, input: invoke(mutatorProgram) }).result.kind).toBe("success");
  });

  it.each([
    ["no data", emptyBytes, "InvalidInstructionData"],
    ["another version", concatBytes(Uint8Array.of(1), new Uint8Array(25)), "InvalidInstructionData"],
    ["unknown flags", concatBytes(Uint8Array.of(0, 4), new Uint8Array(24)), "InvalidInstructionData"],
  ])("refuses %s", (_, data, error) => {
    const world = createContractWorld();
    world.deploy(contract, toyOps.stop());
    const accounts = [readonly(contractKey), writableSigner(payer)];
    const { result } = world.send(payer, [{ program: programIds.callGateway, accounts, data }]);
    expect(result).toMatchObject({ error: JSON.stringify(error) });
  });

  it("reaches no program and no account of the SVM: what a message did not name would be within reach", () => {
    const world = createContractWorld();
    world.setData(bob, mutatorProgram, sol, 8);
    const data = encodeGatewayCall({ isTry: true, isStatic: false, gasLimit: undefined, value: 0n, input: Uint8Array.of(1) });
    for (const target of [mutatorProgram, bob, programIds.system, toPubkey(gatewayAddress)]) {
      const { result } = world.send(payer, [
        { program: programIds.callGateway, accounts: [readonly(target), writableSigner(payer)], data },
      ]);
      expect(result).toMatchObject({ error: '"IncorrectProgramId"' });
    }
  });
});

it("a transfer after a call in the same transaction finds the balance that the call left", () => {
  const world = createContractWorld();
  world.deploy(contract, ...tellContext);
  const paid = { isTry: false, isStatic: false, gasLimit: undefined, value: 4n * sol * weiPerLamport, input: emptyBytes };
  const before = world.lamportsOf(payer);
  const { result } = world.send(payer, [
    systemTransfer(payer, bob, sol),
    { program: programIds.callGateway, accounts: [readonly(contractKey), writableSigner(payer)], data: encodeGatewayCall(paid) },
    systemTransfer(payer, bob, sol),
  ]);
  expect(result.kind).toBe("success");
  expect([world.lamportsOf(payer), world.lamportsOf(bob), world.lamportsOf(contractKey)]).toEqual([
    before - 5_000n - 6n * sol,
    2n * sol,
    4n * sol,
  ]);
});
