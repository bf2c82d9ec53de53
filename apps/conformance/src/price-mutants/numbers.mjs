// Numbers as a source has them, in order; the same before and after types are stripped. Comments, strings and regular
// expressions that begin with ^ are passed over.
const token =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\^[^/\n]*\/|(?<![\w$.])(0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:e\d+)?)(n?)/g;

/** Every number of a source: its place, its value as decimal digits, whether it is a bigint. */
export function numbersOf(source) {
  const found = [];
  for (const match of source.matchAll(token)) {
    if (match[1] === undefined) continue;
    const digits = match[1].replaceAll("_", "");
    found.push({ start: match.index, end: match.index + match[0].length, value: String(Number(digits)), isBig: match[2] === "n" });
  }
  return found;
}

/** The source with the number replaced that is `from` for the `occurrence`th time. */
export function replaceNumber(source, { occurrence, from, to }) {
  const number = numbersOf(source).filter(({ value }) => value === from)[occurrence];
  if (number === undefined) throw new Error(`expected ${from} at least ${occurrence + 1} times`);
  return `${source.slice(0, number.start)}${to}${number.isBig ? "n" : ""}${source.slice(number.end)}`;
}
