/** Programs that take nearly all of the stack that Stylus gives one, then call on; by the shape of their frames. */

/** How many words Stylus lets the frames of one program take together. */
export const programWords = 22_000;

/** A program: the calldata says how many more frames are to nest, how deep it recurses in each, and whom it calls. */
export interface StackProgram {
  readonly name: string;
  /** AssemblyScript, to be compiled as it stands: an optimizer writes recursion out. */
  readonly source: string;
}

/** Kinds of frames between which a machine's stack differs: small ones, locals that live over a call, arguments. */
export const stackPrograms: readonly StackProgram[] = [
  { name: "small frames", source: program([], "return dive(left - 1);") },
  { name: "300 locals of 64 bits", source: program([], localsOver("dive(left - 1)", 300)) },
  { name: "900 arguments of 64 bits", source: program(names(900), `return dive(left - 1, ${rotated(names(900)).join(", ")});`) },
];

/** Offsets of the calldata: frames still to nest (u16), recursions (u16), callee (20 bytes). */
export function stackInput(frames: number, recursions: number, callee: Uint8Array): Uint8Array {
  const input = new Uint8Array(24);
  const view = new DataView(input.buffer);
  view.setUint16(0, frames, true);
  view.setUint16(2, recursions, true);
  input.set(callee, 4);
  return input;
}

/** A contract of the EVM that hands its calldata to a program, and fails where the program does. */
export function relayCode(callee: Uint8Array): Uint8Array {
  const copyAll = [0x36, 0x60, 0, 0x60, 0, 0x37];
  const call = [0x60, 0, 0x60, 0, 0x36, 0x60, 0, 0x60, 0, 0x73, ...callee, 0x5a, 0xf1];
  return Uint8Array.of(...copyAll, ...call, 0x15, 0x60, 0x2b, 0x57, 0x00, 0x5b, 0x60, 0, 0x60, 0, 0xfd);
}

function program(parameters: readonly string[], recursion: string): string {
  const typed = parameters.map((name) => `, ${name}: i64`).join("");
  const start = parameters.map((_, index) => `, ${index}`).join("");
  return `@external("vm_hooks", "read_args") declare function read_args(to: usize): void;
    @external("vm_hooks", "call_contract")
    declare function call_contract(to: usize, data: usize, length: i32, value: usize, gas: i64, returned: usize): i32;
    const space = memory.data(4096);
    function callOn(): i32 {
      const frames = load<u16>(space);
      if (frames == 0) return 0;
      store<u16>(space, frames - 1);
      return call_contract(space + 4, space, 24, space + 64, -1, space + 96);
    }
    function dive(left: i32${typed}): i32 {
      if (left == 0) return callOn();
      ${recursion}
    }
    export function user_entrypoint(length: i32): i32 {
      read_args(space);
      return dive(load<u16>(space, 2)${start});
    }`;
}

/** Reads the locals before the call and writes them behind it, so that no compiler can do without them. */
function localsOver(call: string, count: number): string {
  const all = names(count);
  return `${all.map((name, index) => `const ${name} = load<i64>(space, ${128 + 8 * index});`).join(" ")}
      const status = ${call};
      ${all.map((name, index) => `store<i64>(space, ${name} + 1, ${128 + 8 * index});`).join(" ")}
      return status;`;
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `v${index}`);
}

function rotated(list: readonly string[]): readonly string[] {
  return [...list.slice(1), ...list.slice(0, 1)];
}
