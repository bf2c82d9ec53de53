/** Values out of instruction data, by the types of an IDL. */
import { definitionOf, type Definitions, type Field, type LengthPrefix, type Type } from "@trireme/bindings";
import { bytesToHex, pubkeyToBase58, type Pubkey } from "@trireme/core";
import type { DecodedField, DecodedValue } from "./decoded.ts";

/** Most items of one list. */
const maxItems = 4_096;

/** Reads fields one after the other; undefined where the bytes do not suffice. What is left at the end is ignored. */
export function readFields(fields: readonly Field[], data: Uint8Array, definitions: Definitions): readonly DecodedField[] | undefined {
  try {
    const reader = new DataReader(data, definitions);
    return fields.map(({ name, type }) => ({ name, value: reader.value(type) }));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class DataReader {
  private readonly data: Uint8Array;
  private readonly definitions: Definitions;
  private offset = 0;

  constructor(data: Uint8Array, definitions: Definitions) {
    this.data = data;
    this.definitions = definitions;
  }

  /** @throws RangeError past the end */
  value(type: Type): DecodedValue {
    switch (type.kind) {
      case "bool":
        return this.integer(1) !== 0n;
      case "integer": {
        const value = this.integer(type.bits / 8);
        return String(type.isSigned ? BigInt.asIntN(type.bits, value) : value);
      }
      case "address":
        return bytesToHex(this.bytes(20));
      case "pubkey":
        return pubkeyToBase58(this.bytes(32) as Pubkey);
      case "fixedBytes":
        return bytesToHex(this.bytes(type.length));
      case "bytes":
        return bytesToHex(this.bytes(this.length(type.prefix)));
      case "string":
        return new TextDecoder().decode(this.bytes(this.length(type.prefix)));
      case "list":
        return this.items(type.item, type.prefix === 0 ? undefined : this.length(type.prefix));
      case "array":
        return this.items(type.item, type.count);
      case "option": {
        // A pubkey without a tag: none is zeros.
        if (type.prefix === 0)
          return this.bytes(32).some((byte) => byte !== 0)
            ? pubkeyToBase58(this.data.slice(this.offset - 32, this.offset) as Pubkey)
            : null;
        const isThere = this.integer(type.prefix) !== 0n;
        if (isThere) return this.value(type.item);
        if (type.isFixed) this.value(type.item);
        return null;
      }
      case "defined":
        return this.defined(type.name);
      default:
        return type satisfies never;
    }
  }

  private defined(name: string): DecodedValue {
    const { shape } = definitionOf(this.definitions, name);
    if (shape.kind === "struct") return this.struct(shape.fields);
    const tag = Number(this.integer(shape.tagBytes));
    const variant = shape.variants[tag];
    if (variant === undefined) throw new RangeError(`expected a variant of ${name}, got ${tag}`);
    return variant.fields.length === 0 ? variant.name : { [variant.name]: this.struct(variant.fields) };
  }

  private struct(fields: readonly Field[]): DecodedValue {
    return Object.fromEntries(fields.map(({ name, type }) => [name, this.value(type)]));
  }

  private items(item: Type, count: number | undefined): DecodedValue {
    if ((count ?? 0) > maxItems) throw new RangeError(`expected at most ${maxItems} items, got ${count}`);
    const items: DecodedValue[] = [];
    while (count === undefined ? this.offset < this.data.length && items.length < maxItems : items.length < count) {
      items.push(this.value(item));
    }
    return items;
  }

  private length(prefix: LengthPrefix): number {
    return prefix === 0 ? this.data.length - this.offset : Number(this.integer(prefix));
  }

  /** Little-endian. */
  private integer(size: number): bigint {
    return this.bytes(size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  private bytes(length: number): Uint8Array {
    const end = this.offset + length;
    if (end > this.data.length) throw new RangeError(`expected ${length} bytes at ${this.offset}, got ${this.data.length - this.offset}`);
    const bytes = this.data.slice(this.offset, end);
    this.offset = end;
    return bytes;
  }
}
