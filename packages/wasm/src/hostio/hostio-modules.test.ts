import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { debugSignatures, hostioSignatures } from "../activation/hostio-signatures.ts";
import { createStylusMachine, wallet } from "../test/stylus-machine.ts";
import { hostioModules, hostioNamed } from "./hostio-modules.ts";

const signatures: Readonly<Record<string, Readonly<Record<string, string>>>> = { vm_hooks: hostioSignatures, ...debugSignatures };
const parametersOf = (signature: string): string[] => (signature.split("->")[0] as string).split(" ").filter((name) => name !== "");

describe("host functions", () => {
  it("are the ones that activation lets programs import, with as many parameters", () => {
    const shape = (functions: Readonly<Record<string, unknown>>, arity: (value: unknown) => number) =>
      Object.fromEntries(Object.entries(functions).map(([name, value]) => [name, arity(value)]));
    const ours = Object.entries(hostioModules).map(([name, functions]) => [
      name,
      shape(functions, (value) => (value as () => void).length - 1),
    ]);
    const theirs = Object.entries(signatures).map(([name, functions]) => [
      name,
      shape(functions, (value) => parametersOf(value as string).length),
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
    expect(Object.keys(hostioSignatures).length).toBe(42);
    expect([hostioNamed("vm_hooks", "toString"), hostioNamed("constructor", "name")]).toEqual([undefined, undefined]);
  });

  it("end the program or answer, whatever they are given", () => {
    const machine = createStylusMachine();
    // One program for each function: it passes on what its calldata holds, 8 bytes a parameter.
    const programs = Object.entries(hostioSignatures).map(([name, signature]) => {
      const parameters = parametersOf(signature);
      const result = signature.split("->")[1] as string;
      const given = parameters.map((type, index) => `(${type}.load (i32.const ${1000 + 8 * index}))`).join(" ");
      const call = `(call $f ${given})`;
      return machine.deploy(`(module
        (import "vm_hooks" "read_args" (func $args (param i32)))
        (import "vm_hooks" "${name}" (func $f (param ${parameters.join(" ")}) ${result === "" ? "" : `(result ${result})`}))
        (memory (export "memory") 1 1)
        (func (export "user_entrypoint") (param i32) (result i32)
          (call $args (i32.const 1000)) ${result === "" ? call : `(drop ${call})`} (i32.const 0)))`);
    });
    const edge = fc.constantFrom(0n, 1n, 31n, 32n, 0xffffn, 0x10000n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 2n ** 64n - 1n);
    const calldata = fc.array(fc.oneof(edge, fc.bigInt({ min: 0n, max: 70_000n })), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...programs), calldata, fc.boolean(), (program, numbers, isStatic) => {
        const input = new Uint8Array(48);
        numbers.forEach((number, index) => new DataView(input.buffer).setBigUint64(8 * index, number, true));
        machine.host.setBalance(wallet, 10n ** 24n);
        const result = machine.call(program, { input, isStatic, gas: 1_000_000n });
        expect(["success", "revert", "halt"]).toContain(result.kind);
        expect(result.kind === "halt" || result.gasLeft <= 1_000_000n).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});
