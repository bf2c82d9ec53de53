/** A mistake in a contract's source that the generator finds. */
export class SourceError extends Error {
  override readonly name: string = "SourceError";
}

/** The error with its place as "file:line". */
export function sourceError(file: string, text: string, offset: number, message: string): SourceError {
  return new SourceError(`${file}.ts:${text.slice(0, offset).split("\n").length}: ${message}`);
}
