/**
 * What an instrumented module exports for the host beside `memory` and `user_entrypoint`: functions behind the user's,
 * so that no index shifts and none of Stylus' figures counts them. They keep the meter inside the module: a call of one
 * costs the host some nanoseconds, a read of an i64 global costs a BigInt.
 *
 * Ink crosses as an f64, which holds it exactly: a host gives no frame 2^53 ink or more.
 */

/** The names of these exports. */
export const hostExport = {
  /** (ink: f64, stack: i32): a new frame: the meter set, mutable globals of the program as they were at first. Memory is the host's to reset. */
  begin: "trireme_begin",
  /** (ink: f64) -> i32: pays and answers 1; or, where less is left, sets the ink to 0 and the status to exhausted and answers 0. */
  buy: "trireme_buy",
  /** () -> f64: ink left; without meaning once the ink was exhausted: a trap leaves what could not be paid with. */
  inkLeft: "trireme_ink_left",
  /** (ink: f64): replaces the ink that is left. */
  setInk: "trireme_set_ink",
  /** () -> i32: 0, or 1 once the ink was exhausted. */
  inkStatus: "trireme_ink_status",
  /** () -> i32: words of stack left, unsigned; 0 once they were exhausted. */
  stackLeft: "trireme_stack_left",
} as const;

/** The exports of an instance of an instrumented module. */
export interface InstrumentedExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Takes the length of the calldata, gives the status: 0 is success. */
  readonly user_entrypoint: (length: number) => number;
  readonly [hostExport.begin]: (ink: number, stack: number) => void;
  readonly [hostExport.buy]: (ink: number) => number;
  readonly [hostExport.inkLeft]: () => number;
  readonly [hostExport.setInk]: (ink: number) => void;
  readonly [hostExport.inkStatus]: () => number;
  readonly [hostExport.stackLeft]: () => number;
}
