import { bytesToHex, isTaggedPubkey, keccak256, pubkeyFromBytes, zeroAddress, type Hash, type Host, type Pubkey } from "@trireme/core";
import { createModelHost, testBlock } from "@trireme/testing";
import { LiteSVM } from "litesvm";
import type { LiteSvm } from "litesvm/dist/internal.js";
import { expect, test } from "vitest";
import { sysvarIds } from "../known-keys.ts";
import { encodeInstructions, syntheticInstruction } from "./instructions.ts";
import { epochRewardsStruct, readableSysvar, sysvarAccount } from "./sysvar-account.ts";
import { epochScheduleStruct } from "./epoch-schedule.ts";
import { minimumBalance, rentStruct } from "./rent.ts";
import { writeSlotRecord, writeSlotRecordGenesis } from "./slot-record.ts";

const hashOf = (number: bigint): Hash => keccak256(new TextEncoder().encode(`block ${number}`)) as Hash;

/** Hosts of successive blocks over one state; each has run its hooks. */
function createChain(): { advance(to: bigint): Host } {
  let number = 0n;
  const getBlockHash = (asked: bigint) => (asked < number && asked >= 0n && asked >= number - 256n ? hashOf(asked) : undefined);
  const state = createModelHost({ environments: [] });
  const host = state as { block: typeof testBlock; getBlockHash: Host["getBlockHash"] } & Host;
  host.getBlockHash = getBlockHash;
  host.block = { ...testBlock, number, timestamp: 1_700_000_000n };
  writeSlotRecordGenesis(host);
  return {
    advance(to) {
      while (number < to) {
        number++;
        state.beginTransaction();
        host.block = { ...testBlock, number, timestamp: 1_700_000_000n + number };
        writeSlotRecord(host);
        state.endTransaction();
      }
      return Object.create(host) as Host;
    },
  };
}

function entriesOf(data: Uint8Array): readonly { readonly slot: bigint; readonly hash: string }[] {
  const view = new DataView(data.buffer);
  return Array.from({ length: Number(view.getBigUint64(0, true)) }, (_, index) => ({
    slot: view.getBigUint64(8 + index * 40, true),
    hash: bytesToHex(data.subarray(16 + index * 40, 48 + index * 40)),
  }));
}

function dataOf(key: Pubkey, host: Host): Uint8Array {
  const account = sysvarAccount(key, host);
  if (account === undefined) throw new Error("no sysvar");
  expect(account.data.length).toBe(account.dataLength);
  return account.data;
}

test("sysvars that do not depend on the chain are litesvm's, byte for byte", () => {
  const { inner } = new LiteSVM() as unknown as { inner: LiteSvm };
  const host = createChain().advance(1n);
  for (const key of [sysvarIds.rent, sysvarIds.epochRewards, sysvarIds.lastRestartSlot]) {
    const theirs = inner.getAccount(key);
    expect(bytesToHex(dataOf(key, host))).toBe(bytesToHex(theirs?.data() ?? new Uint8Array(0)));
    expect(bytesToHex(sysvarAccount(key, host)?.owner ?? new Uint8Array(0))).toBe(bytesToHex(theirs?.owner() ?? new Uint8Array(0)));
  }
  expect(minimumBalance(165)).toBe(new LiteSVM().minimumBalanceForRentExemption(165n));
});

test("the clock is the block's: slot, time, epoch and the time at which the epoch began", () => {
  const chain = createChain();
  const view = new DataView(dataOf(sysvarIds.clock, chain.advance(5n)).buffer);
  const fields = [0, 8, 16, 24, 32].map((offset) => view.getBigUint64(offset, true));
  expect(fields).toEqual([5n, 1_700_000_000n, 0n, 1n, 1_700_000_005n]);
});

