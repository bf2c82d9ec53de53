/** Value nodes of Codama's IDLs as bytes. https://github.com/codama-idl/codama/tree/main/packages/nodes/docs/valueNodes */
import { bigintToBytes, concatBytes, hexToBytes, isTriremeError, pubkeyFromBase58 } from "@trireme/core";
import type { LengthPrefix, Type } from "../../model/type.ts";
import type { JsonCursor } from "../json-cursor.ts";
import { readPubkey } from "../value.ts";

/** A constant of a type, encoded. @throws TriremeError where value and type do not fit or have no constant here */
export function encodeConstant(value: JsonCursor, type: Type): Uint8Array {
  const kind = value.at("kind").text();
  switch (type.kind) {
    case "integer":
      if (kind === "numberValueNode") return integerBytes(value.at("number"), type.isSigned, type.bits);
      break;
    case "bool":
      if (kind === "booleanValueNode") return Uint8Array.of(value.at("boolean").boolean() ? 1 : 0);
      break;
    case "pubkey":
      if (kind === "publicKeyValueNode") return readPubkey(value.at("publicKey"));
      break;
    case "fixedBytes": {
      const bytes = sequence(value, kind);
      return bytes.length === type.length ? bytes : value.refuse(`${type.length} bytes`);
    }
    case "bytes":
    case "string": {
      const bytes = sequence(value, kind);
      return type.prefix === 0 ? bytes : concatBytes(lengthBytes(bytes.length, type.prefix), bytes);
    }
    case "address":
    case "array":
    case "defined":
    case "list":
    case "option":
      break;
  }
  return value.at("kind").decline(`a constant of the type ${type.kind}`);
}

function sequence(value: JsonCursor, kind: string): Uint8Array {
  if (kind === "stringValueNode") return new TextEncoder().encode(value.at("string").text());
  if (kind !== "bytesValueNode") return value.at("kind").decline("stringValueNode or bytesValueNode");
  const data = value.at("data");
  const encoding = value.at("encoding").oneOf("base16", "base58", "base64", "utf8");
  return decode(data, encoding);
}

function decode(data: JsonCursor, encoding: "base16" | "base58" | "base64" | "utf8"): Uint8Array {
  const text = data.text();
  if (encoding === "utf8") return new TextEncoder().encode(text);
  if (encoding === "base64") {
    const bytes = Uint8Array.from(Buffer.from(text, "base64"));
    return Buffer.from(bytes).toString("base64") === text ? bytes : data.refuse("base64");
  }
  try {
    return encoding === "base16" ? hexToBytes(`0x${text.replace(/^0x/, "")}`) : pubkeyFromBase58(text);
  } catch (error) {
    if (!isTriremeError(error)) throw error;
    return encoding === "base16" ? data.refuse("hexadecimal") : data.decline("32 bytes of base58");
  }
}

function integerBytes(cursor: JsonCursor, isSigned: boolean, bits: number): Uint8Array {
  const { value } = cursor;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return cursor.refuse("an integer");
  const low = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const high = isSigned ? 1n << BigInt(bits - 1) : 1n << BigInt(bits);
  const number = BigInt(value);
  if (number < low || number >= high) return cursor.refuse(`an integer of ${bits} bits`);
  return bigintToBytes(BigInt.asUintN(bits, number), bits / 8).reverse();
}

function lengthBytes(length: number, prefix: LengthPrefix): Uint8Array {
  return bigintToBytes(BigInt(length), prefix).reverse();
}
