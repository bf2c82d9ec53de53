/** Text that fits into the columns of a terminal. */

/** Parts in lines of at most so many columns; a part that is longer is taken word by word, and a longer word is cut. */
export function fold(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts.flatMap((each) => (each.length <= columns ? [each] : each.split(" ")))) {
    if (line !== "" && line.length + 1 + part.length > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? clip(part, columns) : `${line} ${part}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** The text, or its begin and an ellipsis. */
export function clip(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

/** Long hexadecimal as its first and last digits. */
export function shortenHex(text: string): string {
  return text.replaceAll(/0x([0-9a-f]{6})[0-9a-f]{6,}([0-9a-f]{4})/g, "0x$1…$2");
}

/** Microseconds in the unit that people read. */
export function timeText(microseconds: number): string {
  if (microseconds < 1_000) return `${Math.round(microseconds)} µs`;
  const [value, unit] = microseconds < 1_000_000 ? [microseconds / 1_000, "ms"] : [microseconds / 1_000_000, "s"];
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
