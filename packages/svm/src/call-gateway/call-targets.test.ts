// What is no target of a call out of the SVM (rule 5), directly or through the call gateway.
import {
  bigintToBytes,
  concatBytes,
  emptyBytes,
  pubkeyToBase58,
  systemProgram,
  toAddress,
  toPubkey,
  weiPerLamport,
  type Pubkey,
} from "@trireme/core";
import { expect, it } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { selectorOf } from "../gateway/abi-writer.ts";
import { gatewayAddress } from "../gateway/gateway-address.ts";
import { gatewayStub } from "../gateway/gateway.ts";
import { programIds } from "../known-keys.ts";
import { cpiProbe } from "../test/cpi-probe.mts";
import { contract, createContractWorld, instructionOf, payer, sol } from "../test/contract-world.mts";
import { systemTransfer, writable, writableSigner } from "../test/token-instructions.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { encodeGatewayCall } from "./call-gateway-data.ts";

const stranger = testSigner(77).pubkey;
const word = (value: number): Uint8Array => bigintToBytes(BigInt(value), 32);

/** Calldata for the SVM gateway: the payer's lamports to a stranger whom the message does not name. */
function theft(amount: bigint): Uint8Array {
  const { program, accounts, data } = systemTransfer(payer, stranger, amount);
  const metas = accounts.flatMap(({ pubkey, isSigner, isWritable }) => [pubkey, word(Number(isSigner)), word(Number(isWritable))]);
  const tail = [word(data.length), data, new Uint8Array(32 - (data.length % 32))];
  const heads = [word(0x60), word(0x60 + 32 + 96 * accounts.length), word(accounts.length)];
  return concatBytes(selectorOf("invoke(bytes32,(bytes32,bool,bool)[],bytes)"), program, ...heads, ...metas, ...tail);
}

it.each(["directly", "through the call gateway"] as const)(
  "the SVM gateway, %s: a signature would reach what the message does not name",
  (way) => {
    const world = createContractWorld();
    world.host.setCode(gatewayAddress, gatewayStub);
    // Its first fee bound the payer (rule 1).
    world.host.setSvmRecord(toAddress(payer), { pubkey: payer, owner: systemProgram, executable: false, dataLength: 0 });
    const call = { accounts: [writableSigner(payer)], target: toPubkey(gatewayAddress), input: theft(sol) };
    const { result, logs } = world.callFrom(way === "directly" ? call : { ...call, gateway: {} });
    expect(result).toMatchObject({ kind: "revert", error: '"IncorrectProgramId"' });
    expect(logs.join("\n")).toContain(`expected an account of another VM as the one to call, got ${pubkeyToBase58(call.target)};`);
    expect(world.lamportsOf(stranger)).toBe(0n);
  },
);

/** Calls as its data says, then moves a lamport from its first account to its second. */
function callThenMove(): Uint8Array {
  const [from, to] = [0x4_0000_0050n, 0x4_0000_0050n + 96n + 10_240n];
  const move = `lddw r1, ${from}
  ldxdw r2, [r1+0]
  sub64 r2, 1
  stxdw [r1+0], r2
  lddw r1, ${to}
  ldxdw r2, [r1+0]
  add64 r2, 1
  stxdw [r1+0], r2
  mov64 r0, 0
  exit`;
  return writeElf(assemble(cpiProbe("c", "callee").replace("mov64 r0, 0\n  exit", move)));
}

it("the other name of a wallet that the program holds: its balance would move behind the program's back", () => {
  const world = createContractWorld();
  const [mover, own, held] = [60, 61, 62].map((seed) => testSigner(seed).pubkey) as [Pubkey, Pubkey, Pubkey];
  world.install({ id: mover, elf: callThenMove(), loader: 2 });
  world.setData(own, mover, sol, 0);
  world.host.setBalance(toAddress(held), sol * weiPerLamport);
  const call = instructionOf({
    accounts: [writable(own), writable(held), writableSigner(payer)],
    passes: [writableSigner(payer)],
    target: toPubkey(toAddress(held)),
    gateway: { value: 5n * weiPerLamport },
  });
  expect(world.send(payer, [{ ...call, program: mover }]).result).toMatchObject({ kind: "revert", error: '"IncorrectProgramId"' });
});

it("a wallet that the message lists read-only takes no value; a contract does (rule 6)", () => {
  const world = createContractWorld();
  const data = encodeGatewayCall({ isTry: true, isStatic: false, gasLimit: undefined, value: weiPerLamport, input: emptyBytes });
  const pay = (pubkey: Pubkey, isWritable: boolean) =>
    world.send(payer, [
      { program: programIds.callGateway, accounts: [{ pubkey, isSigner: false, isWritable }, writableSigner(payer)], data },
    ]).result;
  world.deploy(contract);
  world.host.setBalance(toAddress(stranger), sol * weiPerLamport);
  expect(pay(stranger, false)).toMatchObject({ kind: "revert", error: '"ReadonlyLamportChange"' });
  expect(pay(stranger, true).kind).toBe("success");
  expect(pay(toPubkey(contract), false).kind).toBe("success");
});
