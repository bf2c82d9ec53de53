/** The same transactions here and on litesvm, everything that can be seen compared. */
import { systemProgram, type ExecutionEnvironment, type Instruction, type Pubkey } from "@trireme/core";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { createSvm } from "../environment.ts";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import type { InstructionError } from "../errors/instruction-error.ts";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { programIds, sysvarIds } from "../known-keys.ts";
import type { SbpfVersion } from "../sbpf/executable.ts";
import { createOracle, type Oracle, type OracleAccount, type OracleResult } from "./litesvm-oracle.mts";
import { createSvmWorld, type SvmWorld, type WorldResult } from "./svm-world.mts";

/** Both engines' worlds and litesvm, and what they have in common. */
export interface TwinWorlds {
  /** The compiler's; the interpreter's is the same. */
  readonly ours: SvmWorld;
  readonly worlds: readonly SvmWorld[];
  readonly oracle: Oracle;
  setAccount(account: Partial<OracleAccount> & Pick<OracleAccount, "key">): void;
  /** Takes a program that litesvm has as it is. */
  copyProgram(id: Pubkey): void;
  install(id: Pubkey, elf: Uint8Array, loader?: 1 | 2 | 3): void;
  /** Assembles and installs. */
  installSource(id: Pubkey, source: string, version?: SbpfVersion, loader?: 1 | 2 | 3): void;
  /** Sends to all; result, units, log lines, return data, inner stack heights and all named accounts are the same. */
  send(payer: Pubkey, ...instructions: readonly Instruction[]): WorldResult & { readonly theirs: OracleResult };
}

const loaderIds = { 1: programIds.loaderV1, 2: programIds.loaderV2, 3: programIds.loaderV3 } as const;

// As a node has them: programs are prepared once, whichever test comes first.
const compiled = createSvm({ engine: "compiler" });
const interpreted = createSvm({ engine: "interpreter" });

/** Empty worlds with the same rules; the first environment's world is `ours`. */
export function createTwinWorlds(
  environments: readonly [ExecutionEnvironment, ExecutionEnvironment] = [compiled, interpreted],
): TwinWorlds {
  const [ours, other] = [createSvmWorld(environments[0]), createSvmWorld(environments[1])];
  const both = [ours, other];
  const oracle = createOracle();
  const installOurs = (id: Pubkey, elf: Uint8Array, loader: 1 | 2 | 3): void => {
    for (const world of both) world.install({ id, elf, loader });
  };
  const twins: TwinWorlds = {
    ours,
    worlds: both,
    oracle,
    setAccount({ key, owner = systemProgram, lamports = 0n, data = new Uint8Array(0), executable = false }) {
      const account = { key, owner, lamports, data, executable };
      for (const world of [...both, oracle]) world.setAccount(account);
    },
    copyProgram(id) {
      const account = oracle.getAccount(id) as OracleAccount;
      const isUpgradeable = Buffer.compare(account.owner, programIds.loaderV3) === 0;
      const elf = isUpgradeable
        ? (oracle.getAccount(account.data.slice(4, 36) as Pubkey) as OracleAccount).data.subarray(45)
        : account.data;
      installOurs(id, elf, isUpgradeable ? 3 : Buffer.compare(account.owner, programIds.loaderV1) === 0 ? 1 : 2);
    },
    install(id, elf, loader = 3) {
      installOurs(id, elf, loader);
      oracle.addProgram(id, elf, loaderIds[loader]);
    },
    installSource(id, source, version = 0, loader = 3) {
      twins.install(id, writeElf(assemble(source, { version })), loader);
    },
    send(payer, ...instructions) {
      const theirs = oracle.send(payer, instructions);
      const inner = instructions.map((_, index) => theirs.inner[index] ?? []);
      const expected = { ...theirs, logs: theirs.logs.map(rounded), inner };
      const keys = new Set([payer, ...instructions.flatMap(({ accounts }) => accounts.map(({ pubkey }) => pubkey))]);
      const [here] = both.map((world) => {
        const result = world.send(payer, instructions);
        expectSame(seenOf(result, instructions.length), expected);
        for (const key of keys) {
          const found = oracle.getAccount(key);
          if (found !== undefined && !found.executable && Buffer.compare(found.owner, sysvarIds.owner) !== 0) {
            expectSame(world.getAccount(key), found);
          }
        }
        return result;
      });
      return { ...(here as WorldResult), theirs };
    },
  };
  return twins;
}

/** `expect` says well what differs, and takes its time over bytes that do not. */
function expectSame<T>(ours: T, theirs: T): void {
  if (!isDeepStrictEqual(ours, theirs)) expect(ours).toEqual(theirs);
}

function seenOf(result: WorldResult, count: number): OracleResult {
  const { innerInstructions, returnData } = result.record;
  return {
    logs: result.logs.map(rounded),
    error: errorOf(result),
    units: result.units,
    returnData: returnData?.data ?? new Uint8Array(0),
    inner: Array.from({ length: count }, (_, index) => (innerInstructions.get(index) ?? []).map(({ stackHeight }) => stackHeight)),
  };
}

/** As the format reads it back. */
function errorOf({ result, record }: WorldResult): SolanaTransactionError | undefined {
  if (result.kind !== "revert" || result.error === undefined) return undefined;
  const error = JSON.parse(result.error) as InstructionError | SolanaTransactionError;
  if (typeof error === "string" || "Custom" in error) return { InstructionError: [record.instructionIndex, error as InstructionError] };
  return error;
}

/** Lengths past 2^53 are no numbers of JavaScript; their first digits are right. */
function rounded(line: string): string {
  return line.replace(/\b(\d{15})\d+(?= bytes)/g, "$1...");
}
