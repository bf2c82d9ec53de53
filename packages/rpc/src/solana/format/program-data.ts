/** Accounts of native programs as `jsonParsed` shows them: nonces, lookup tables, programs of loader v3. */
import { base58 } from "@scure/base";
import { equalBytes, pubkeyToBase58, systemProgram, type Pubkey } from "@trireme/core";
import { programIds, type SolanaAccount } from "@trireme/svm";

const NONCE_LENGTH = 80;
const TABLE_HEADER = 56;
const BUFFER_HEADER = 37;
const PROGRAM_LENGTH = 36;
const PROGRAM_DATA_HEADER = 45;

/** The parsed form; undefined where there is none. */
export function parseProgramData(account: SolanaAccount): object | undefined {
  const { owner, dataLength: space } = account;
  if (equalBytes(owner, systemProgram)) return shown("nonce", parseNonce(account), space);
  if (equalBytes(owner, programIds.addressLookupTable)) return shown("address-lookup-table", parseTable(account), space);
  if (equalBytes(owner, programIds.loaderV3)) return shown("bpf-upgradeable-loader", parseLoaderState(account), space);
  return undefined;
}

interface Parsed {
  readonly type: string;
  readonly info?: object;
}

function shown(program: string, parsed: Parsed | undefined, space: number): object | undefined {
  return parsed === undefined ? undefined : { program, parsed, space };
}

function parseNonce(account: SolanaAccount): Parsed | undefined {
  if (account.dataLength !== NONCE_LENGTH) return undefined;
  const { bytes, view } = start(account, NONCE_LENGTH);
  if (view.getUint32(4, true) === 0) return { type: "uninitialized" };
  const info = {
    authority: keyAt(bytes, 8),
    blockhash: base58.encode(bytes.subarray(40, 72)),
    feeCalculator: { lamportsPerSignature: view.getBigUint64(72, true).toString() },
  };
  return { type: "initialized", info };
}

function parseTable(account: SolanaAccount): Parsed | undefined {
  if (account.dataLength < TABLE_HEADER || (account.dataLength - TABLE_HEADER) % 32 !== 0) return undefined;
  const { bytes, view } = start(account, account.dataLength);
  if (view.getUint32(0, true) !== 1) return { type: "uninitialized" };
  const addresses: string[] = [];
  for (let at = TABLE_HEADER; at < bytes.length; at += 32) addresses.push(keyAt(bytes, at));
  const info = {
    deactivationSlot: view.getBigUint64(4, true).toString(),
    lastExtendedSlot: view.getBigUint64(12, true).toString(),
    lastExtendedSlotStartIndex: bytes[20],
    ...(bytes[21] === 1 ? { authority: keyAt(bytes, 22) } : {}),
    addresses,
  };
  return { type: "lookupTable", info };
}

function parseLoaderState(account: SolanaAccount): Parsed | undefined {
  if (account.dataLength < 4) return undefined;
  const { bytes, view } = start(account, PROGRAM_DATA_HEADER);
  switch (view.getUint32(0, true)) {
    case 0:
      return { type: "uninitialized" };
    case 1:
      return { type: "buffer", info: { authority: optionalKeyAt(bytes, 4), data: elf(account, BUFFER_HEADER) } };
    case 2:
      return account.dataLength < PROGRAM_LENGTH ? undefined : { type: "program", info: { programData: keyAt(bytes, 4) } };
    case 3: {
      const info = { slot: view.getBigUint64(4, true), authority: optionalKeyAt(bytes, 12), data: elf(account, PROGRAM_DATA_HEADER) };
      return { type: "programData", info };
    }
    default:
      return undefined;
  }
}

/** The first bytes, zeros after the end. */
function start(account: SolanaAccount, length: number): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(length);
  bytes.set(account.read(0, length));
  return { bytes, view: new DataView(bytes.buffer) };
}

function elf(account: SolanaAccount, header: number): readonly [string, "base64"] {
  return [Buffer.from(account.read(header)).toString("base64"), "base64"];
}

function keyAt(bytes: Uint8Array, at: number): string {
  return pubkeyToBase58(bytes.slice(at, at + 32) as Pubkey);
}

function optionalKeyAt(bytes: Uint8Array, at: number): string | null {
  return bytes[at] === 1 ? keyAt(bytes, at + 1) : null;
}
