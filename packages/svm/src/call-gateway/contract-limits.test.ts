// Calls from programs to contracts of another VM: gas, limits, static calls, and what stands when the call failed.
import { bigintToBytes, concatBytes, emptyBytes, toAddress, toPubkey, weiPerLamport } from "@trireme/core";
import { toyOps } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { selectorOf } from "../gateway/abi-writer.ts";
import { gatewayAddress } from "../gateway/gateway-address.ts";
import { programIds } from "../known-keys.ts";
import {
  bob,
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
} from "../test/contract-world.mts";
import { readonly, writable, writableSigner } from "../test/token-instructions.mts";
import { encodeGatewayCall } from "./call-gateway-data.ts";

const slot = new Uint8Array(32).fill(9);

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
