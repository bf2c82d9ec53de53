/** Real blocks: `{ block, pre, codes, blockHashes? }`, the block as JSON-RPC gives it, code by hash, hashes by number. */
import { hexToBytes, TriremeError, type Address, type Hash } from "@trireme/core";
import {
  encodeImpersonatedTransaction,
  encodeSignedTransaction,
  type AccessListEntry,
  type Authorization,
  type BlockHeader,
  type EthereumTransactionType,
  type UnsignedTransaction,
  type Withdrawal,
} from "@trireme/ethereum";
import type { AllocatedAccount } from "./allocation.ts";
import {
  readAddress,
  readArray,
  readHex,
  readNumber,
  readObject,
  readString,
  readWord,
  type JsonObject,
  type JsonValue,
} from "./json-value.ts";
import { readAccessList, readAuthorization } from "./test-transaction.ts";

/** A transaction as it stood in the block. */
export interface MainnetTransaction {
  readonly raw: Uint8Array;
  readonly type: number;
  readonly hash: Hash;
  readonly from: Address;
  /** Whether the vector has the signature: `from` is then checked against it. */
  readonly isSigned: boolean;
}

/** A block with the state that it needs. */
export interface MainnetBlock {
  readonly hash: Hash;
  readonly header: BlockHeader;
  readonly transactions: readonly MainnetTransaction[];
  readonly withdrawals: readonly Withdrawal[] | undefined;
  readonly pre: readonly AllocatedAccount[];
  /** Hashes of earlier blocks, where the vector has some. */
  readonly blockHashes: ReadonlyMap<bigint, Hash>;
}

/** @throws TriremeError or SyntaxError naming what is not as it should be */
export function readMainnetBlock(text: string): MainnetBlock {
  const file = readObject(JSON.parse(text) as JsonValue, "the file");
  const block = readObject(file["block"], "block");
  return {
    hash: readWord(block["hash"], "hash") as Hash,
    header: readHeader(block),
    transactions: readArray(block["transactions"], "transactions").map((item) => readTransaction(readObject(item, "a transaction"))),
    withdrawals: block["withdrawals"] === undefined ? undefined : readArray(block["withdrawals"], "withdrawals").map(readWithdrawal),
    pre: readPre(readObject(file["pre"], "pre"), readObject(file["codes"], "codes")),
    blockHashes: readBlockHashes(file["blockHashes"] ?? file["block_hashes"] ?? {}),
  };
}

function readHeader(block: JsonObject): BlockHeader {
  const hash = (name: string): Hash => readHex(block[name], name) as Hash;
  const number = (name: string): bigint => readNumber(block[name], name);
  const optional = <Value>(name: string, read: (name: string) => Value): Value | undefined =>
    block[name] === undefined ? undefined : read(name);
  return {
    parentHash: hash("parentHash"),
    ommersHash: hash("sha3Uncles"),
    coinbase: readAddress(block["miner"], "miner"),
    stateRoot: hash("stateRoot"),
    transactionsRoot: hash("transactionsRoot"),
    receiptsRoot: hash("receiptsRoot"),
    logsBloom: hash("logsBloom"),
    difficulty: number("difficulty"),
    number: number("number"),
    gasLimit: number("gasLimit"),
    gasUsed: number("gasUsed"),
    timestamp: number("timestamp"),
    extraData: hash("extraData"),
    prevRandao: hash("mixHash"),
    nonce: hash("nonce"),
    baseFeePerGas: number("baseFeePerGas"),
    withdrawalsRoot: optional("withdrawalsRoot", hash),
    blobGasUsed: optional("blobGasUsed", number),
    excessBlobGas: optional("excessBlobGas", number),
    parentBeaconBlockRoot: optional("parentBeaconBlockRoot", hash),
    requestsHash: optional("requestsHash", hash),
  };
}

