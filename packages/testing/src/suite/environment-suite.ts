/**
 * The suite that every environment passes, on the model host and on the real one. It knows no VM: an environment
 * brings a kit of programs in its own code.
 */
import { type ExecutionResult, type Message, type Tracer } from "@trireme/core";
import { callCases } from "./call-cases.ts";
import { depthCases } from "./depth-cases.ts";
import { exceptionCases, withFault, type Fault } from "./exception-cases.ts";
import { gasCases } from "./gas-cases.ts";
import { outcomeCases } from "./outcome-cases.ts";
import type { KitPrograms, ProgramKit } from "./program-kit.ts";
import { stateCases } from "./state-cases.ts";
import { createSuiteWorld, type CreateSuiteHost, type Expect, type SuiteCase } from "./suite-world.ts";

/** The test runner; vitest's functions fit. */
export interface SuiteRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: ((name: string, body: () => void) => unknown) & { readonly skip: (name: string, body: () => void) => unknown };
  readonly expect: Expect;
}

/** What is tested, on what, by whom. */
export interface EnvironmentSuiteOptions {
  readonly name: string;
  readonly kit: ProgramKit;
  readonly createHost: CreateSuiteHost;
  readonly runner: SuiteRunner;
}

/** Declares the suite's tests. Cases whose programs the kit leaves out are skipped, with the reason in their name. */
export function environmentSuite({ name, kit, createHost, runner }: EnvironmentSuiteOptions): void {
  const { describe, it, expect } = runner;
  const programs = kit.programs as Required<KitPrograms>;
  const declare = (title: string, needs: SuiteCase["needs"], play: () => void): void => {
    const missing = needs.filter((need) => kit.programs[need] === undefined);
    if (missing.length === 0) it(title, play);
    else it.skip(`${title} (skipped: the kit has no ${missing.join(", ")})`, play);
  };
  const plain = (cases: readonly SuiteCase[]) => () => {
    for (const { title, needs, play } of cases) declare(title, needs, () => play(createSuiteWorld(kit, createHost, expect), programs));
  };
  const traced = () => {
    for (const { title, needs, play } of [...callCases, ...depthCases]) {
      declare(title, needs, () => {
        const { tracer, isBalanced } = createFrameRecorder();
        play(createSuiteWorld(kit, createHost, expect, { tracer }), programs);
        expect(isBalanced()).toBe(true);
      });
    }
  };
  const faulty = () => {
    for (const { title, needs, play } of exceptionCases) {
      declare(title, needs, () => {
        const fault: Fault = { thrown: undefined, method: undefined };
        const world = createSuiteWorld(kit, createHost, expect, { decorate: (environment) => withFault(environment, fault) });
        play(world, programs, fault);
      });
    }
  };
  describe(`environment suite: ${name}`, () => {
    describe("outcomes", plain(outcomeCases));
    describe("state", plain(stateCases));
    describe("calls", plain(callCases));
    describe("gas", plain(gasCases));
    describe("depth", plain(depthCases));
    describe("under a tracer", traced);
    describe("exceptions of the host", faulty);
  });
}

/** Records frames as a tracer sees them; they are balanced when every one that was entered was left. */
function createFrameRecorder() {
  const open: Message[] = [];
  let extraExits = 0;
  const tracer: Tracer = {
    wantsSteps: false,
    wantsMemory: false,
    enter: (message) => void open.push(message),
    exit(_result: ExecutionResult) {
      if (open.pop() === undefined) extraExits++;
    },
    log() {},
    step() {},
    selfDestruct() {},
  };
  return { tracer, isBalanced: () => open.length === 0 && extraExits === 0 };
}
