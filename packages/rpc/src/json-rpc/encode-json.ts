/** JSON with 64-bit integers: a bigint becomes a number, with all its digits. */
import { randomBytes } from "node:crypto";

/** Nobody outside can write a string that begins with it. */
const mark = `${randomBytes(16).toString("hex")}:`;
const marked = new RegExp(`"${mark}(-?\\d+)"`, "g");

/** The JSON text of a value. @throws TypeError for what has none: a cycle */
export function encodeJson(value: unknown): string {
  let hasBigint = false;
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== "bigint") return item;
    hasBigint = true;
    return `${mark}${item}`;
  });
  return hasBigint ? text.replace(marked, "$1") : text;
}
