/** The functions of a linked program that lift the component's export, and the one with which linked code gets memory. */
import type { FunctionType } from "../binary/wasm-module.ts";
import { valueType } from "../binary/opcodes.ts";
import {
  apply,
  constant,
  flushWrites,
  isUnaligned,
  load,
  local,
  trapUnlessZero,
  type LinkedFunction,
  type LinkedInstruction,
  type WriteCache,
} from "./linked-code.ts";

/** What linking calls in a component, by the index there. */
export interface GuestFunctions {
  readonly call: number;
  readonly realloc: number;
  readonly postReturn: number | undefined;
  /** Run at instantiation, in this order. */
  readonly initializers: readonly number[];
}

/** The entry point of a Stylus program: takes the length of the calldata, gives 0 for success and 1 for a revert. */
export function entryPoint({ call, postReturn, initializers }: GuestFunctions, cache: WriteCache): LinkedFunction {
  const [length, input, area, status] = [0, 1, 2, 3];
  return {
    params: ["i32"],
    results: ["i32"],
    locals: 3,
    body: [
      ...initializers.map((guest): LinkedInstruction => ({ guest })),
      local(length),
      "allocate",
      ["local.tee", input],
      { hook: "read_args" },
      local(input),
      local(length),
      { guest: call },
      ["local.tee", area],
      ["i32.load8_u", 0, 0],
      ["local.tee", status],
      ...apply("i32.gt_u", constant(1)),
      ...apply("i32.or", ...isUnaligned(area)),
      ...trapUnlessZero,
      ...load(area, 4),
      ...load(area, 8),
      { hook: "write_result" },
      ...(postReturn === undefined ? [] : [local(area), { guest: postReturn }]),
      ...flushWrites(cache, local(status), ["i32.eqz"]),
      local(status),
    ],
  };
}

/** Memory for a list of bytes, by the component's `cabi_realloc`. A null pointer to some bytes is a trap. */
export function allocate({ realloc }: GuestFunctions): LinkedFunction {
  const [size, pointer] = [0, 1];
  return {
    params: ["i32"],
    results: ["i32"],
    locals: 1,
    body: [
      constant(0),
      constant(0),
      constant(1),
      local(size),
      { guest: realloc },
      ["local.tee", pointer],
      ...apply("i32.or", ...apply("i32.eqz", local(size))),
      ["i32.eqz"],
      ...trapUnlessZero,
      local(pointer),
    ],
  };
}

/** A function type from the names of its value types. */
export function functionType({ params, results }: Pick<LinkedFunction, "params" | "results">): FunctionType {
  const bytes = (names: LinkedFunction["params"]): Uint8Array => Uint8Array.from(names, (name) => valueType[name]);
  return { params: bytes(params), results: bytes(results) };
}
