// Code that the reader knows: a block's diff leaves it out, a transaction's writes do not.
import { addressFromBytes, keccak256, type Hash } from "@trireme/core";
import { expect, it } from "vitest";
import { codeFlatKey } from "../flat-key.ts";
import { createFlatReader } from "../flat-reader.ts";
import { createJournal, type Journal } from "./journal.ts";

const code = Uint8Array.of(0xfe, 0x01);
const key = codeFlatKey(keccak256(code) as Hash);
/** What a transaction below has deployed, which may yet run again and leave it out. */
const reader = createFlatReader((asked) => (Buffer.compare(asked, key) === 0 ? code : undefined));

function deployed(): Journal {
  const journal = createJournal(reader);
  journal.beginTransaction();
  journal.setNonce(addressFromBytes(new Uint8Array(20).fill(1)), 1n);
  journal.setCode(addressFromBytes(new Uint8Array(20).fill(1)), code);
  journal.endTransaction();
  return journal;
}

it("is written by a transaction that deploys it again, and stands in no diff", () => {
  expect(deployed().takeWrites().entries).toContainEqual({ key, value: code });
  expect(deployed().takeDiff().diff.entries).toHaveLength(1);
});
