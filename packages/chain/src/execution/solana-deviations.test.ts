// Where litesvm is not Solana's bank: what it does, and the bank's rule that is kept here. The table is docs/spec/svm-oracle.md.
import { pubkeyFromBase58, systemProgram, type Instruction, type Pubkey } from "@trireme/core";
import { assemble, findProgramAddress, minimumBalance, programIds, writeElf } from "@trireme/svm";
import { describe, expect, it } from "vitest";
import * as ix from "./solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner, type MessageOptions } from "./solana-messages.mts";
import { createSolanaTwins, type SolanaTwins } from "./solana-twins.mts";

const [alice, bob, nonce, program, buffer] = [1, 2, 3, 4, 5].map(solanaSigner) as [Signer, Signer, Signer, Signer, Signer];
type Signer = ReturnType<typeof solanaSigner>;
const lamports = 100_000_000_000n;

function open(): SolanaTwins {
  return createSolanaTwins({ wallets: [alice, bob].map(({ pubkey }) => ({ key: pubkey, lamports })) });
}

function wireOf(twins: SolanaTwins, list: readonly Instruction[], blockhash: Uint8Array = twins.blockhash, options: MessageOptions = {}) {
  return signSolanaMessage(compileInstructions(alice.pubkey, list, blockhash, options), [alice, bob, nonce, program, buffer]);
}

const pay = (amount = 5n): Instruction => ix.systemTransfer(alice.pubkey, bob.pubkey, amount);

/** Sends to both apart: they are not expected to agree. */
function sendApart(twins: SolanaTwins, wire: Uint8Array) {
  return { ours: twins.sendOurs(wire), theirs: twins.oracle.send(wire) };
}

describe("age and replay", () => {
  it("a blockhash lives for 150 blocks; litesvm takes the latest alone", () => {
    const twins = open();
    const old = twins.blockhash;
    twins.nextBlock(150);
    const { ours, theirs } = sendApart(twins, wireOf(twins, [pay()], old));
    expect([ours.error, theirs.error]).toEqual([undefined, "BlockhashNotFound"]);
    twins.nextBlock();
    expect(twins.sendOurs(wireOf(twins, [pay(6n)], old)).error).toBe("BlockhashNotFound");
  });

  it("a message stands once in as many blocks as its blockhash lives; to litesvm it is too old in the next one", () => {
    const twins = open();
    const wire = wireOf(twins, [pay()]);
    expect(twins.send(wire)).toMatchObject({ ours: { error: undefined }, difference: undefined });
    expect(sendApart(twins, wire)).toMatchObject({ ours: { error: "AlreadyProcessed" }, theirs: { error: "AlreadyProcessed" } });
    twins.nextBlock(100);
    expect(sendApart(twins, wire)).toMatchObject({ ours: { error: "AlreadyProcessed" }, theirs: { error: "BlockhashNotFound" } });
  });

  it("limits that contradict each other are found before the age, which needs the state; litesvm looks at the age first", () => {
    const twins = open();
    const wire = wireOf(twins, [ix.budgetUnits(5), ix.budgetUnits(6), pay()], new Uint8Array(32).fill(9));
    expect(sendApart(twins, wire)).toMatchObject({ ours: { error: { DuplicateInstruction: 1 } }, theirs: { error: "BlockhashNotFound" } });
  });
});

describe("durable nonces", () => {
  const make = (twins: SolanaTwins): Uint8Array => {
    const create = ix.systemCreate(alice.pubkey, nonce.pubkey, minimumBalance(80), 80, systemProgram);
    expect(twins.send(wireOf(twins, [create, ix.nonceInitialize(nonce.pubkey, alice.pubkey)])).ours.error).toBeUndefined();
    twins.nextBlock();
    return stored(twins);
  };
  const stored = (twins: SolanaTwins, key: Pubkey = nonce.pubkey): Uint8Array =>
    twins.account(key)?.data.slice(40, 72) ?? new Uint8Array(0);
  const theirs = (twins: SolanaTwins): Uint8Array => twins.oracle.getAccount(nonce.pubkey)?.data.slice(40, 72) ?? new Uint8Array(0);

  it("move on even if their transaction fails; not in litesvm", () => {
    const twins = open();
    const before = make(twins);
    const wire = wireOf(twins, [ix.nonceAdvance(nonce.pubkey, alice.pubkey), pay(10n ** 18n)], before);
    expect(twins.send(wire)).toMatchObject({ ours: { error: { InstructionError: [1, { Custom: 1 }] } }, difference: undefined });
    expect(stored(twins)).not.toEqual(before);
    expect(theirs(twins)).toEqual(before);
    // What failed cannot come again.
    expect(twins.sendOurs(wire).error).toBe("BlockhashNotFound");
  });

  it("move on to the newest blockhash; in litesvm to the message's own", () => {
    const twins = open();
    const before = make(twins);
    const wire = wireOf(twins, [ix.nonceAdvance(nonce.pubkey, alice.pubkey), pay()], before);
    expect(twins.send(wire)).toMatchObject({ ours: { error: undefined }, difference: undefined });
    const after = stored(twins);
    expect(theirs(twins)).not.toEqual(after);
    // An advance in an ordinary message of the same block would give the same nonce: it cannot advance twice.
    const again = twins.sendOurs(wireOf(twins, [ix.nonceAdvance(nonce.pubkey, alice.pubkey)]));
    expect(again.error).toEqual({ InstructionError: [0, { Custom: 7 }] });
    expect(stored(twins)).toEqual(after);
  });
});

