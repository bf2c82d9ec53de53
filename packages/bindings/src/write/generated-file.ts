/** A file of bindings. */
export interface GeneratedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly language: "solidity" | "assemblyscript" | "typescript";
  readonly text: string;
}