function readTransaction(fields: JsonObject): MainnetTransaction {
  const type = Number(readNumber(fields["type"] ?? "0x0", "type"));
  const v = fields["v"] === undefined ? undefined : readNumber(fields["v"], "v");
  const unsigned = readUnsigned(fields, type as EthereumTransactionType, v);
  const from = readAddress(fields["from"], "from");
  const common = { type, hash: readHex(fields["hash"], "hash") as Hash, from };
  if (v === undefined) return { ...common, raw: encodeImpersonatedTransaction(from, unsigned), isSigned: false };
  const yParity = type === 0 ? Number(v < 35n ? v - 27n : (v - 35n) & 1n) : Number(v);
  const signature = { yParity, r: readNumber(fields["r"], "r"), s: readNumber(fields["s"], "s") };
  return { ...common, raw: encodeSignedTransaction(unsigned, signature), isSigned: true };
}

function readUnsigned(fields: JsonObject, type: EthereumTransactionType, v: bigint | undefined): UnsignedTransaction {
  if (type < 0 || type > 4) throw new TriremeError("INVALID_ENCODING", `expected a transaction of type 0 to 4, got ${type}`);
  const number = (name: string): bigint => readNumber(fields[name], name);
  const isAnyChain = type === 0 && v !== undefined && v < 35n;
  const gasPrice = type < 2 ? number("gasPrice") : 0n;
  const accessList: readonly AccessListEntry[] = type === 0 ? [] : readAccessList(fields["accessList"]);
  const authorizationList: readonly Authorization[] =
    type === 4 ? readArray(fields["authorizationList"], "authorizationList").map(readAuthorization) : [];
  return {
    type,
    chainId: isAnyChain ? undefined : fields["chainId"] === undefined ? 1n : number("chainId"),
    nonce: number("nonce"),
    gasLimit: number("gas"),
    to: fields["to"] === undefined || fields["to"] === null ? undefined : readAddress(fields["to"], "to"),
    value: number("value"),
    data: readHex(fields["input"], "input"),
    maxFeePerGas: type < 2 ? gasPrice : number("maxFeePerGas"),
    maxPriorityFeePerGas: type < 2 ? gasPrice : number("maxPriorityFeePerGas"),
    accessList,
    maxFeePerBlobGas: type === 3 ? number("maxFeePerBlobGas") : 0n,
    blobVersionedHashes:
      type === 3 ? readArray(fields["blobVersionedHashes"], "blobVersionedHashes").map((hash) => readHex(hash, "a blob hash") as Hash) : [],
    authorizationList,
  };
}

function readWithdrawal(item: JsonValue): Withdrawal {
  const fields = readObject(item, "a withdrawal");
  return {
    index: readNumber(fields["index"], "index"),
    validatorIndex: readNumber(fields["validatorIndex"], "validatorIndex"),
    address: readAddress(fields["address"], "address"),
    amount: readNumber(fields["amount"], "amount"),
  };
}

function readBlockHashes(value: JsonValue): ReadonlyMap<bigint, Hash> {
  return new Map(
    Object.entries(readObject(value, "blockHashes")).map(([number, hash]) => [
      readNumber(number, "a block number"),
      readWord(hash, "a block hash") as Hash,
    ]),
  );
}

function readPre(pre: JsonObject, codes: JsonObject): readonly AllocatedAccount[] {
  return Object.entries(pre).map(([hex, value]) => {
    const fields = readObject(value, `pre.${hex}`);
    const codeHash = fields["code_hash"];
    const code = codeHash === undefined || codeHash === null ? "0x" : codes[readString(codeHash, `code_hash of ${hex}`)];
    return {
      address: readAddress(hex, "an address of pre"),
      nonce: readNumber(fields["nonce"], `nonce of ${hex}`),
      balance: readNumber(fields["balance"], `balance of ${hex}`),
      code: code === "0x" ? hexToBytes("0x") : readHex(code, `code of ${hex}`),
      storage: Object.entries(readObject(fields["storage"], `storage of ${hex}`))
        .map(([key, word]) => [readWord(key, `a storage key of ${hex}`), readWord(word, `a storage value of ${hex}`)] as const)
        .filter(([, word]) => word.some((byte) => byte !== 0)),
    };
  });
}