describe("loading", () => {
  const nobody = solanaSigner(77).pubkey;
  const paid = (twins: SolanaTwins) => ({
    ours: lamports - (twins.account(alice.pubkey)?.lamports ?? 0n),
    theirs: lamports - (twins.oracle.getAccount(alice.pubkey)?.lamports ?? 0n),
  });

  it("what cannot be loaded pays its fee, and a program that is not there is not found; in litesvm it is free, and invalid", () => {
    const twins = open();
    const wire = wireOf(twins, [ix.instruction(nobody, [])]);
    expect(sendApart(twins, wire)).toMatchObject({
      ours: { error: "ProgramAccountNotFound" },
      theirs: { error: "InvalidProgramForExecution" },
    });
    expect(paid(twins)).toEqual({ ours: 5_000n, theirs: 0n });
    expect(twins.sendOurs(wire).error).toBe("AlreadyProcessed");
  });

  it("the account that holds a program's ELF counts as loaded; in litesvm only if it is named", () => {
    const twins = open();
    const list = [ix.budgetLoaded(50_000), ix.tokenDataSize(ix.splToken, nobody)];
    const { ours, theirs } = sendApart(twins, wireOf(twins, list));
    expect(ours.error).toBe("MaxLoadedAccountsDataSizeExceeded");
    expect(theirs.error).toMatchObject({ InstructionError: [1, expect.anything()] });
  });
});

describe("programs", () => {
  const rent = pubkeyFromBase58("SysvarRent111111111111111111111111111111111");
  const clock = pubkeyFromBase58("SysvarC1ock11111111111111111111111111111111");

  it("run from the block after their deployment; in litesvm at once", () => {
    const twins = open();
    const elf = writeElf(assemble("entrypoint:\n  mov64 r0, 0\n  exit", { version: 3 }));
    const { address: programData } = findProgramAddress([program.pubkey], programIds.loaderV3);
    const loader = programIds.loaderV3;
    const config = { computeUnitLimit: 100_000, loadedAccountsDataSizeLimit: 10_000_000, priorityFee: undefined, heapLength: undefined };
    const list = [
      ix.systemCreate(alice.pubkey, buffer.pubkey, minimumBalance(37 + elf.length), 37 + elf.length, loader),
      ix.instruction(loader, [ix.writable(buffer.pubkey), ix.readonly(alice.pubkey)], ix.u32(0)),
      ix.instruction(loader, [ix.writable(buffer.pubkey), ix.signer(alice.pubkey)], ix.u32(1), ix.u32(0), ix.u64(BigInt(elf.length)), elf),
      ix.systemCreate(alice.pubkey, program.pubkey, minimumBalance(36), 36, loader),
      ix.instruction(
        loader,
        [
          ix.writableSigner(alice.pubkey),
          ix.writable(programData),
          ix.writable(program.pubkey),
          ix.writable(buffer.pubkey),
          ix.readonly(rent),
          ix.readonly(clock),
          ix.readonly(systemProgram),
          ix.signer(alice.pubkey),
        ],
        ix.u32(2),
        ix.u64(BigInt(elf.length)),
      ),
    ];
    const deployed = twins.send(wireOf(twins, list, twins.blockhash, { version: 1, config }));
    expect(deployed).toMatchObject({ ours: { error: undefined }, difference: undefined });
    const { ours, theirs } = sendApart(twins, wireOf(twins, [ix.instruction(program.pubkey, [])]));
    expect([ours.error, theirs.error]).toEqual([{ InstructionError: [0, "UnsupportedProgramId"] }, undefined]);
    expect(ours.logs).toContain("Program is not deployed");
    twins.nextBlock();
    expect(twins.send(wireOf(twins, [ix.instruction(program.pubkey, [])]))).toMatchObject({
      ours: { error: undefined },
      difference: undefined,
    });
  });
});
