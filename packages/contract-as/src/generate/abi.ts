/** The ABI JSON of a contract, and signatures, from what its source declares. */
import { keccak256 } from "@trireme/core";
import type { FunctionModel, RecordModel, StateMutability, Typed, TypeText } from "./contract-model.ts";
import { sourceError } from "./source-error.ts";

/** A parameter, as in Solidity's ABI JSON. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly components?: readonly AbiParameter[];
}

/** A parameter of an event. */
export interface AbiEventParameter extends AbiParameter {
  readonly indexed: boolean;
}

/** An entry of a contract's ABI JSON. */
export type AbiItem =
  | {
      readonly type: "function";
      readonly name: string;
      readonly inputs: readonly AbiParameter[];
      readonly outputs: readonly AbiParameter[];
      readonly stateMutability: StateMutability;
    }
  | { readonly type: "event"; readonly name: string; readonly inputs: readonly AbiEventParameter[]; readonly anonymous: false }
  | { readonly type: "error"; readonly name: string; readonly inputs: readonly AbiParameter[] }
  | { readonly type: "receive"; readonly stateMutability: "payable" }
  | { readonly type: "fallback"; readonly stateMutability: "payable" | "nonpayable" };

/** The structs of a source by name. */
export type Structs = ReadonlyMap<string, RecordModel>;

const plainTypes: ReadonlyMap<string, string> = new Map([
  ["bool", "bool"],
  ["u8", "uint8"],
  ["u16", "uint16"],
  ["u32", "uint32"],
  ["u64", "uint64"],
  ["i8", "int8"],
  ["i16", "int16"],
  ["i32", "int32"],
  ["i64", "int64"],
  ["u256", "uint256"],
  ["Address", "address"],
  ["Bytes32", "bytes32"],
  ["Bytes", "bytes"],
  ["string", "string"],
]);

/** The ABI's parameter for a type of the source. @throws SourceError for a type that the ABI has no word for */
export function abiParameter({ name, type }: Typed, structs: Structs): AbiParameter {
  const plain = plainTypes.get(type.name);
  if (plain !== undefined && type.typeArguments.length === 0) return { name, type: plain };
  const [item] = type.typeArguments;
  if (type.name === "Array" && item !== undefined) {
    const inner = abiParameter({ name, type: item }, structs);
    return { ...inner, type: `${inner.type}[]`, ...(inner.internalType === undefined ? {} : { internalType: `${inner.internalType}[]` }) };
  }
  const struct = structs.get(type.name);
  if (struct === undefined)
    throw sourceError(type.place, `${name === "" ? "what is returned" : name}: ${wantedTypes(type)}, got ${type.text}`);
  return {
    name,
    type: "tuple",
    internalType: `struct ${type.name}`,
    components: struct.fields.map((field) => abiParameter(field, structs)),
  };
}

/** What could stand where a type does that the ABI has no word for. */
function wantedTypes({ name }: TypeText): string {
  const wanted = `expected a type of the ABI (${[...plainTypes.keys()].join(", ")}, Array<...>, a class marked @struct)`;
  return name.startsWith("Storage") ? `${wanted}; storage stands in the contract's fields alone` : wanted;
}

/** A function's, event's or error's signature: `name(type,...)`. */
export function signatureOf(name: string, inputs: readonly AbiParameter[]): string {
  return `${name}(${inputs.map(canonicalType).join(",")})`;
}

/** keccak256 of a signature; its first 4 bytes are the selector. */
export function signatureHash(signature: string): Uint8Array {
  return keccak256(new TextEncoder().encode(signature));
}

/** The ABI's entry for a method. */
export function functionItem(model: FunctionModel, structs: Structs): AbiItem & { readonly type: "function" } {
  const { name, parameters, returns, stateMutability } = model;
  return {
    type: "function",
    name,
    inputs: parameters.map((parameter) => abiParameter(parameter, structs)),
    outputs: returns.name === "void" ? [] : [abiParameter({ name: "", type: returns }, structs)],
    stateMutability,
  };
}

/** The ABI's entry for an event or an error. */
export function recordItem(model: RecordModel & { readonly kind: "event" | "error" }, structs: Structs): AbiItem {
  const { name, fields } = model;
  if (model.kind === "error") return { type: "error", name, inputs: fields.map((field) => abiParameter(field, structs)) };
  const inputs = fields.map((field) => ({
    ...abiParameter({ name: field.name, type: unindexed(field.type) }, structs),
    indexed: isIndexed(field.type),
  }));
  return { type: "event", name, inputs, anonymous: false };
}

/** True for `Indexed<T>`. */
export function isIndexed(type: TypeText): boolean {
  return type.name === "Indexed";
}

/** `T` of `Indexed<T>`; other types as they are. */
export function unindexed(type: TypeText): TypeText {
  return isIndexed(type) ? (type.typeArguments[0] ?? type) : type;
}

function canonicalType({ type, components }: AbiParameter): string {
  return components === undefined ? type : `(${components.map(canonicalType).join(",")})${type.slice("tuple".length)}`;
}
