/** Routing: which environment runs a frame. It reads what is deployed, never a caller's hint. */
import {
  delegationTarget,
  isAtLeast,
  equalBytes,
  systemProgram,
  type AccountKind,
  type Address,
  type BlockContext,
  type Message,
  type SvmRecord,
} from "@trireme/core";
import type { EnvironmentRegistry, RegisteredEnvironment } from "./registry.ts";

/** What routing reads of the state. */
export interface RoutingState {
  getCode(address: Address): Uint8Array;
  getSvmRecord(address: Address): SvmRecord | undefined;
}

/**
 * Where a frame goes. `run`: into an environment; `delegate` is the account whose code runs instead (EIP-7702).
 * `transfer`: only value moves. `svmAccount`: refused, only the gateway may enter (rule 16). `nobody`: no
 * environment of this chain can run it.
 */
export type Route =
  | { readonly kind: "run"; readonly entry: RegisteredEnvironment; readonly delegate: Address | undefined }
  | { readonly kind: "transfer"; readonly delegate: Address | undefined }
  | { readonly kind: "svmAccount" }
  | { readonly kind: "nobody" };

/** Routes frames and judges accounts under one block's rules. */
export interface Router {
  route(message: Message): Route;
  kindOf(address: Address): AccountKind;
}

const transferRoute: Route = { kind: "transfer", delegate: undefined };
const svmAccountRoute: Route = { kind: "svmAccount" };
const nobodyRoute: Route = { kind: "nobody" };

/** A router over a state. Reads of `state` are all it does; nothing becomes warm. */
export function createRouter(registry: EnvironmentRegistry, state: RoutingState, block: BlockContext): Router {
  const runRoutes = registry.all.map((entry): Route => ({ kind: "run", entry, delegate: undefined }));
  const routeTo = (entry: RegisteredEnvironment | undefined): Route =>
    entry === undefined ? nobodyRoute : (runRoutes[entry.index] as Route);
  const hasDelegations = isAtLeast(block.hardfork, "prague");

  /** Owner of code that starts with 0xEF and is no SVM account. */
  const ownerOf = (code: Uint8Array): RegisteredEnvironment | undefined => registry.ofPrefix(code) ?? registry.fallback;

  const routeMarked = (message: Message & { kind: "call" }, code: Uint8Array): Route => {
    if (state.getSvmRecord(message.codeAddress) !== undefined) {
      return message.scheme === "call" && message.input.length === 0 ? transferRoute : svmAccountRoute;
    }
    const target = hasDelegations ? (delegationTarget(code) as Address | undefined) : undefined;
    if (target === undefined) return routeTo(ownerOf(code));
    const targetCode = state.getCode(target);
    if (targetCode.length === 0) return { kind: "transfer", delegate: target };
    if (targetCode[0] === 0xef && state.getSvmRecord(target) !== undefined) return svmAccountRoute;
    const entry = targetCode[0] === 0xef ? ownerOf(targetCode) : registry.fallback;
    return entry === undefined ? nobodyRoute : { kind: "run", entry, delegate: target };
  };

  const kindOfSvm = (record: SvmRecord): AccountKind => {
    if (record.executable && registry.program !== undefined) return { kind: "program", environment: registry.program.environment.id };
    const isWallet = !record.executable && record.dataLength === 0 && equalBytes(record.owner, systemProgram);
    return isWallet ? { kind: "none" } : { kind: "data" };
  };

  const kindOfOne = (address: Address, code: Uint8Array): AccountKind => {
    if (code.length === 0) return { kind: "none" };
    if (code[0] === 0xef) {
      const record = state.getSvmRecord(address);
      if (record !== undefined) return kindOfSvm(record);
    }
    const entry = code[0] === 0xef ? ownerOf(code) : registry.fallback;
    return { kind: "code", environment: entry?.environment.id ?? "" };
  };

  return {
    route(message) {
      if (message.kind === "create") return routeTo(registry.fallback);
      if (message.kind === "instruction") return routeTo(registry.program);
      const code = state.getCode(message.codeAddress);
      if (code.length === 0) {
        const entry = registry.ofBareAddress(message.codeAddress, block);
        return entry === undefined ? transferRoute : routeTo(entry);
      }
      // Everything that is not the default environment's own begins with 0xEF (EIP-3541).
      return code[0] === 0xef ? routeMarked(message, code) : routeTo(registry.fallback);
    },
    kindOf(address) {
      const code = state.getCode(address);
      const target = hasDelegations ? (delegationTarget(code) as Address | undefined) : undefined;
      return target === undefined ? kindOfOne(address, code) : kindOfOne(target, state.getCode(target));
    },
  };
}
