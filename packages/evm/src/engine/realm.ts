/**
 * A realm: a `node:vm` context whose microtasks drain before a call into it returns, with the engine's asynchronous
 * modules loaded in it. So the engine's promises are settled inside one synchronous call and never seen outside.
 *
 * A promise belongs to the realm whose function made it, and only this realm's are drained here: what is handed to the
 * engine gives plain values, and its own promises are only ever continued by `after`. While a realm is draining it
 * cannot be entered again, so every level of re-entry has one of its own.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, createContext, Script } from "node:vm";
import { engineBytes } from "./engine-bytes.ts";
import { engineFolder, requireFromEngine } from "./ethereumjs.ts";
import { FrameMemory } from "./frame-memory.ts";
import { FrameStack } from "./frame-stack.ts";

declare const pending: unique symbol;

/** A promise of a realm: opaque here, to be continued with `Realm.after`. */
export interface Pending<T> {
  readonly [pending]: T;
}

/** One context with the engine in it. */
export interface Realm {
  /** The realm's copy of a file of the engine. */
  load(path: string): unknown;
  /** `next` of the value: at once if there is one, else when it is there. */
  after<T, R>(value: T | Pending<T>, next: (value: T) => R | Pending<R>): R | Pending<R>;
  isPending(value: unknown): boolean;
  /**
   * Goes on with `next` when a promise comes to a value, or with `fail` when it comes to nothing, and again with the promise that
   * either gives, until one gives something else.
   */
  follow<R>(
    waiting: Pending<unknown>,
    next: (value: unknown) => R | Pending<unknown>,
    fail: (error: unknown) => R | Pending<unknown>,
  ): Pending<R>;
  /** Calls `start` when everything on the machine's stack has returned. */
  later<T>(start: () => T | Pending<T>): Pending<T>;
  /**
   * Runs `start` and all that follows from it to the end. Undefined when it cannot end, because it waits for something
   * outside of the realm: the realm must not be used again then.
   * @throws what `start` threw
   */
  run<T>(start: () => T | Pending<T>): { readonly value: T } | undefined;
}

/** The modules that have asynchronous functions, or convert bytes all the time; every other file is shared by all realms. */
const REALM_MODULES: ReadonlySet<string> = new Set([
  "interpreter.js",
  "opcodes/index.js",
  "opcodes/codes.js",
  "opcodes/functions.js",
  "opcodes/gas.js",
  "opcodes/util.js",
  "opcodes/EIP7928.js",
]);

/** Modules of ours that stand in for the engine's. */
const SUBSTITUTES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["memory.js", { Memory: FrameMemory }],
  ["stack.js", { Stack: FrameStack }],
  // No fork up to Osaka knows EOF: code that begins with EF00 is code like any other.
  ["eof/util.js", { EOFBYTES: new Uint8Array(0), EOFHASH: new Uint8Array(0), isEOF: () => false }],
  ["precompiles/index.js", { getPrecompileName: () => "" }],
  [
    "evm.js",
    {
      OOGResult: (gas: bigint) => failure("out of gas", gas),
      EVMErrorResult: (error: unknown, gas: bigint) => ({ returnValue: new Uint8Array(0), executionGasUsed: gas, exceptionError: error }),
    },
  ],
]);

interface Job {
  start: (() => unknown) | undefined;
  state: "running" | "done" | "failed";
  value: unknown;
}

interface RealmFunctions {
  readonly job: Job;
  readonly drive: unknown;
  readonly isPending: (value: unknown) => boolean;
  readonly continueWith: (value: unknown, next: (value: unknown) => unknown) => unknown;
  readonly follow: unknown;
  readonly later: unknown;
}

/** The only asynchronous functions of ours. They are source text because they have to be made inside of the realm. */
const functionsScript = new Script(
  `(() => {
    const job = { start: undefined, state: "done", value: undefined };
    const drive = async () => {
      try { job.value = await job.start(); job.state = "done"; }
      catch (error) { job.value = error; job.state = "failed"; }
    };
    const isPending = (value) => value instanceof Promise;
    const continueWith = async (value, next) => next(await value);
    const follow = async (waiting, next, fail) => {
      while (waiting instanceof Promise) {
        let value;
        try { value = await waiting; }
        catch (error) { waiting = fail(error); continue; }
        waiting = next(value);
      }
      return waiting;
    };
    const later = async (start) => { await undefined; return start(); };
    return { job, drive, isPending, continueWith, follow, later };
  })()`,
  { filename: "trireme-evm-realm.js" },
);
const driveScript = new Script("drive()", { filename: "trireme-evm-drive.js" });
const moduleScripts = new Map<string, Script>();

/** A new realm. Costs a few milliseconds; the first one also compiles the engine. */
export function createRealm(): Realm {
  const context = createContext(constants.DONT_CONTEXTIFY, { microtaskMode: "afterEvaluate" }) as unknown as Record<string, unknown>;
  // The engine's `instanceof` and `new Uint8Array` have to mean the arrays that the host hands in.
  Object.assign(context, { Uint8Array, DataView, Error });
  const load = createLoader(context);
  const { job, drive, isPending, continueWith, follow, later } = functionsScript.runInContext(context) as RealmFunctions;
  context["drive"] = drive;
  return {
    load,
    isPending,
    follow: follow as Realm["follow"],
    later: later as Realm["later"],
    after(value, next) {
      if (!isPending(value)) return next(value as never);
      return continueWith(value, next as (value: unknown) => unknown) as never;
    },
    run<T>(start: () => T | Pending<T>): { readonly value: T } | undefined {
      job.start = start;
      job.state = "running";
      driveScript.runInContext(context);
      const { state, value } = job as Job;
      job.start = undefined;
      job.value = undefined;
      if (state === "failed") throw value;
      return state === "done" ? { value: value as T } : undefined;
    },
  };
}

function createLoader(context: Record<string, unknown>): (path: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    const loaded = modules.get(path);
    if (loaded !== undefined) return loaded.exports;
    const module = { exports: {} as unknown };
    modules.set(path, module);
    const require = (specifier: string): unknown => {
      if (specifier === "@ethereumjs/util") return engineBytes;
      if (!specifier.startsWith(".")) return requireFromEngine(specifier);
      const target = join(path, "..", specifier).replaceAll("\\", "/");
      if (SUBSTITUTES.has(target)) return SUBSTITUTES.get(target);
      return REALM_MODULES.has(target) ? load(target) : requireFromEngine(`./${target}`);
    };
    const factory = moduleScript(path).runInContext(context) as (...args: unknown[]) => void;
    factory(module.exports, require, module);
    return module.exports;
  };
  return load;
}

function moduleScript(path: string): Script {
  const known = moduleScripts.get(path);
  if (known !== undefined) return known;
  const filename = join(engineFolder, path);
  const script = new Script(`(function (exports, require, module) {${readFileSync(filename, "utf8")}\n})`, { filename });
  moduleScripts.set(path, script);
  return script;
}

function failure(error: string, gas: bigint): unknown {
  const { EVMError } = requireFromEngine("./errors.js") as { readonly EVMError: new (message: string) => unknown };
  return { returnValue: new Uint8Array(0), executionGasUsed: gas, exceptionError: new EVMError(error) };
}
