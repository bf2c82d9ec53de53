/** Routing: which environment runs a frame. It reads what is deployed, never a caller's hint. */
import {
  delegationTarget,
  isAtLeast,
  equalBytes,
  systemProgram,
  type AccountKind,
  type Address,
  type BlockContext,
  type CallMessage,
  type DataAccountHost,
  type Message,
  type SvmRecord,
} from "@trireme/core";
import type { EnvironmentRegistry, RegisteredEnvironment } from "./registry.ts";

/** What routing reads of the state. */
export interface RoutingState extends Pick<DataAccountHost, "readAccountData"> {
  getCode(address: Address): Uint8Array;
  getSvmRecord(address: Address): SvmRecord | undefined;
}

/**
 * Where a frame goes. `run`: into an environment; `delegate` is the account whose code runs instead (EIP-7702).
 * `transfer`: only value moves. `svmAccount`: refused, only the gateway may enter (rule 16), and nothing else of the account
 * answers (rule 20). `nobody`: no environment of this chain can run it.
 */
export type Route =
  | { readonly kind: "run"; readonly entry: RegisteredEnvironment; readonly delegate: Address | undefined }
  | { readonly kind: "transfer"; readonly delegate: Address | undefined }
  | { readonly kind: "svmAccount" }
  | { readonly kind: "nobody" };

const transferRoute: Route = { kind: "transfer", delegate: undefined };
const svmAccountRoute: Route = { kind: "svmAccount" };
const nobodyRoute: Route = { kind: "nobody" };

/** Routes a frame under one block's rules. Reads code and records; nothing becomes warm. */
export function routeMessage(message: Message, state: RoutingState, registry: EnvironmentRegistry, block: BlockContext): Route {
  if (message.kind === "create") return routeTo(registry.fallback);
  if (message.kind === "instruction") return routeTo(registry.program);
  const { codeAddress } = message;
  const owner = registry.ofAddress(codeAddress, block);
  if (owner !== undefined) return owner.route;
  const code = state.getCode(codeAddress);
  if (code.length === 0) return registry.ofBareAccounts?.route ?? transferRoute;
  // Whatever is not the default environment's begins with 0xEF (EIP-3541).
  if (code[0] !== 0xef) return routeTo(registry.fallback);
  const record = state.getSvmRecord(codeAddress);
  if (record !== undefined) return routeToRecord(message, record, state, registry);
  const delegate = delegateOf(code, block);
  return delegate === undefined ? routeTo(ownerOf(code, registry)) : routeDelegated(delegate, state, registry);
}

/** What was deployed at an address, a delegation followed one step; `code` for one that an environment runs itself. */
export function kindOfAccount(address: Address, state: RoutingState, registry: EnvironmentRegistry, block: BlockContext): AccountKind {
  const owner = registry.ofAddress(address, block);
  if (owner !== undefined) return { kind: "code", environment: owner.environment.id };
  const own = state.getCode(address);
  const delegate = delegateOf(own, block);
  const home = delegate ?? address;
  const code = delegate === undefined ? own : state.getCode(delegate);
  if (code.length === 0) return { kind: "none" };
  const record = code[0] === 0xef ? state.getSvmRecord(home) : undefined;
  if (record !== undefined) return kindOfRecord(record, registry);
  return { kind: "code", environment: ownerOf(code, registry)?.environment.id ?? "" };
}

/** Value goes into any SVM account; only what has a face of its own answers a call (rules 16 and 20). */
function routeToRecord(
  { scheme, input, codeAddress }: CallMessage,
  record: SvmRecord,
  state: RoutingState,
  { program }: EnvironmentRegistry,
): Route {
  if (scheme !== "call" && scheme !== "staticcall") return svmAccountRoute;
  if (input.length === 0) return scheme === "call" ? transferRoute : svmAccountRoute;
  return program?.environment.runsRecord?.(codeAddress, record, state) === true ? program.route : svmAccountRoute;
}

function routeDelegated(delegate: Address, state: RoutingState, registry: EnvironmentRegistry): Route {
  const code = state.getCode(delegate);
  if (code.length === 0) return { kind: "transfer", delegate };
  if (code[0] === 0xef && state.getSvmRecord(delegate) !== undefined) return svmAccountRoute;
  const entry = ownerOf(code, registry);
  return entry === undefined ? nobodyRoute : { kind: "run", entry, delegate };
}

function kindOfRecord(record: SvmRecord, { program }: EnvironmentRegistry): AccountKind {
  if (record.executable && program !== undefined) return { kind: "program", environment: program.environment.id };
  const isWallet = !record.executable && record.dataLength === 0 && equalBytes(record.owner, systemProgram);
  return isWallet ? { kind: "none" } : { kind: "data" };
}

function delegateOf(code: Uint8Array, { hardfork }: BlockContext): Address | undefined {
  return code[0] === 0xef && isAtLeast(hardfork, "prague") ? (delegationTarget(code) as Address | undefined) : undefined;
}

function ownerOf(code: Uint8Array, registry: EnvironmentRegistry): RegisteredEnvironment | undefined {
  return (code[0] === 0xef ? registry.ofPrefix(code) : undefined) ?? registry.fallback;
}

function routeTo(entry: RegisteredEnvironment | undefined): Route {
  return entry === undefined ? nobodyRoute : entry.route;
}
