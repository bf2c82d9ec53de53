// Calls from programs to contracts of another VM (the toy's): value, and what others see and may do while a call is out.
import { emptyBytes, equalBytes, toAddress, toPubkey, weiPerLamport, type Address } from "@trireme/core";
import { toyOps } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { programIds } from "../known-keys.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import {
  bob,
  contextIn,
  contract,
  contractKey,
  createContractWorld,
  instructionOf,
  mutatorProgram,
  other,
  payer,
  program,
  sol,
  tellContext,
  vault,
  vaultSeeds,
} from "../test/contract-world.mts";
import { readonly, systemTransfer, writable, writableSigner } from "../test/token-instructions.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { encodeGatewayCall } from "./call-gateway-data.ts";

type Asked = ReturnType<typeof instructionOf>;

/** The instruction with the contract writable. */
const withWritableContract = (call: Parameters<typeof instructionOf>[0]): Asked => {
  const { accounts, ...rest } = instructionOf(call);
  return { ...rest, accounts: accounts.map((meta) => (equalBytes(meta.pubkey, contractKey) ? writable(contractKey) : meta)) };
};

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
