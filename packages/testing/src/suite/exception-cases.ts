/** Exceptions of the host: they leave an environment as the same object, and leave it fit for use (law 7). */
import { concatBytes, outputOf, type ExecutionEnvironment, type Host } from "@trireme/core";
import { suiteAddresses, word, type SuiteCase } from "./suite-world.ts";

const { first, second } = suiteAddresses;
const key = word(11n);

/** A fault to throw, and a switch for it. */
export interface Fault {
  thrown: unknown;
  method: "getStorage" | "call" | undefined;
}

/** An environment whose host throws `fault.thrown` from the method that `fault` names. */
export function withFault(environment: ExecutionEnvironment, fault: Fault): ExecutionEnvironment {
  const decorate = (host: Host): Host =>
    Object.create(host, {
      getStorage: { value: (...given: Parameters<Host["getStorage"]>) => refuse("getStorage") ?? host.getStorage(...given) },
      call: { value: (...given: Parameters<Host["call"]>) => refuse("call") ?? host.call(...given) },
    }) as Host;
  const refuse = (method: Fault["method"]): undefined => {
    if (fault.method === method) throw fault.thrown;
    return undefined;
  };
  return {
    id: environment.id,
    claims: environment.claims,
    execute: (message, host) => environment.execute(message, decorate(host)),
    ...(environment.runsAddress === undefined ? {} : { runsAddress: environment.runsAddress.bind(environment) }),
  };
}

/** A case that plays with a fault. */
export interface FaultCase extends Omit<SuiteCase, "play"> {
  play(world: Parameters<SuiteCase["play"]>[0], programs: Parameters<SuiteCase["play"]>[1], fault: Fault): void;
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    return { ended: run() };
  } catch (error) {
    return error;
  }
};

const faults: readonly unknown[] = [
  new Error("disk"),
  new RangeError("Maximum call stack size exceeded"),
  Object.freeze({ odd: true }),
  "text",
];

export const exceptionCases: readonly FaultCase[] = [
  {
    title: "lets an exception of a host method through as the same object, and works afterwards",
    needs: ["load"],
    play({ install, run, expect }, programs, fault) {
      install(first, programs.load(key));
      for (const thrown of faults) {
        Object.assign(fault, { thrown, method: "getStorage" });
        expect(thrownBy(() => run(first))).toBe(thrown);
        fault.method = undefined;
        expect(outputOf(run(first))).toEqual(word(0n));
      }
    },
  },
  {
    title: "lets an exception of host.call through as the same object",
    needs: ["call"],
    play({ install, installToy, run, expect }, programs, fault) {
      const program = programs.call({ target: installToy(second, []), scheme: "call", value: 0n, gas: undefined });
      if (program === undefined) return;
      install(first, program);
      for (const thrown of faults) {
        Object.assign(fault, { thrown, method: "call" });
        // The frame from outside goes to the undecorated host; only the environment's own call throws.
        expect(thrownBy(() => run(first))).toBe(thrown);
        fault.method = undefined;
        expect(outputOf(run(first))).toEqual(word(1n));
      }
    },
  },
  {
    title: "lets an exception through many frames of its own",
    needs: ["relay", "load"],
    play({ install, run, expect }, programs, fault) {
      install(first, programs.relay());
      install(second, programs.load(key));
      const input = concatBytes(...Array.from({ length: 10 }, () => word(first)), word(second));
      const thrown = new Error("deep");
      Object.assign(fault, { thrown, method: "getStorage" });
      expect(thrownBy(() => run(first, { input, gas: 10n ** 9n }))).toBe(thrown);
      fault.method = undefined;
      expect(outputOf(run(first, { input, gas: 10n ** 9n }))).toEqual(word(0n));
    },
  },
];
