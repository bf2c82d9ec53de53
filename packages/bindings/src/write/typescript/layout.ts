/** Lays out TypeScript as the common formatters do: on one line where it fits, else one item a line. */

/** Columns of a line. */
const width = 100;

/** Text that may be broken: items between brackets, or alternatives. */
export type Layout = string | Brackets | Choice | readonly Layout[];

interface Choice {
  readonly condition: string;
  readonly yes: Layout;
  readonly no: Layout;
}

interface Brackets {
  readonly open: string;
  readonly items: readonly Layout[];
  readonly close: string;
  /** Between items: `,` or `;`. */
  readonly separator: string;
  /** Between the brackets and the items on one line. */
  readonly padding: string;
  readonly isBroken: boolean;
  /** The same with lines of their own for the inner brackets, for where the outer ones begin too far to the right. */
  readonly apart?: Layout;
}

/** `name(items)`; a list or an object that is the only argument shares the brackets' lines. */
export function callOf(name: string, ...items: readonly Layout[]): Layout {
  const [only] = items;
  const plain: Brackets = { open: `${name}(`, items, close: ")", separator: ",", padding: "", isBroken: false };
  if (items.length !== 1 || !isBrackets(only) || !/^[[{]/.test(only.open)) return plain;
  return { ...only, open: `${name}(${only.open}`, close: `${only.close})`, apart: { ...plain, isBroken: true } };
}

/** `[items]`; several items that are lists or objects of several items each go on lines of their own. */
export function listOf(items: readonly Layout[]): Layout {
  const isBroken = items.length > 1 && items.every((item) => isBrackets(item) && /^[[{]$/.test(item.open) && item.items.length > 1);
  const isUniform = items.every((item) => isBrackets(item) && item.open === (items[0] as Brackets).open);
  return { open: "[", items, close: "]", separator: ",", padding: "", isBroken: isBroken && isUniform };
}

/** `{ items }` */
export function objectOf(items: readonly Layout[]): Layout {
  return { open: "{", items, close: "}", separator: ",", padding: items.length === 0 ? "" : " ", isBroken: false };
}

/** `{ items }` of a type. */
export function membersOf(items: readonly Layout[]): Layout {
  return { open: "{", items, close: "}", separator: ";", padding: items.length === 0 ? "" : " ", isBroken: false };
}

/** `condition ? yes : no` */
export function choiceOf(condition: string, yes: Layout, no: Layout): Layout {
  return { condition, yes, no };
}

/** A text in quotes, in those that it has fewer of itself. */
export function quoted(text: string): string {
  const double = JSON.stringify(text);
  if (text.split('"').length <= text.split("'").length) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The text, with `indent` before every line but the first, which begins at `column`; `after` columns follow the last. */
export function layOut(layout: Layout, indent = "", column = indent.length, after = 1): string {
  if (typeof layout === "string") return layout;
  if (isChoice(layout)) {
    const line = flat(layout);
    if (line !== undefined && column + line.length + after <= width) return line;
    const part = (mark: string, value: Layout): string => `\n${indent}  ${mark} ${layOut(value, `${indent}    `)}`;
    return `${layout.condition}${part("?", layout.yes)}${part(":", layout.no)}`;
  }
  if (!isBrackets(layout)) {
    let text = "";
    for (const part of layout as readonly Layout[]) text += layOut(part, indent, column + text.length, after);
    return text;
  }
  const onOneLine = flat(layout);
  if (onOneLine !== undefined && column + onOneLine.length + after <= width) return onOneLine;
  if (layout.apart !== undefined && column + layout.open.length > width) return layOut(layout.apart, indent, column, after);
  const hugged = huggingLast(layout, indent, column);
  if (hugged !== undefined) return hugged;
  const inner = `${indent}  `;
  const lines = layout.items.map((item) => `${inner}${layOut(item, inner)}${layout.separator}\n`);
  return `${layout.open}\n${lines.join("")}${indent}${layout.close}`;
}

/** A call whose last argument alone is broken: a list or an object behind others that fit before it. */
function huggingLast({ open, items, close }: Brackets, indent: string, column: number): string | undefined {
  const last = items.at(-1);
  if (!open.endsWith("(") || items.length < 2 || !isBrackets(last) || !/^[[{]$/.test(last.open)) return undefined;
  const others = items.slice(0, -1).map(flat);
  const head = `${open}${others.join(", ")}, `;
  if (others.includes(undefined) || column + head.length + 1 > width) return undefined;
  return `${head}${layOut({ ...last, isBroken: true }, indent)}${close}`;
}

/** On one line, undefined where a part of it has to be broken. */
function flat(layout: Layout): string | undefined {
  if (typeof layout === "string") return layout;
  if (isBrackets(layout) && layout.isBroken) return undefined;
  if (isChoice(layout)) {
    const [yes, no] = [flat(layout.yes), flat(layout.no)];
    return yes === undefined || no === undefined ? undefined : `${layout.condition} ? ${yes} : ${no}`;
  }
  const parts = (isBrackets(layout) ? layout.items : layout).map(flat);
  if (parts.includes(undefined)) return undefined;
  if (!isBrackets(layout)) return parts.join("");
  const { open, close, separator, padding } = layout;
  return `${open}${padding}${parts.join(`${separator} `)}${padding}${close}`;
}

/** `head = value;`, the value on the next line where the head is long. */
export function assignment(head: string, value: Layout): string {
  const text = `${head} = ${layOut(value, "", head.length + 3)};`;
  const [first = ""] = text.split("\n");
  return first.length <= width ? text : `${head} =\n  ${layOut(value, "  ")};`;
}

/** `export function f(parameters): result {`, on as many lines as it needs. */
export function functionHead(name: string, parameters: readonly string[], result: string): string {
  const line = `${name}(${parameters.join(", ")}): ${result} {`;
  if (line.length <= width || parameters.length === 0) return line;
  return `${name}(\n${parameters.map((parameter) => `  ${parameter},\n`).join("")}): ${result} {`;
}

function isChoice(layout: Layout): layout is Choice {
  return typeof layout === "object" && "condition" in layout;
}

function isBrackets(layout: Layout | undefined): layout is Brackets {
  return typeof layout === "object" && "open" in layout;
}
