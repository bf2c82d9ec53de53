/** The toy environment's kit: how the suite is run on it, and an example of a kit. */
import { concatBytes, type ExecutionEnvironment } from "@trireme/core";
import type { ProgramCall, ProgramKit } from "./suite/program-kit.ts";
import { createToyEnvironment } from "./toy-environment.ts";
import { toyOps, toyPrefix, toyProgram } from "./toy-program.ts";

/** A kit for a toy environment. */
export function createToyKit(createEnvironment: () => ExecutionEnvironment = createToyEnvironment): ProgramKit {
  const { claims } = createEnvironment();
  const prefix = claims.kind === "prefix" ? claims.prefix : toyPrefix;
  const program = (...operations: readonly Uint8Array[]): Uint8Array => toyProgram(operations, prefix);
  const callOf = ({ target, scheme, value, gas }: ProgramCall): Uint8Array =>
    concatBytes(toyOps.input(), toyOps.call({ target, scheme, value, gas: gas ?? 0n }));
  return {
    createEnvironment,
    programs: {
      returnBytes: (bytes) => program(toyOps.push(bytes), toyOps.stop()),
      echo: () => program(toyOps.input(), toyOps.stop()),
      revertWith: (bytes) => program(toyOps.push(bytes), toyOps.revert()),
      halt: () => program(toyOps.halt()),
      loop: () => program(toyOps.restart()),
      store: (key, value) => program(toyOps.push(value), toyOps.store(key), toyOps.stop()),
      load: (key) => program(toyOps.load(key), toyOps.stop()),
      storeAndRevert: (key, value) => program(toyOps.push(value), toyOps.store(key), toyOps.revert()),
      storeTransient: (key, value) => program(toyOps.push(value), toyOps.storeTransient(key), toyOps.stop()),
      loadTransient: (key) => program(toyOps.loadTransient(key), toyOps.stop()),
      log: (topic, data) => program(toyOps.push(data), toyOps.log(topic), toyOps.stop()),
      logAndRevert: (topic, data) => program(toyOps.push(data), toyOps.log(topic), toyOps.revert()),
      call: (call) => program(callOf(call), toyOps.status(), toyOps.stop()),
      callAndRevert: (call) => program(callOf(call), toyOps.revert()),
      storeAndCall: (key, value, call) => program(toyOps.push(value), toyOps.store(key), callOf(call), toyOps.status(), toyOps.stop()),
      context: () => program(toyOps.context(), toyOps.stop()),
      gasLeft: () => program(toyOps.gas(), toyOps.stop()),
      recurse: () => program(toyOps.input(), toyOps.countdown(), toyOps.callSelf(), toyOps.succeeded(), toyOps.stop()),
      relay: () => program(toyOps.input(), toyOps.relay(), toyOps.bubble(), toyOps.stop()),
    },
  };
}
