/** Who runs a frame: the routing rules of the host, written once more and plainly. */
import {
  delegationTarget,
  hasPrefix,
  isAtLeast,
  svmDesignatorPrefix,
  systemProgram,
  equalBytes,
  type AccountKind,
  type Address,
  type ExecutionEnvironment,
  type Hardfork,
  type SvmRecord,
} from "@trireme/core";

/** What routing reads of an account. */
export interface RoutedAccount {
  readonly code: Uint8Array;
  readonly svm: SvmRecord | undefined;
}

/** Kind of an account, a delegation followed one step. */
export function modelKindOf(
  address: Address,
  read: (address: Address) => RoutedAccount,
  environments: readonly ExecutionEnvironment[],
  hardfork: Hardfork,
): AccountKind {
  const account = read(address);
  const target = isAtLeast(hardfork, "prague") ? delegationTarget(account.code) : undefined;
  return ownKind(target === undefined ? account : read(target as Address), environments);
}

/** Whether code may be left by a create: EIP-3541, but for prefixes that a registered environment owns. */
export function modelMayDeploy(code: Uint8Array, environments: readonly ExecutionEnvironment[]): boolean {
  if (code[0] !== 0xef) return true;
  if (code[1] === 0x01 || hasPrefix(code, svmDesignatorPrefix)) return false;
  return environments.some(({ claims }) => claims.kind === "prefix" && hasPrefix(code, claims.prefix));
}

/** The environment with this claim, if there is one. */
export function environmentOf(
  kind: "default" | "program",
  environments: readonly ExecutionEnvironment[],
): ExecutionEnvironment | undefined {
  return environments.find(({ claims }) => claims.kind === kind);
}

function ownKind(account: RoutedAccount, environments: readonly ExecutionEnvironment[]): AccountKind {
  if (account.svm !== undefined) {
    const program = environmentOf("program", environments);
    if (account.svm.executable && program !== undefined) return { kind: "program", environment: program.id };
    const isWallet = equalBytes(account.svm.owner, systemProgram) && account.svm.dataLength === 0 && !account.svm.executable;
    return isWallet ? { kind: "none" } : { kind: "data" };
  }
  if (account.code.length === 0) return { kind: "none" };
  const claimed = environments.find(({ claims }) => claims.kind === "prefix" && hasPrefix(account.code, claims.prefix));
  const owner = claimed ?? environmentOf("default", environments);
  return { kind: "code", environment: owner?.id ?? "" };
}
