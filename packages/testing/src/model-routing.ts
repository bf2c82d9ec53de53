/** Who runs a frame: the routing rules of the host, written once more and plainly. */
import {
  delegationTarget,
  equalBytes,
  hasPrefix,
  isAtLeast,
  svmDesignatorPrefix,
  systemProgram,
  type AccountKind,
  type Address,
  type BlockContext,
  type ExecutionEnvironment,
  type Hardfork,
  type Host,
  type Message,
} from "@trireme/core";

/** What routing reads. */
export type RoutedState = Pick<Host, "getCode" | "getSvmRecord" | "readAccountData">;

/** Where a frame goes: an environment, a mere transfer, an SVM account that only the gateway enters, or nobody. */
export interface ModelRoute {
  readonly target: ExecutionEnvironment | "transfer" | "svmAccount" | "nobody";
  /** As the environment is to see it. */
  readonly message: Message;
  /** Whose code runs by EIP-7702. */
  readonly delegate: Address | undefined;
}

/** Routes one frame. */
export function modelRoute(
  message: Message,
  state: RoutedState,
  environments: readonly ExecutionEnvironment[],
  block: BlockContext,
): ModelRoute {
  const fallback = claimant("default", environments);
  if (message.kind === "create") return { target: fallback ?? "nobody", message, delegate: undefined };
  if (message.kind === "instruction") return { target: claimant("program", environments) ?? "nobody", message, delegate: undefined };

  const { codeAddress } = message;
  const named = addressOwner(codeAddress, environments, block);
  if (named !== undefined) return { target: named, message, delegate: undefined };
  const delegate = delegateOf(codeAddress, state, block.hardfork);
  const home = delegate ?? codeAddress;
  const record = state.getSvmRecord(home);
  if (record !== undefined) {
    const isDirect = delegate === undefined && (message.scheme === "call" || message.scheme === "staticcall");
    if (isDirect && message.scheme === "call" && message.input.length === 0) return { target: "transfer", message, delegate };
    const programs = claimant("program", environments);
    const answers = isDirect && message.input.length > 0 && programs?.runsRecord?.(home, record, state) === true;
    return { target: answers ? programs : "svmAccount", message, delegate };
  }
  if (state.getCode(home).length === 0) {
    const asksAlways = delegate === undefined && fallback?.runsAddress === undefined ? fallback : undefined;
    return { target: asksAlways ?? "transfer", message, delegate };
  }
  const target = prefixOwner(state.getCode(home), environments) ?? fallback ?? "nobody";
  const isResolved = target !== fallback && delegate !== undefined;
  return { target, message: isResolved ? { ...message, codeAddress: delegate } : message, delegate };
}

/** Kind of an account, a delegation followed one step. */
export function modelKindOf(
  address: Address,
  state: RoutedState,
  environments: readonly ExecutionEnvironment[],
  block: BlockContext,
): AccountKind {
  const named = addressOwner(address, environments, block);
  if (named !== undefined) return { kind: "code", environment: named.id };
  const home = delegateOf(address, state, block.hardfork) ?? address;
  const svm = state.getSvmRecord(home);
  if (svm !== undefined) {
    const program = claimant("program", environments);
    if (svm.executable && program !== undefined) return { kind: "program", environment: program.id };
    const isWallet = equalBytes(svm.owner, systemProgram) && svm.dataLength === 0 && !svm.executable;
    return isWallet ? { kind: "none" } : { kind: "data" };
  }
  const code = state.getCode(home);
  if (code.length === 0) return { kind: "none" };
  const owner = prefixOwner(code, environments) ?? claimant("default", environments);
  return { kind: "code", environment: owner?.id ?? "" };
}

/** Whether code may be left by a create: EIP-3541, but for prefixes that a registered environment owns. */
export function modelMayDeploy(code: Uint8Array, environments: readonly ExecutionEnvironment[]): boolean {
  if (code[0] !== 0xef) return true;
  if (code[1] === 0x01 || hasPrefix(code, svmDesignatorPrefix)) return false;
  const owner = prefixOwner(code, environments);
  return owner !== undefined && owner.allowsCode?.(code) !== false;
}

function delegateOf(address: Address, state: RoutedState, hardfork: Hardfork): Address | undefined {
  return isAtLeast(hardfork, "prague") ? (delegationTarget(state.getCode(address)) as Address | undefined) : undefined;
}

function addressOwner(
  address: Address,
  environments: readonly ExecutionEnvironment[],
  block: BlockContext,
): ExecutionEnvironment | undefined {
  return environments.find((environment) => environment.runsAddress?.(address, block));
}

function claimant(kind: "default" | "program", environments: readonly ExecutionEnvironment[]): ExecutionEnvironment | undefined {
  return environments.find(({ claims }) => claims.kind === kind);
}

function prefixOwner(code: Uint8Array, environments: readonly ExecutionEnvironment[]): ExecutionEnvironment | undefined {
  return environments.find(({ claims }) => claims.kind === "prefix" && hasPrefix(code, claims.prefix));
}
