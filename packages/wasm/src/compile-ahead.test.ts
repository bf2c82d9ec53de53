import { addressFromHex, emptyBytes } from "@trireme/core";
import { stylusCode, stylusWat } from "@trireme/testing";
import { afterEach, expect, it, vi } from "vitest";
import { bytesFromWat } from "./test/wat.ts";
import { createStylusMachine, nobody } from "./test/stylus-machine.ts";
import { createWasm } from "./environment.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("compiles an activated program once, and a call finds it compiled", () => {
  const machine = createStylusMachine();
  const program = machine.deploy(stylusWat("(i32.const 0)"));
  const expected = machine.call(program);
  machine.nextTransaction();
  // Another thread's environment, on the same state.
  const { compileAhead, execute } = createWasm();
  const compiled = vi.spyOn(WebAssembly, "Module");
  for (let time = 0; time < 2; time++) compileAhead?.(program, machine.host);
  expect(compiled).toHaveBeenCalledTimes(1);
  const message = { kind: "call", scheme: "call", sender: nobody, recipient: program, codeAddress: program } as const;
  const frame = { value: 0n, input: emptyBytes, gas: 100_000_000n, depth: 0, isStatic: false };
  expect(execute({ ...message, ...frame }, machine.host)).toEqual(expected);
  expect(compiled).toHaveBeenCalledTimes(1);
});

it("leaves alone what cannot be called: nothing, other code, what is not activated", () => {
  const { host, environment } = createStylusMachine();
  const [broken, idle] = [addressFromHex(`0x${"c1".repeat(20)}`), addressFromHex(`0x${"c2".repeat(20)}`)];
  host.setCode(broken, Uint8Array.of(0x60, 0x00));
  host.setCode(idle, stylusCode(bytesFromWat(stylusWat("(i32.const 0)"))));
  const compiled = vi.spyOn(WebAssembly, "Module");
  for (const address of [nobody, broken, idle]) environment.compileAhead?.(address, host);
  expect(compiled).not.toHaveBeenCalled();
});
