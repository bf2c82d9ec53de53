/** The environments of a chain and what each of them claims. */
import {
  delegationPrefix,
  hasPrefix,
  svmDesignatorPrefix,
  TriremeError,
  type Address,
  type BlockContext,
  type ExecutionEnvironment,
} from "@trireme/core";

/** A registered environment; `index` counts from 0 in the order of registration. */
export interface RegisteredEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly index: number;
  /** The route into it, made once: most frames are routed by code alone. */
  readonly route: { readonly kind: "run"; readonly entry: RegisteredEnvironment; readonly delegate: undefined };
}

/** Looks environments up by what an account holds. */
export interface EnvironmentRegistry {
  readonly all: readonly RegisteredEnvironment[];
  /** Runs code that nobody else claims, creates, and plain accounts. */
  readonly fallback: RegisteredEnvironment | undefined;
  /** Runs executable SVM accounts and every instruction. */
  readonly program: RegisteredEnvironment | undefined;
  /** Owner of a code prefix; undefined when only the default claim is left. `code` starts with 0xEF. */
  ofPrefix(code: Uint8Array): RegisteredEnvironment | undefined;
  /** Who runs an address whatever stands there: a precompile, a gateway. */
  ofAddress(address: Address, block: BlockContext): RegisteredEnvironment | undefined;
  /** Who is entered for every account without code: a default environment that names no addresses. */
  readonly ofBareAccounts: RegisteredEnvironment | undefined;
  /** Warm from the start of every transaction. */
  readonly warmAddresses: readonly Address[];
  /** Those that have a last word on a transaction. */
  readonly verifiers: readonly ExecutionEnvironment[];
  /** EIP-3541 and rule 15: code that starts with 0xEF may be left only under a prefix that an environment owns. */
  mayDeploy(code: Uint8Array): boolean;
}

/** @throws TriremeError `INVALID_CONFIGURATION` when two environments claim the same, or a prefix is reserved. */
export function createEnvironmentRegistry(environments: readonly ExecutionEnvironment[]): EnvironmentRegistry {
  const all = environments.map(register);
  assertDistinct(environments);
  const prefixed: { readonly entry: RegisteredEnvironment; readonly prefix: Uint8Array }[] = [];
  for (const entry of all) {
    const { claims } = entry.environment;
    if (claims.kind === "prefix") prefixed.push({ entry, prefix: claims.prefix });
  }
  const fallback = all.find(({ environment }) => environment.claims.kind === "default");
  // A default environment that does not name its precompiles is asked about every address without code.
  const ofBareAccounts = fallback !== undefined && fallback.environment.runsAddress === undefined ? fallback : undefined;
  const withAddresses = all.filter(({ environment }) => environment.runsAddress !== undefined);
  const ofPrefix = (code: Uint8Array): RegisteredEnvironment | undefined => {
    for (const { entry, prefix } of prefixed) if (hasPrefix(code, prefix)) return entry;
    return undefined;
  };
  return {
    all,
    fallback,
    program: all.find(({ environment }) => environment.claims.kind === "program"),
    ofPrefix,
    ofAddress(address, block) {
      for (const entry of withAddresses) if (entry.environment.runsAddress?.(address, block) === true) return entry;
      return undefined;
    },
    ofBareAccounts,
    warmAddresses: environments.flatMap(({ warmAddresses }) => warmAddresses ?? []),
    verifiers: environments.filter(({ verifyTransaction }) => verifyTransaction !== undefined),
    mayDeploy(code) {
      if (code[0] !== 0xef) return true;
      const owner = isReserved(code) ? undefined : ofPrefix(code);
      return owner !== undefined && owner.environment.allowsCode?.(code) !== false;
    },
  };
}

function register(environment: ExecutionEnvironment, index: number): RegisteredEnvironment {
  const entry: RegisteredEnvironment = {
    environment,
    index,
    get route() {
      return route;
    },
  };
  const route = { kind: "run", entry, delegate: undefined } as const;
  return entry;
}

/** Prefixes that no environment can own: EIP-7702 delegations and SVM designators. */
function isReserved(code: Uint8Array): boolean {
  return hasPrefix(code, svmDesignatorPrefix) || hasPrefix(code, delegationPrefix.subarray(0, 2));
}

function assertDistinct(environments: readonly ExecutionEnvironment[]): void {
  for (const [index, { id, claims }] of environments.entries()) {
    if (claims.kind === "prefix") assertPrefix(id, claims.prefix);
    for (const other of environments.slice(0, index)) {
      if (other.id === id) throw invalid(`expected environments with different ids, got two called ${JSON.stringify(id)}`);
      const isSameClaim =
        claims.kind === "prefix"
          ? other.claims.kind === "prefix" &&
            (hasPrefix(claims.prefix, other.claims.prefix) || hasPrefix(other.claims.prefix, claims.prefix))
          : other.claims.kind === claims.kind;
      if (isSameClaim) throw invalid(`expected one environment per claim, got ${other.id} and ${id} with the same ${claims.kind} claim`);
    }
  }
}

function assertPrefix(id: string, prefix: Uint8Array): void {
  if (prefix.length < 2 || prefix[0] !== 0xef)
    throw invalid(`expected a code prefix of 2 bytes or more that starts with 0xef, got ${describe(prefix)} from ${id}`);
  if (isReserved(prefix) || hasPrefix(svmDesignatorPrefix, prefix))
    throw invalid(`expected a code prefix outside ef01 and ef5301, got ${describe(prefix)} from ${id}`);
}

function describe(prefix: Uint8Array): string {
  return `"${Array.from(prefix, (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}

function invalid(message: string): TriremeError {
  return new TriremeError("INVALID_CONFIGURATION", message);
}
