/** What decoders make of bytes: names and values that JSON can hold. */

/** A value: integers are decimal texts, bytes are hexadecimal, pubkeys base58. */
export type DecodedValue = string | boolean | null | readonly DecodedValue[] | { readonly [name: string]: DecodedValue };

/** A value with its name, which may be empty. */
export interface DecodedField {
  readonly name: string;
  readonly value: DecodedValue;
}

/** A call, an error or an event by its name. */
export interface Decoded {
  readonly name: string;
  readonly fields: readonly DecodedField[];
}

/** Longest text of one value; longer ones are cut. */
const maxLength = 80;

/** `transfer(to: 0x..., amount: 300)` */
export function decodedText({ name, fields }: Decoded, isWhole: boolean): string {
  return `${name}(${fieldsText(fields, isWhole)})`;
}

/** `to: 0x..., amount: 300`; values are cut unless they are wanted whole. */
export function fieldsText(fields: readonly DecodedField[], isWhole: boolean): string {
  return fields.map(({ name, value }) => `${name === "" ? "" : `${name}: `}${shorten(valueText(value, isWhole), isWhole)}`).join(", ");
}

function valueText(value: DecodedValue, isWhole: boolean): string {
  if (typeof value === "string") return textOf(value, isWhole);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return `[${value.map((entry) => valueText(entry, isWhole)).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([name, entry]) => `${name}: ${valueText(entry, isWhole)}`)
    .join(", ")}}`;
}

/** Texts that are no number, address or name stand in quotes; addresses, pubkeys and long bytes are told by their ends. */
function textOf(text: string, isWhole: boolean): string {
  if (!/^[\w.-]+$/.test(text)) return JSON.stringify(text);
  if (isWhole) return text;
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return ends(text, 6);
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return ends(text, 8);
  if (/^0x[0-9a-fA-F]{42,}$/.test(text)) return `${text.slice(0, 10)}..(${text.length / 2 - 1} bytes)`;
  return /^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text) && !/^\d+$/.test(text) ? ends(text, 4) : text;
}

function ends(text: string, start: number): string {
  return `${text.slice(0, start)}..${text.slice(-4)}`;
}

/** Array.isArray does not narrow readonly arrays. */
function isList(value: DecodedValue): value is readonly DecodedValue[] {
  return Array.isArray(value);
}

/** A text, cut in the middle of its line where it is long. */
export function shorten(text: string, isWhole: boolean): string {
  return isWhole || text.length <= maxLength ? text : `${text.slice(0, maxLength - 24)}...${text.slice(-20)}`;
}
