// Reads the ELFs of Solana's standard programs out of litesvm's accounts into dist/elf, with a manifest and the licence:
// `node scripts/build-elfs.mjs`. Fails when an ELF is not the one that is named here.
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { base58 } from "@scure/base";
import { LiteSVM } from "litesvm";

const programs = [
  {
    name: "SPL Token",
    id: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    loader: 3,
    file: "spl-token.so",
    source: "https://github.com/solana-program/token (p-token)",
    sha256: "53e587eee80c786b",
  },
  {
    name: "Token-2022",
    id: "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
    loader: 3,
    file: "token-2022.so",
    source: "https://github.com/solana-program/token-2022 11.0.0",
    sha256: "495e9d7680dd555c",
  },
  {
    name: "Associated Token Account",
    id: "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
    loader: 2,
    file: "associated-token-account.so",
    source: "https://github.com/solana-program/associated-token-account 1.1.1",
    sha256: "6804554e69fd3a58",
  },
  {
    name: "Memo",
    id: "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
    loader: 2,
    file: "memo.so",
    source: "https://github.com/solana-program/memo 4.0.0",
    sha256: "0c92063c6838d9ad",
  },
  {
    name: "Memo v1",
    id: "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
    loader: 1,
    file: "memo-v1.so",
    source: "https://github.com/solana-labs/solana-program-library (memo 1.0.0)",
    sha256: "67053ed6b0c4b2ff",
  },
  {
    name: "Address Lookup Table",
    id: "AddressLookupTab1e1111111111111111111111111",
    loader: 3,
    file: "address-lookup-table.so",
    source: "https://github.com/solana-program/address-lookup-table",
    sha256: "e264e1537c5ee125",
  },
];
const licence = "Apache-2.0";
/** Bytes before the ELF in a programdata account of loader v3, and before the address of one in a program account. */
const PROGRAM_DATA_HEADER = 45;
const PROGRAM_HEADER = 4;

const svm = new LiteSVM();
const target = new URL("../dist/elf/", import.meta.url);
mkdirSync(target, { recursive: true });
const manifest = programs.map(({ sha256, ...program }) => {
  const elf = readElf(program);
  const hash = createHash("sha256").update(elf).digest("hex");
  if (!hash.startsWith(sha256)) {
    console.error(`${program.name}: expected an ELF with sha256 ${sha256}..., got ${hash} (${elf.length} bytes)`);
    process.exit(1);
  }
  write(program.file, elf);
  return { ...program, licence, sha256: hash };
});
write("LICENSE-Apache-2.0.txt", readFileSync(new URL("../licences/Apache-2.0.txt", import.meta.url)));
// Last: who finds it finds the others.
write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${manifest.length} programs`);

/** Several processes may build at the same time: a file is there whole, or not at all. */
function write(name, content) {
  const draft = new URL(`${name}.${randomUUID()}`, target);
  writeFileSync(draft, content);
  renameSync(draft, new URL(name, target));
}

function readElf({ id, loader }) {
  const data = dataOf(base58.decode(id));
  return loader === 3 ? dataOf(data.subarray(PROGRAM_HEADER, PROGRAM_HEADER + 32)).subarray(PROGRAM_DATA_HEADER) : data;
}

function dataOf(id) {
  return svm.inner.getAccount(id).data();
}
