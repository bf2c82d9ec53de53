/** A mistake in a contract's source that the generator finds. */
export class SourceError extends Error {
  override readonly name: string = "SourceError";
}

/** The error with its place before it, from `placeOf`. */
export function sourceError(place: string, message: string): SourceError {
  return new SourceError(`${place}: ${message}`);
}

/** A place as "file:line:column"; lines and columns count from 1. */
export function placeOf(file: string, text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `${file}.ts:${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
}