test("slot hashes: as many as the chain has, then the last 512, beyond the host's window of 256", () => {
  const chain = createChain();
  expect(entriesOf(dataOf(sysvarIds.slotHashes, chain.advance(1n)))).toEqual([{ slot: 0n, hash: bytesToHex(hashOf(0n)) }]);
  for (const number of [256n, 257n, 300n, 512n, 513n, 1100n]) {
    const entries = entriesOf(dataOf(sysvarIds.slotHashes, chain.advance(number)));
    const expected = Array.from({ length: Number(number < 512n ? number : 512n) }, (_, index) => number - 1n - BigInt(index));
    expect(entries).toEqual(expected.map((slot) => ({ slot, hash: bytesToHex(hashOf(slot)) })));
  }
});

test("recent blockhashes: the last 150 with 5,000 lamports each", () => {
  const data = dataOf(sysvarIds.recentBlockhashes, createChain().advance(400n));
  const view = new DataView(data.buffer);
  expect(data.length).toBe(6008);
  expect(view.getBigUint64(0, true)).toBe(150n);
  expect(bytesToHex(data.subarray(8, 40))).toBe(bytesToHex(hashOf(399n)));
  expect(bytesToHex(data.subarray(8 + 149 * 40, 40 + 149 * 40))).toBe(bytesToHex(hashOf(250n)));
  expect(view.getBigUint64(40, true)).toBe(5000n);
});

test("slot history is litesvm's where one slot is known, and has every slot of the chain", () => {
  const { inner } = new LiteSVM() as unknown as { inner: LiteSvm };
  const start = dataOf(sysvarIds.slotHistory, createChain().advance(1n));
  expect(Buffer.compare(start, inner.getAccount(sysvarIds.slotHistory)?.data() ?? new Uint8Array(0))).toBe(0);
  const data = dataOf(sysvarIds.slotHistory, createChain().advance(21n));
  expect(bytesToHex(data.subarray(9, 13))).toBe("0xffff1f00");
  expect(new DataView(data.buffer).getBigUint64(131_089, true)).toBe(21n);
});

test("getters: structs have the layout of memory; sol_get_sysvar knows seven sysvars", () => {
  const host = createChain().advance(3n);
  expect([rentStruct(), epochScheduleStruct(), epochRewardsStruct()].map(({ length }) => length)).toEqual([24, 40, 96]);
  const known = Object.entries(sysvarIds).filter(([, key]) => readableSysvar(key, host) !== undefined);
  expect(known.map(([name]) => name).sort()).toEqual([
    "clock",
    "epochRewards",
    "epochSchedule",
    "lastRestartSlot",
    "rent",
    "slotHashes",
    "stakeHistory",
  ]);
});

test("the instructions sysvar holds the accounts, programs and data of all instructions, and which one runs", () => {
  const [program, account] = [pubkeyFromBytes(new Uint8Array(32).fill(1)), pubkeyFromBytes(new Uint8Array(32).fill(2))];
  const instruction = { program, accounts: [{ pubkey: account, isSigner: true, isWritable: false }], data: Uint8Array.of(9, 8) };
  const data = encodeInstructions([instruction, { ...instruction, accounts: [], data: new Uint8Array(0) }], 1);
  const one = ["0100", "01", "02".repeat(32), "01".repeat(32), "0200", "0908"].join("");
  const two = ["0000", "01".repeat(32), "0000"].join("");
  expect(bytesToHex(data)).toBe(`0x02000600${(6 + one.length / 2).toString(16)}00${one}${two}0100`);
});

test("rule 17: entered from an Ethereum transaction, a program sees one instruction, and it is not its own", () => {
  const program = pubkeyFromBytes(new Uint8Array(32).fill(1));
  const message = { kind: "instruction", sender: zeroAddress, gas: 0n, depth: 1, isStatic: false, stackHeight: 2 } as const;
  const seen = syntheticInstruction({ ...message, program, accounts: [], data: Uint8Array.of(7) });
  expect(isTaggedPubkey(seen.program)).toBe(true);
  expect(seen).toEqual({
    program: seen.program,
    accounts: [{ pubkey: program, isSigner: false, isWritable: false }],
    data: Uint8Array.of(7),
  });
});
