// Who speaks to a contract of another VM that a program calls.
import { concatBytes, emptyBytes, equalBytes, toAddress, toPubkey } from "@trireme/core";
import { describe, expect, it } from "vitest";
import {
  bob,
  contextIn,
  contract,
  contractKey,
  createContractWorld,
  instructionOf,
  other,
  payer,
  program,
  sol,
  standIn,
  tellContext,
  vault,
  vaultSeeds,
  wordOf,
} from "../test/contract-world.mts";
import { readonly, signer, writable, writableSigner } from "../test/token-instructions.mts";

type Asked = ReturnType<typeof instructionOf>;

/** The instruction without one of its accounts. */
const dropAccount = ({ accounts, ...rest }: Asked, place: number): Asked => ({
  ...rest,
  accounts: accounts.filter((_, index) => index !== place),
});

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
