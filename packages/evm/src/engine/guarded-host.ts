/**
 * The Host as the engine sees it: the first exception that a Host method throws is remembered, so that it leaves
 * `execute` as the same object whatever the engine's own catch clauses make of it (law 7).
 */
import type { Host } from "@trireme/core";

const METHODS = [
  "exists",
  "getBalance",
  "burn",
  "transfer",
  "getNonce",
  "setNonce",
  "getCode",
  "getCodeHash",
  "setCode",
  "touch",
  "kindOf",
  "getStorage",
  "getOriginalStorage",
  "setStorage",
  "hasStorage",
  "getTransientStorage",
  "setTransientStorage",
  "getSvmRecord",
  "accessAccount",
  "accessStorage",
  "isWarmAccount",
  "isWarmStorage",
  "markCreated",
  "wasCreated",
  "destroy",
  "mayDeploy",
  "getBlockHash",
  "emitLog",
  "call",
  "checkpoint",
  "commit",
  "revert",
  "reserveMemory",
  "releaseMemory",
] as const satisfies readonly (keyof Host)[];

/** What the engine calls of a Host. */
export type GuardedHost = Pick<Host, (typeof METHODS)[number]>;

/** A guarded host whose Host changes with every execution, and what it threw. */
export interface HostGuard {
  readonly host: GuardedHost;
  /** Calls from now on go to `host`; the fault is forgotten. */
  attach(host: Host): void;
  detach(): void;
  /** The method that was called last: the one to name when the engine waits for its answer. */
  readonly lastMethod: string | undefined;
  /** What the Host threw first, if it threw. */
  readonly fault: { readonly error: unknown } | undefined;
  /** Runs what belongs to the Host, a tracer's method say, under the same guard. */
  guard<T>(action: () => T): T;
}

/** Thrown through the engine in place of the fault, which may be anything, a string even. */
const ABORT = new Error("the host threw");

/** A guard without a Host. */
export function createHostGuard(): HostGuard {
  let attached: Host | undefined;
  let fault: { readonly error: unknown } | undefined;
  let lastMethod: string | undefined;
  const guard = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      fault ??= { error };
      throw ABORT;
    }
  };
  const guarded = <Name extends (typeof METHODS)[number]>(name: Name): Host[Name] => {
    const method = (...args: unknown[]): unknown => {
      lastMethod = name;
      try {
        return (attached as unknown as Record<Name, (...args: unknown[]) => unknown>)[name](...args);
      } catch (error) {
        fault ??= { error };
        throw ABORT;
      }
    };
    return method as Host[Name];
  };
  return {
    host: Object.fromEntries(METHODS.map((name) => [name, guarded(name)])) as unknown as GuardedHost,
    attach(host) {
      attached = host;
      fault = undefined;
      lastMethod = undefined;
    },
    detach() {
      attached = undefined;
    },
    get lastMethod() {
      return lastMethod;
    },
    get fault() {
      return fault;
    },
    guard,
  };
}
