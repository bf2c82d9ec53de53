/** Runs a program that may do anything, over the model host, with little ink. */
import { addressFromHex, type CallMessage } from "@trireme/core";
import { createProgramFrame } from "../hostio/program-frame.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import { compileProgram, type CompiledProgram } from "../runtime/compiled-program.ts";
import type { ProgramOutcome } from "../runtime/program-outcome.ts";
import { runProgram } from "../runtime/run-program.ts";
import { createStylusMachine, wallet } from "./stylus-machine.ts";

/** @see createMutantRunner */
export interface MutantRunner {
  compile(bytes: Uint8Array): CompiledProgram;
  /** Runs it on a state that is as it was before; what it did is undone. */
  run(program: CompiledProgram, footprint: number, parameters: StylusParameters): ProgramOutcome;
}

/** Enough for some thousand blocks and a call of everything; an endless loop ends soon. */
const ink = 1_000_000_000;

/** A runner with a host of its own. */
export function createMutantRunner(): MutantRunner {
  const { host } = createStylusMachine();
  const message: CallMessage = {
    kind: "call",
    scheme: "call",
    sender: wallet,
    recipient: addressFromHex("0xcccccccccccccccccccccccccccccccccccccccc"),
    codeAddress: addressFromHex("0xcccccccccccccccccccccccccccccccccccccccc"),
    value: 0n,
    input: Uint8Array.from({ length: 37 }, (_, index) => index + 1),
    gas: 1_000_000n,
    depth: 0,
    isStatic: false,
  };
  return {
    compile: compileProgram,
    run(program, footprint, parameters) {
      const checkpoint = host.checkpoint();
      const instance = program.acquire();
      try {
        const { meter, memory } = instance;
        const programs = { pages: { open: footprint, ever: footprint }, recent: new Set<string>(), last: undefined, printed: 0 };
        const frame = createProgramFrame({ host, message, parameters, programs, meter, memory });
        return runProgram(instance, frame, ink, parameters.maxStackDepth);
      } finally {
        program.release(instance);
        host.revert(checkpoint);
      }
    },
  };
}
