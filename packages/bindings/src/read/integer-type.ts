import type { Type } from "../model/type.ts";

const format = /^([ui])(8|16|32|64|128)$/;

/** The type that `u8` to `i128` name, undefined for other texts (floats among them: they do not exist on chain). */
export function integerType(text: string): Type | undefined {
  const match = format.exec(text);
  return match === null ? undefined : { kind: "integer", isSigned: match[1] === "i", bits: Number(match[2]) };
}
