/** The transaction of a state test: its bytes where the vector has them, else made of its fields. */
import type { Hash } from "@trireme/core";
import {
  encodeImpersonatedTransaction,
  recoverAuthority,
  signTransaction,
  type AccessListEntry,
  type Authorization,
  type UnsignedTransaction,
} from "@trireme/ethereum";
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

/** Which of the alternatives of a transaction a case runs. */
export interface TransactionIndexes {
  readonly data: number;
  readonly gas: number;
  readonly value: number;
}

/**
 * The bytes that would stand in a block; those of an impersonated transaction where the vector has no key.
 * @throws TriremeError naming the field that is not as it should be
 */
export function readTestTransaction(
  fields: JsonObject,
  at: TransactionIndexes,
  txbytes: JsonValue | undefined,
  chainId: bigint,
): Uint8Array {
  if (txbytes !== undefined && txbytes !== "0x") return readHex(txbytes, "txbytes");
  const unsigned = readUnsigned(fields, at, chainId);
  if (fields["secretKey"] !== undefined) return signTransaction(unsigned, readWord(fields["secretKey"], "secretKey"));
  return encodeImpersonatedTransaction(readAddress(fields["sender"], "sender"), unsigned);
}

function readUnsigned(fields: JsonObject, at: TransactionIndexes, chainId: bigint): UnsignedTransaction {
  const list = fields["accessLists"] === undefined ? fields["accessList"] : readArray(fields["accessLists"], "accessLists")[at.data];
  const accessList = list === undefined || list === null ? undefined : readAccessList(list);
  const blobs = fields["blobVersionedHashes"];
  const authorizations = fields["authorizationList"];
  const has1559 = fields["maxFeePerGas"] !== undefined;
  const gasPrice = fields["gasPrice"] === undefined ? 0n : readNumber(fields["gasPrice"], "gasPrice");
  return {
    type: authorizations !== undefined ? 4 : blobs !== undefined ? 3 : has1559 ? 2 : accessList !== undefined ? 1 : 0,
    chainId,
    nonce: readNumber(fields["nonce"], "nonce"),
    gasLimit: readNumber(alternative(fields, "gasLimit", at.gas), "gasLimit"),
    to: readString(fields["to"] ?? "", "to") === "" ? undefined : readAddress(fields["to"], "to"),
    value: readNumber(alternative(fields, "value", at.value), "value"),
    data: readHex(alternative(fields, "data", at.data), "data"),
    maxFeePerGas: has1559 ? readNumber(fields["maxFeePerGas"], "maxFeePerGas") : gasPrice,
    maxPriorityFeePerGas: has1559 ? readNumber(fields["maxPriorityFeePerGas"], "maxPriorityFeePerGas") : gasPrice,
    accessList: accessList ?? [],
    maxFeePerBlobGas: fields["maxFeePerBlobGas"] === undefined ? 0n : readNumber(fields["maxFeePerBlobGas"], "maxFeePerBlobGas"),
    blobVersionedHashes:
      blobs === undefined ? [] : readArray(blobs, "blobVersionedHashes").map((hash) => readHex(hash, "a blob hash") as Hash),
    authorizationList: authorizations === undefined ? [] : readArray(authorizations, "authorizationList").map(readAuthorization),
  };
}

function alternative(fields: JsonObject, name: string, index: number): JsonValue | undefined {
  return readArray(fields[name], name)[index];
}

/** @throws TriremeError naming the field that is not as it should be */
export function readAccessList(list: JsonValue | undefined): readonly AccessListEntry[] {
  return readArray(list, "accessList").map((item) => {
    const entry = readObject(item, "an entry of accessList");
    return {
      address: readAddress(entry["address"], "an address of accessList"),
      storageKeys: readArray(entry["storageKeys"], "storageKeys").map((key) => readWord(key, "a storage key of accessList")),
    };
  });
}

/** @throws TriremeError naming the field that is not as it should be */
export function readAuthorization(item: JsonValue): Authorization {
  const fields = readObject(item, "an authorization");
  const tuple = {
    chainId: readNumber(fields["chainId"], "chainId of an authorization"),
    address: readAddress(fields["address"], "address of an authorization"),
    nonce: readNumber(fields["nonce"], "nonce of an authorization"),
    yParity: Number(readNumber(fields["yParity"] ?? fields["v"], "yParity of an authorization")),
    r: readNumber(fields["r"], "r of an authorization"),
    s: readNumber(fields["s"], "s of an authorization"),
  };
  return { ...tuple, authority: recoverAuthority(tuple) };
}
