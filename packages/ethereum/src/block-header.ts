/** Block headers of London to Osaka: RLP and hash. */
import { addressFromBytes, keccak256, TriremeError, type Address, type Hash } from "@trireme/core";
import { decodeRlp, encodeRlp, integerToRlp, readBytes, readInteger, readList, type RlpItem } from "./rlp.ts";

/** A header. Fields of later forks are undefined together with all that follow them. */
export interface BlockHeader {
  readonly parentHash: Hash;
  readonly ommersHash: Hash;
  readonly coinbase: Address;
  readonly stateRoot: Hash;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  /** 256 bytes. */
  readonly logsBloom: Uint8Array;
  /** 0 from Paris on. */
  readonly difficulty: bigint;
  readonly number: bigint;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** At most 32 bytes in a valid block. */
  readonly extraData: Uint8Array;
  /** 32 bytes: PREVRANDAO from Paris on, the mix hash before. */
  readonly prevRandao: Uint8Array;
  /** 8 bytes; zeros from Paris on. */
  readonly nonce: Uint8Array;
  /** Wei per gas (EIP-1559). */
  readonly baseFeePerGas: bigint;
  /** From Shanghai on (EIP-4895). */
  readonly withdrawalsRoot: Hash | undefined;
  /** From Cancun on (EIP-4844). */
  readonly blobGasUsed: bigint | undefined;
  /** From Cancun on (EIP-4844). */
  readonly excessBlobGas: bigint | undefined;
  /** From Cancun on (EIP-4788). */
  readonly parentBeaconBlockRoot: Hash | undefined;
  /** From Prague on (EIP-7685). */
  readonly requestsHash: Hash | undefined;
}

/** keccak256(rlp([])): the ommers of every block from Paris on. */
export const emptyOmmersHash: Hash = keccak256(Uint8Array.of(0xc0)) as Hash;

/** RLP of a header. @throws TriremeError `INVALID_ENCODING` when a field is set whose predecessor is not */
export function encodeHeader(header: BlockHeader): Uint8Array {
  return encodeRlp(headerToRlp(header));
}

/** keccak256 of the header's RLP. */
export function hashHeader(header: BlockHeader): Hash {
  return keccak256(encodeHeader(header)) as Hash;
}

/** @throws TriremeError `INVALID_ENCODING` */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  return headerFromRlp(decodeRlp(bytes));
}

/** A header as an RLP list; part of a block's encoding. @throws TriremeError `INVALID_ENCODING` */
export function headerToRlp(header: BlockHeader): RlpItem {
  const later = [
    header.withdrawalsRoot,
    optionalInteger(header.blobGasUsed),
    optionalInteger(header.excessBlobGas),
    header.parentBeaconBlockRoot,
    header.requestsHash,
  ];
  const set = later.findLastIndex((field) => field !== undefined) + 1;
  const present = later.slice(0, set).filter((field) => field !== undefined);
  if (present.length !== set)
    throw new TriremeError("INVALID_ENCODING", "expected every header field before the last one that is set, got a gap");
  return [
    header.parentHash,
    header.ommersHash,
    header.coinbase,
    header.stateRoot,
    header.transactionsRoot,
    header.receiptsRoot,
    header.logsBloom,
    integerToRlp(header.difficulty),
    integerToRlp(header.number),
    integerToRlp(header.gasLimit),
    integerToRlp(header.gasUsed),
    integerToRlp(header.timestamp),
    header.extraData,
    header.prevRandao,
    header.nonce,
    integerToRlp(header.baseFeePerGas),
    ...present,
  ];
}

/** Reads a header's RLP list. @throws TriremeError `INVALID_ENCODING` */
export function headerFromRlp(item: RlpItem | undefined): BlockHeader {
  const fields = readList(item, "a header");
  const count = fields.length;
  if (count !== 16 && count !== 17 && count !== 20 && count !== 21) {
    throw new TriremeError(
      "INVALID_ENCODING",
      `expected a header of 16 (London), 17 (Shanghai), 20 (Cancun) or 21 (Prague) fields, got ${count}`,
    );
  }
  const hash = (index: number, name: string): Hash => readBytes(fields[index], name, 32) as Hash;
  return {
    parentHash: hash(0, "parentHash"),
    ommersHash: hash(1, "ommersHash"),
    coinbase: addressFromBytes(readBytes(fields[2], "coinbase", 20)),
    stateRoot: hash(3, "stateRoot"),
    transactionsRoot: hash(4, "transactionsRoot"),
    receiptsRoot: hash(5, "receiptsRoot"),
    logsBloom: readBytes(fields[6], "logsBloom", 256),
    difficulty: readInteger(fields[7], 32, "difficulty"),
    number: readInteger(fields[8], 8, "number"),
    gasLimit: readInteger(fields[9], 8, "gasLimit"),
    gasUsed: readInteger(fields[10], 8, "gasUsed"),
    timestamp: readInteger(fields[11], 8, "timestamp"),
    extraData: readBytes(fields[12], "extraData"),
    prevRandao: readBytes(fields[13], "prevRandao", 32),
    nonce: readBytes(fields[14], "nonce", 8),
    baseFeePerGas: readInteger(fields[15], 32, "baseFeePerGas"),
    withdrawalsRoot: count > 16 ? hash(16, "withdrawalsRoot") : undefined,
    blobGasUsed: count > 17 ? readInteger(fields[17], 8, "blobGasUsed") : undefined,
    excessBlobGas: count > 17 ? readInteger(fields[18], 8, "excessBlobGas") : undefined,
    parentBeaconBlockRoot: count > 17 ? hash(19, "parentBeaconBlockRoot") : undefined,
    requestsHash: count > 20 ? hash(20, "requestsHash") : undefined,
  };
}

function optionalInteger(value: bigint | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : integerToRlp(value);
}
