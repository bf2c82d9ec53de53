/** AssemblyScript text that encodes and decodes tuples with the SDK's codec. */
import type { Typed } from "./contract-model.ts";

/** Bytes that the heads of a tuple's values take, as an expression. */
export function headSizes(values: readonly Typed[]): string {
  return ["0", ...values.map(({ type }) => `__sdk.headSize<${type.text}>()`)].join(" + ");
}

/** Statements that encode expressions into `writer` as a tuple whose heads begin at `base`, already reserved. */
export function writeTuple(writer: string, base: string, values: readonly Typed[], expression: (value: Typed) => string): string {
  return values
    .map(
      (value, index) =>
        `__sdk.writeValue<${value.type.text}>(${writer}, ${base}, ${base} + ${headSizes(values.slice(0, index))}, ${expression(value)});`,
    )
    .join(" ");
}

/** An expression that decodes the value at `index` of a tuple whose heads begin at `base`. */
export function readTupleValue(reader: string, base: string, values: readonly Typed[], index: number): string {
  return `__sdk.readValue<${values[index]?.type.text}>(${reader}, ${base}, ${base} + ${headSizes(values.slice(0, index))})`;
}

/** Bytes as an integer literal as a little-endian memory load sees them. */
export function littleEndian(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).reverse().toString("hex")}`;
}
