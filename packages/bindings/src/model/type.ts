/** Types of arguments, accounts and events, whichever file they were read from. */

/** Bytes of the number before a sequence that tells its length; 0: the sequence goes to the end. Solidity's ABI has its own. */
export type LengthPrefix = 0 | 1 | 2 | 4 | 8;

/** A type. Integers and lengths of IDLs are little-endian, as Borsh has them. */
export type Type =
  | { readonly kind: "bool" }
  | { readonly kind: "integer"; readonly isSigned: boolean; readonly bits: number }
  /** 20 bytes; in ABIs only. */
  | { readonly kind: "address" }
  /** 32 bytes; in IDLs only. */
  | { readonly kind: "pubkey" }
  | { readonly kind: "fixedBytes"; readonly length: number }
  | { readonly kind: "bytes"; readonly prefix: LengthPrefix }
  | { readonly kind: "string"; readonly prefix: LengthPrefix }
  | { readonly kind: "list"; readonly item: Type; readonly prefix: LengthPrefix }
  | { readonly kind: "array"; readonly item: Type; readonly count: number }
  /**
   * A tag of `prefix` bytes, then the item if there is one; where it `isFixed` there is room for it in any case. A pubkey may have no
   * tag (0): none is zeros. In IDLs only.
   */
  | { readonly kind: "option"; readonly item: Type; readonly prefix: 0 | 1 | 4; readonly isFixed: boolean }
  | { readonly kind: "defined"; readonly name: string };

/** A name with a type; the name may be empty in ABIs. */
export interface Field {
  readonly name: string;
  readonly type: Type;
}

/** One case of an enum. */
export interface Variant {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** A struct, or an enum with a tag of `tagBytes` bytes; in IDLs only. */
export type Shape =
  | { readonly kind: "struct"; readonly fields: readonly Field[] }
  | { readonly kind: "enum"; readonly tagBytes: 1 | 2 | 4; readonly variants: readonly Variant[] };

/** A type with a name. None contains itself. */
export interface Definition {
  readonly name: string;
  readonly shape: Shape;
}

/** Definitions by name, each after those that it uses. */
export type Definitions = ReadonlyMap<string, Definition>;

/** The definition that a type names. The readers leave no name without one. */
export function definitionOf(definitions: Definitions, name: string): Definition {
  const definition = definitions.get(name);
  if (definition === undefined) throw new RangeError(`expected a definition of ${name}, got none`);
  return definition;
}

/** True for an enum none of whose variants has fields. */
export function isScalarEnum({ shape }: Definition): boolean {
  return shape.kind === "enum" && shape.variants.every(({ fields }) => fields.length === 0);
}

/** Bytes that every value of a type takes, undefined where they differ. IDLs only. */
export function fixedSize(type: Type, definitions: Definitions): number | undefined {
  switch (type.kind) {
    case "bool":
      return 1;
    case "integer":
      return type.bits / 8;
    case "address":
      return 20;
    case "pubkey":
      return 32;
    case "fixedBytes":
      return type.length;
    case "bytes":
    case "string":
    case "list":
      return undefined;
    case "array": {
      const size = fixedSize(type.item, definitions);
      return size === undefined ? undefined : size * type.count;
    }
    case "option": {
      const size = type.isFixed ? fixedSize(type.item, definitions) : undefined;
      return size === undefined ? undefined : size + type.prefix;
    }
    case "defined":
      return definitionSize(definitionOf(definitions, type.name), definitions);
  }
}

/** Structs that hold each other twice over would take for ever without it. */
const sizes = new WeakMap<Definition, { readonly size: number | undefined }>();

function definitionSize(definition: Definition, definitions: Definitions): number | undefined {
  const known = sizes.get(definition);
  if (known !== undefined) return known.size;
  const { shape } = definition;
  const scalar = shape.kind === "enum" && isScalarEnum(definition) ? shape.tagBytes : undefined;
  const size = shape.kind === "struct" ? fixedSizeOf(shape.fields, definitions) : scalar;
  sizes.set(definition, { size });
  return size;
}

/** The sum over fields, undefined where one differs from value to value. */
export function fixedSizeOf(fields: readonly Field[], definitions: Definitions): number | undefined {
  let sum = 0;
  for (const { type } of fields) {
    const size = fixedSize(type, definitions);
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
