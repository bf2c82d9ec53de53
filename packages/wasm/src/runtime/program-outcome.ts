/** How a program ends, in Stylus' words (nitro, crates/stylus/src/run.rs). */

/** Output goes with success and revert only; a failure keeps its ink, the last three do not. `outOfMemory` is Trireme's own. */
export type ProgramOutcome =
  | { readonly kind: "success"; readonly ink: number; readonly output: Uint8Array }
  | { readonly kind: "revert"; readonly ink: number; readonly output: Uint8Array }
  | { readonly kind: "failure"; readonly ink: number; readonly why: string }
  | { readonly kind: "outOfInk" }
  | { readonly kind: "outOfStack" }
  | { readonly kind: "outOfMemory" };
