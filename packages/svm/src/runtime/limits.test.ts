// Limits of Solana's runtime, here and on litesvm: depth, re-entry, trace, heap, growth, rent, what other instructions were.
import { type Instruction, type Pubkey } from "@trireme/core";
import { describe, expect, it } from "vitest";
import { programIds, sysvarIds } from "../known-keys.ts";
import { cpiProbe, mutator, probeData, type ProbeAccount } from "../test/cpi-probe.mts";
import { createAccount, readonly, systemTransfer, writable, writableSigner } from "../test/token-instructions.mts";
import { createTwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";

const key = (seed: number): Pubkey => testSigner(seed).pubkey;
const [payer, probe, other, callee, account, wallet] = [1, 50, 51, 52, 60, 61].map(key) as [Pubkey, Pubkey, Pubkey, Pubkey, Pubkey, Pubkey];
const sol = 1_000_000_000n;

function createWorld() {
  const twins = createTwinWorlds();
  for (const id of [probe, other]) twins.installSource(id, cpiProbe("c"));
  twins.installSource(callee, mutator);
  twins.setAccount({ key: payer, lamports: 1_000n * sol });
  return twins;
}

/** An instruction to a probe that calls on as `path` says, and `last` at the end. */
function nested(path: readonly Pubkey[], last: Instruction): Instruction {
  const [program, ...rest] = path;
  if (program === undefined) return last;
  const inner = nested(rest, last);
  const programs: readonly ProbeAccount[] = [probe, other, callee].map((id) => ({ key: id, dataLength: 36 }));
  const data = probeData({ abi: "c", instruction: inner, infos: [], signers: [] }, programs);
  return { program, accounts: programs.map(({ key: id }) => readonly(id)), data };
}

const nothing: Instruction = { program: callee, accounts: [], data: Uint8Array.of(0) };
const budget = (kind: number, value: number): Instruction => ({
  program: programIds.computeBudget,
  accounts: [],
  data: Uint8Array.of(kind, value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24),
});

describe("limits", () => {
  it("programs call themselves down to height 5, and nobody else calls them again", () => {
    const twins = createWorld();
    for (const depth of [1, 3, 4, 5])
      twins.send(
        payer,
        budget(2, 1_400_000),
        nested(
          Array.from({ length: depth }, () => probe),
          nothing,
        ),
      );
    expect(twins.send(payer, nested([probe, other], nothing)).theirs.error).toBeUndefined();
    expect(twins.send(payer, nested([probe, other, probe], nothing)).theirs.error).toEqual({
      InstructionError: [0, "ReentrancyNotAllowed"],
    });
  });

  it("an account that the transaction lacks is named, one that only the caller lacks is not, each in its turn", () => {
    const twins = createWorld();
    const call = (...accounts: readonly Instruction["accounts"][number][]) =>
      twins.send(payer, nested([probe], { ...nothing, accounts }), systemTransfer(payer, wallet, 1n)).theirs;
    expect(call(readonly(account)).logs).toContainEqual(expect.stringContaining("Instruction references an unknown account"));
    expect(call(readonly(wallet)).logs).not.toContainEqual(expect.stringContaining("unknown account"));
    expect(call(writable(other), readonly(account)).error).toEqual({ InstructionError: [0, "MissingAccount"] });
    expect(call(writable(other), readonly(wallet)).error).toEqual({ InstructionError: [0, "PrivilegeEscalation"] });
    expect(call(readonly(wallet), writable(other)).error).toEqual({ InstructionError: [0, "MissingAccount"] });
  });

  it("a transaction has 64 instructions, inner ones included", () => {
    const twins = createWorld();
    const pairs = (count: number) => Array.from({ length: count }, () => nested([probe], nothing));
    expect(twins.send(payer, budget(2, 1_400_000), ...pairs(31)).theirs.error).toBeUndefined();
    expect(twins.send(payer, budget(2, 1_400_000), ...pairs(32)).theirs.error).toEqual({
      InstructionError: [32, "MaxInstructionTraceLengthExceeded"],
    });
  });

  it("a heap is as long as asked for, and has its price", () => {
    const twins = createWorld();
    const touch = key(53);
    twins.installSource(touch, "mov64 r6, r2\nldxdw r1, [r6+0]\nstxdw [r1+0], r1\nmov64 r0, 0\nexit");
    const at = (address: bigint): Instruction => ({
      program: touch,
      accounts: [],
      data: new Uint8Array(new BigUint64Array([address]).buffer),
    });
    const heap = 0x3_0000_0000n;
    for (const length of [32, 33, 64, 256]) {
      const end = heap + BigInt(length * 1024);
      for (const address of [end - 8n, end - 7n]) {
        expect(twins.send(payer, budget(1, length * 1024), at(address)).theirs.error === undefined).toBe(address === end - 8n);
      }
    }
    for (const units of [150, 155, 158, 159, 400]) twins.send(payer, budget(1, 262_144), budget(2, units), at(heap));
  });

  it("old programs have an allocator", () => {
    const twins = createWorld();
    const source = `
      mov64 r6, r2
      ldxdw r1, [r6+0]
      mov64 r2, 0
      call sol_alloc_free_
      stxdw [r10-8], r0
      ldxdw r1, [r6+8]
      mov64 r2, 0
      call sol_alloc_free_
      stxdw [r10-16], r0
      mov64 r1, 8
      mov64 r2, 5
      call sol_alloc_free_
      stxdw [r10-24], r0
      mov64 r1, r10
      sub64 r1, 24
      mov64 r2, 24
      call sol_set_return_data
      mov64 r0, 0
      exit`;
    for (const loader of [1, 2] as const) {
      const id = key(70 + loader);
      twins.installSource(id, source, 0, loader);
      for (const [first, second] of [
        [3n, 5n],
        [32_768n, 1n],
        [32_769n, 4n],
        [2n ** 63n, 1n],
        [0n, 0n],
      ] as const) {
        const data = new Uint8Array(new BigUint64Array([first, second]).buffer);
        expect(twins.send(payer, { program: id, accounts: [], data }).theirs.error).toBeUndefined();
      }
    }
  });

  it("accounts must keep what rent asks for", () => {
    const twins = createWorld();
    const minimum = 890_880n;
    twins.setAccount({ key: wallet, lamports: minimum - 10n });
    const outcomes = [
      systemTransfer(payer, key(80), minimum),
      systemTransfer(payer, key(81), minimum - 1n),
      systemTransfer(payer, wallet, 3n),
      systemTransfer(wallet, payer, 3n),
      systemTransfer(wallet, payer, minimum - 10n),
      systemTransfer(payer, key(82), 0n),
      createAccount(payer, account, 1_000n, 10n, callee),
      createAccount(payer, account, 2n * minimum, 10n, callee),
      systemTransfer(payer, account, 1n),
      { program: callee, accounts: [writable(account), writable(wallet)], data: Uint8Array.of(1, 200) },
    ].map((instruction) => twins.send(payer, instruction).theirs.error);
    expect(outcomes.map((error) => error === undefined)).toEqual([true, false, true, false, false, true, false, true, true, true]);
    expect(outcomes[1]).toEqual({ InsufficientFundsForRent: { account_index: 1 } });
  });

  it("an account grows by 10,240 bytes in one instruction", () => {
    const twins = createWorld();
    const grow = (length: number): Instruction => ({
      program: callee,
      accounts: [writable(account)],
      data: Uint8Array.of(2, length & 0xff, length >> 8),
    });
    twins.setAccount({ key: account, owner: callee, lamports: sol, data: new Uint8Array(100).fill(3) });
    for (const length of [10_340, 10_341, 5_000, 15_240, 15_241, 0, 100]) twins.send(payer, grow(length));
    twins.send(payer, grow(5), grow(50));
    expect(twins.ours.getAccount(account).data).toEqual(Uint8Array.from({ length: 50 }, () => 0));
  });

  it("programs see the instructions of their transaction, and which of them runs", () => {
    const twins = createWorld();
    const reader = key(54);
    twins.installSource(
      reader,
      `lddw r1, 0x400000060
       ldxdw r2, [r1-8]
       jle r2, 1024, whole
       mov64 r2, 1024
       whole:
       call sol_set_return_data
       mov64 r0, 0
       exit`,
    );
    const read: Instruction = {
      program: reader,
      accounts: [readonly(sysvarIds.instructions), writableSigner(payer)],
      data: Uint8Array.of(1, 2, 3),
    };
    expect(twins.send(payer, read).theirs.returnData.length).toBeGreaterThan(50);
    twins.send(payer, systemTransfer(payer, key(80), sol), read);
    for (const sysvar of [sysvarIds.clock, sysvarIds.rent, sysvarIds.epochSchedule, sysvarIds.epochRewards, sysvarIds.lastRestartSlot]) {
      twins.send(payer, { program: reader, accounts: [readonly(sysvar)], data: new Uint8Array(0) });
    }
  });

  it("programs see the siblings that ran before them", () => {
    const twins = createWorld();
    const looker = key(55);
    const heap = 0x3_0000_0000n;
    twins.installSource(
      looker,
      `mov64 r6, r2
       lddw r2, ${heap}
       ldxdw r1, [r6+8]
       stxdw [r2+0], r1
       ldxdw r1, [r6+16]
       stxdw [r2+8], r1
       ldxdw r1, [r6+0]
       lddw r3, ${heap + 16n}
       lddw r4, ${heap + 64n}
       lddw r5, ${heap + 256n}
       call sol_get_processed_sibling_instruction
       lddw r1, ${heap}
       stxdw [r1+1000], r0
       mov64 r2, 1008
       call sol_set_return_data
       mov64 r0, 0
       exit`,
    );
    const look = (index: bigint, data: bigint, accounts: bigint): Instruction => ({
      program: looker,
      accounts: [],
      data: new Uint8Array(new BigUint64Array([index, data, accounts]).buffer),
    });
    const transfer = systemTransfer(payer, key(80), sol);
    for (const index of [0n, 1n, 2n]) {
      for (const [data, accounts] of [
        [0n, 0n],
        [12n, 2n],
        [24n, 0n],
      ] as const) {
        expect(twins.send(payer, transfer, nested([probe], nothing), look(index, data, accounts)).theirs.error).toBeUndefined();
      }
    }
  });
});
