import { createHash } from "node:crypto";
import { pubkeyToBase58 } from "@trireme/core";
import { expect, test } from "vitest";
import { splPrograms, type SplProgram } from "./spl-programs.ts";

test("the programs are mainnet's, with their loaders and licences", () => {
  const shown = splPrograms().map(({ name, id, elf, loader, licence }) => ({
    name,
    id: pubkeyToBase58(id),
    sha256: createHash("sha256").update(elf).digest("hex").slice(0, 16),
    length: elf.length,
    loader,
    licence,
  }));
  const licence = "Apache-2.0";
  expect(shown).toEqual([
    {
      name: "SPL Token",
      id: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
      sha256: "53e587eee80c786b",
      length: 100_312,
      loader: 3,
      licence,
    },
    {
      name: "Token-2022",
      id: "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
      sha256: "495e9d7680dd555c",
      length: 615_936,
      loader: 3,
      licence,
    },
    {
      name: "Associated Token Account",
      id: "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
      sha256: "6804554e69fd3a58",
      length: 105_032,
      loader: 2,
      licence,
    },
    { name: "Memo", id: "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", sha256: "0c92063c6838d9ad", length: 2304, loader: 2, licence },
    { name: "Memo v1", id: "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", sha256: "67053ed6b0c4b2ff", length: 17_280, loader: 1, licence },
    {
      name: "Address Lookup Table",
      id: "AddressLookupTab1e1111111111111111111111111",
      sha256: "e264e1537c5ee125",
      length: 170_144,
      loader: 3,
      licence,
    },
  ]);
});

test("they survive a structured clone, as the options of an environment must", () => {
  const hashes = (programs: readonly SplProgram[]) =>
    programs.map(({ id, elf }) => [pubkeyToBase58(id), createHash("sha256").update(elf).digest("hex")]);
  const programs = splPrograms();
  expect(hashes(structuredClone(programs))).toEqual(hashes(programs));
});
