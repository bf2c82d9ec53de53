/** A short text for a type: what functions over it are named after. Different types may have the same; `typeKey` tells them apart. */
import type { Type } from "../model/type.ts";
import { pascalCase } from "./letter-case.ts";

/** As in `ListOfU64`. */
export function typeId(type: Type): string {
  switch (type.kind) {
    case "bool":
      return "Bool";
    case "integer":
      return `${type.isSigned ? "I" : "U"}${type.bits}`;
    case "address":
      return "Address";
    case "pubkey":
      return "Pubkey";
    case "fixedBytes":
      return `Bytes${type.length}`;
    case "bytes":
    case "string":
      return `${type.kind === "bytes" ? "Bytes" : "String"}${type.prefix === 4 ? "" : `Prefix${type.prefix}`}`;
    case "list":
      return `ListOf${typeId(type.item)}${type.prefix === 4 ? "" : `Prefix${type.prefix}`}`;
    case "array":
      return `Array${type.count}Of${typeId(type.item)}`;
    case "option":
      return `${type.isFixed ? "Fixed" : ""}Option${type.prefix === 1 ? "" : type.prefix === 0 ? "Zeroable" : type.prefix}Of${typeId(type.item)}`;
    case "defined":
      return pascalCase(type.name);
  }
}

/** The same text for the same type alone. */
export function typeKey(type: Type): string {
  return JSON.stringify(type, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  );
}
