/** One instance of a program: its exports, its imports bound to whichever frame it runs, and its way back to the first state. */
import { createGuestMemory, type GuestMemory } from "../hostio/guest-memory.ts";
import type { Hostio } from "../hostio/hostio.ts";
import { hostioNamed } from "../hostio/hostio-modules.ts";
import type { InkMeter } from "../hostio/ink-meter.ts";
import type { ProgramFrame } from "../hostio/program-frame.ts";
import { isSignal } from "../hostio/signal.ts";
import { hostExport, type InstrumentedExports } from "../instrument/host-exports.ts";

/** The frame that an instance runs, and what the Host threw in it. */
export interface InstanceCell {
  frame: ProgramFrame | undefined;
  /** An exception that is no signal: it leaves the program as the same object. */
  fault: { readonly error: unknown } | undefined;
}

/** An instance that can run one frame after the other. */
export interface ProgramInstance {
  readonly exports: InstrumentedExports;
  readonly cell: InstanceCell;
  readonly meter: InkMeter;
  readonly memory: GuestMemory;
}

/** Instantiates a module; only functions of the host are imported. */
export function createProgramInstance(module: WebAssembly.Module): ProgramInstance {
  const cell: InstanceCell = { frame: undefined, fault: undefined };
  const imports: Record<string, Record<string, (...given: never[]) => unknown>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const hostio = hostioNamed(from, name);
    // Activation refuses other imports: instantiating then throws a LinkError, a fault of ours.
    if (hostio !== undefined) (imports[from] ??= {})[name] = bindHostio(cell, hostio);
  }
  const instance = new WebAssembly.Instance(module, imports);
  const exports = instance.exports as unknown as InstrumentedExports;
  return {
    exports,
    cell,
    meter: { buy: exports[hostExport.buy], inkLeft: exports[hostExport.inkLeft] },
    memory: createGuestMemory(exports.memory),
  };
}

type AnyFunction = (...given: unknown[]) => unknown;

/** By the number of parameters: a rest parameter would make an array of every call. */
function bindHostio(cell: InstanceCell, hostio: Hostio): (...given: never[]) => unknown {
  const run = hostio as AnyFunction;
  switch (hostio.length) {
    case 1:
      return () => {
        try {
          return run(cell.frame);
        } catch (error) {
          throw noted(cell, error);
        }
      };
    case 2:
      return (a: never) => {
        try {
          return run(cell.frame, a);
        } catch (error) {
          throw noted(cell, error);
        }
      };
    case 3:
      return (a: never, b: never) => {
        try {
          return run(cell.frame, a, b);
        } catch (error) {
          throw noted(cell, error);
        }
      };
    default:
      return (...given: never[]) => {
        try {
          return run(cell.frame, ...given);
        } catch (error) {
          throw noted(cell, error);
        }
      };
  }
}

function noted(cell: InstanceCell, error: unknown): unknown {
  if (!isSignal(error)) cell.fault ??= { error };
  return error;
}
