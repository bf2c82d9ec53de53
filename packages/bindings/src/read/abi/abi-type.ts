/** Types of Solidity's ABI JSON. Tuples become structs with names. */
import type { AbiParameter } from "../../model/contract-interface.ts";
import type { Definition, Definitions, Field, Type } from "../../model/type.ts";
import { pascalCase } from "../../names/letter-case.ts";
import { createNameScope } from "../../names/name-scope.ts";
import type { JsonCursor } from "../json-cursor.ts";

/** Most words that a value without pointers may take. */
const maxWords = 65_536;
const maxDimensions = 16;

/** A parameter as read: what the model, and what the ABI says of it. */
export interface ReadParameter {
  readonly field: Field;
  readonly parameter: AbiParameter;
  /** As it stands in signatures. */
  readonly canonical: string;
}

/** Reads the parameters of one ABI; structs with one name and the same fields are one. */
export interface AbiTypeReader {
  /** `owner` names tuples that have no name. */
  read(cursor: JsonCursor, owner: string): ReadParameter;
  readonly definitions: Definitions;
}

/** A reader without structs yet. */
export function createAbiTypeReader(): AbiTypeReader {
  const definitions = new Map<string, Definition>();
  const byShape = new Map<string, string>();
  const scope = createNameScope([]);

  const struct = (cursor: JsonCursor, preferred: string, owner: string) => {
    const components = cursor.at("components").items();
    if (components.length === 0) cursor.at("components").refuse("at least one component");
    const read = components.map((component) => reader.read(component, owner));
    const shape = JSON.stringify([preferred, read.map(({ field, canonical }) => [field.name, canonical, field.type])]);
    let name = byShape.get(shape);
    if (name === undefined) {
      name = scope.take(preferred);
      byShape.set(shape, name);
      definitions.set(name, { name, shape: { kind: "struct", fields: read.map(({ field }) => field) } });
    }
    return { name, read, canonical: `(${read.map((one) => one.canonical).join(",")})` };
  };

  const wordsOf = (type: Type): number => {
    if (type.kind === "array") return type.count * wordsOf(type.item);
    if (type.kind !== "defined") return 1;
    const shape = definitions.get(type.name)?.shape;
    return shape?.kind === "struct" ? shape.fields.reduce((sum, field) => sum + wordsOf(field.type), 0) : 1;
  };

  const reader: AbiTypeReader = {
    definitions,
    read(cursor, owner) {
      const name = nameOf(cursor);
      const at = cursor.at("type");
      const [base, ...dimensions] = split(at);
      const internal = internalTypeOf(cursor);
      let type: Type;
      let canonical: string;
      let components: readonly AbiParameter[] | undefined;
      if (base === "tuple") {
        const preferred = structName(internal) ?? pascalCase(`${owner}_${name === "" ? "tuple" : name}`);
        const made = struct(cursor, preferred, preferred);
        type = { kind: "defined", name: made.name };
        canonical = made.canonical;
        components = made.read.map(({ parameter }) => parameter);
      } else {
        [type, canonical] = elementary(base as string, at);
      }
      const suffix = dimensions.map((count) => (count === undefined ? "[]" : `[${count}]`)).join("");
      for (const count of dimensions)
        type = count === undefined ? { kind: "list", item: type, prefix: 4 } : { kind: "array", item: type, count: Number(count) };
      if (wordsOf(type) > maxWords) at.refuse(`a type of at most ${maxWords} words`);
      const parameter: AbiParameter = {
        name,
        type: `${components === undefined ? canonical : "tuple"}${suffix}`,
        ...(internal === undefined ? {} : { internalType: internal }),
        ...(components === undefined ? {} : { components }),
      };
      return { field: { name, type }, parameter, canonical: canonical + suffix };
    },
  };
  return reader;
}

function nameOf(cursor: JsonCursor): string {
  const name = cursor.optional("name");
  return name === undefined || name.value === "" ? "" : name.identifier();
}

/** The base and the counts of the dimensions, the innermost first; undefined for one without a count. */
function split(at: JsonCursor): (string | undefined)[] {
  const match = /^([a-z]+\d*)((?:\[\d{0,5}\])*)$/.exec(at.text());
  if (match === null) return at.refuse("a type of the ABI");
  const dimensions = [...(match[2] ?? "").matchAll(/\[(\d*)\]/g)].map(([, count]) => (count === "" ? undefined : count));
  if (dimensions.length > maxDimensions) at.refuse(`at most ${maxDimensions} dimensions`);
  if (dimensions.some((count) => count !== undefined && (count.startsWith("0") || Number(count) > maxWords)))
    at.refuse(`an array of 1 to ${maxWords} items`);
  return [match[1], ...dimensions];
}

function elementary(base: string, at: JsonCursor): [Type, string] {
  if (base === "bool" || base === "address") return [{ kind: base }, base];
  if (base === "string" || base === "bytes") return [{ kind: base, prefix: 4 }, base];
  const [, word = "", digits = ""] = /^([a-z]+)(\d*)$/.exec(base) ?? [];
  if (word === "uint" || word === "int") {
    const bits = digits === "" ? 256 : Number(digits);
    if (bits >= 8 && bits <= 256 && bits % 8 === 0 && !digits.startsWith("0"))
      return [{ kind: "integer", isSigned: word === "int", bits }, `${word}${bits}`];
  }
  if (word === "bytes" && Number(digits) >= 1 && Number(digits) <= 32 && !digits.startsWith("0"))
    return [{ kind: "fixedBytes", length: Number(digits) }, base];
  return at.refuse("a type of the ABI (bool, address, string, bytes, bytes1..32, uint8..256, int8..256, tuple and arrays of them)");
}

/** What the compiler says of a type; kept only where it is a plain name, since it ends up in generated code. */
function internalTypeOf(cursor: JsonCursor): string | undefined {
  const { value } = cursor.at("internalType");
  return typeof value === "string" && value.length <= 256 && /^[A-Za-z_$][\w$. ]*(?:\[\d*\])*$/.test(value) ? value : undefined;
}

/** `Key` of `struct Pool.Key[2]`. */
function structName(internal: string | undefined): string | undefined {
  return /^struct (?:[\w$]+\.)*([A-Za-z_$][\w$]{0,127})(?:\[\d*\])*$/.exec(internal ?? "")?.[1];
}
