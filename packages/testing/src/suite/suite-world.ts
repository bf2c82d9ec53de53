/** One case's world: a fresh host with the environment under test and a toy beside it, and an account with money. */
import {
  addressFromHex,
  bigintToBytes,
  concatBytes,
  type Address,
  type ExecutionResult,
  type Host,
  type Log,
  type Tracer,
} from "@trireme/core";
import type { ExecutionEnvironment } from "@trireme/core";
import { createToyEnvironment } from "../toy-environment.ts";
import { toyProgram } from "../toy-program.ts";
import type { KitPrograms, ProgramKit, StaticEnds, SuiteCall } from "./program-kit.ts";

/** What the suite needs from a host beside `Host`. */
export interface SuiteHost {
  readonly host: Host;
  /** Logs of the current transaction. */
  logs(): readonly Log[];
  /** Ends the transaction and begins the next one. */
  nextTransaction(): void;
}

/** What a case asks of its host. */
export interface SuiteHostOptions {
  readonly environments: readonly ExecutionEnvironment[];
  readonly tracer?: Tracer;
}

/** Makes a host on empty state, under the rules of Prague or later, a transaction begun. */
export type CreateSuiteHost = (options: SuiteHostOptions) => SuiteHost;

/** The part of `expect` that the suite uses; vitest's fits. */
export type Expect = (actual: unknown, message?: string) => { toEqual(expected: unknown): void; toBe(expected: unknown): void };

/** A call from outside; what is absent has a plain default. */
export type CallPart = Partial<Omit<SuiteCall, "target">>;

/** A world to play a case in. */
export interface SuiteWorld {
  readonly host: Host;
  readonly environment: ExecutionEnvironment;
  readonly gas: bigint;
  readonly expect: Expect;
  readonly sweepRuns: number;
  readonly staticEnds: StaticEnds;
  logs(): readonly Log[];
  nextTransaction(): void;
  /** Puts a program of the kit at an address. */
  install(address: Address, program: Uint8Array): Address;
  /** Puts a program of the toy environment beside it at an address. */
  installToy(address: Address, operations: readonly Uint8Array[]): Address;
  /** Runs the program at an address from outside. */
  run(target: Address, call?: CallPart): ExecutionResult;
}

/** One case of the suite. */
export interface SuiteCase {
  readonly title: string;
  readonly needs: readonly (keyof KitPrograms)[];
  play(world: SuiteWorld, programs: Required<KitPrograms>): void;
}

/** Addresses that cases use; `wallet` calls and has 10^18 wei. */
export const suiteAddresses = {
  wallet: addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
  nobody: addressFromHex("0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
  first: addressFromHex("0x1111111111111111111111111111111111111111"),
  second: addressFromHex("0x2222222222222222222222222222222222222222"),
  third: addressFromHex("0x3333333333333333333333333333333333333333"),
} as const;

/** Prefix of the toy environment that stands beside the one under test. */
export const neighbourPrefix: Uint8Array = Uint8Array.of(0xef, 0x7e, 0xfe);

/** Builds the world of one case; `decorate` may wrap the environment under test. */
export function createSuiteWorld(
  kit: ProgramKit,
  createHost: CreateSuiteHost,
  expect: Expect,
  options: { readonly tracer?: Tracer; readonly decorate?: (environment: ExecutionEnvironment) => ExecutionEnvironment } = {},
): SuiteWorld {
  const created = kit.createEnvironment();
  const environment = options.decorate?.(created) ?? created;
  const neighbour = createToyEnvironment({ id: "neighbour", prefix: neighbourPrefix });
  const { tracer } = options;
  const suiteHost = createHost({ environments: [environment, neighbour], ...(tracer === undefined ? {} : { tracer }) });
  const { host } = suiteHost;
  host.setBalance(suiteAddresses.wallet, 10n ** 18n);
  const gas = kit.gas ?? 1_000_000n;
  return {
    host,
    environment,
    gas,
    expect,
    sweepRuns: kit.sweepRuns ?? 400,
    staticEnds: kit.staticEnds ?? { write: "halt", value: "halt" },
    logs: () => suiteHost.logs(),
    nextTransaction: () => suiteHost.nextTransaction(),
    install(address, program) {
      if (kit.install === undefined) host.setCode(address, program);
      else kit.install(host, address, program);
      return address;
    },
    installToy(address, operations) {
      host.setCode(address, toyProgram(operations, neighbourPrefix));
      return address;
    },
    run(target, part = {}) {
      const call: SuiteCall = {
        sender: suiteAddresses.wallet,
        input: new Uint8Array(0),
        value: 0n,
        gas,
        isStatic: false,
        depth: 0,
        ...part,
        target,
      };
      return host.call(kit.message?.(call) ?? callMessage(call));
    },
  };
}

/** A 32-byte big-endian word. */
export function word(value: bigint | Uint8Array): Uint8Array {
  return typeof value === "bigint" ? bigintToBytes(value, 32) : concatBytes(new Uint8Array(32 - value.length), value);
}

function callMessage({ sender, target, input, value, gas, isStatic, depth }: SuiteCall) {
  return { kind: "call", scheme: "call", sender, recipient: target, codeAddress: target, value, input, gas, depth, isStatic } as const;
}
