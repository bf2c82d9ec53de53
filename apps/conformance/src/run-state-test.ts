/** Runs a state test as a node would run a block with its one transaction, and compares what it leaves. */
import { bytesToHex, equalBytes, keccak256, type Hash, type Log } from "@trireme/core";
import { encodeLogs } from "@trireme/ethereum";
import { createJournal, type WorldState } from "@trireme/state";
import { diffOfAllocation } from "./allocation.ts";
import type { Machine } from "./machine.ts";
import type { StateTest, StateTestCase } from "./state-test.ts";

/** How a case ended: `problem` says what differs, undefined when nothing does. */
export interface CaseOutcome {
  readonly label: string;
  readonly problem: string | undefined;
}

/** Runs every case of a test from the same state. A case that throws has failed; the others run. */
export function runStateTest(test: StateTest, machine: Machine): readonly CaseOutcome[] {
  if (test.cases.length === 0) return [];
  return machine.withState(diffOfAllocation(test.pre), (world) =>
    test.cases.map((testCase) => outcomeOf(testCase, test.name, world, machine)),
  );
}

function outcomeOf(testCase: StateTestCase, name: string, world: WorldState, machine: Machine): CaseOutcome {
  const label = `${name} ${testCase.label}`;
  try {
    return { label, problem: runCase(testCase, world, machine) };
  } catch (error) {
    return { label, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function runCase(testCase: StateTestCase, world: WorldState, machine: Machine): string | undefined {
  const { block, expectException } = testCase;
  const journal = createJournal(world.reader);
  const decoded = machine.decode(testCase.transaction, block);
  const room = { gasLeft: block.gasLimit, blobGasLeft: testCase.blobGasLimit };
  const outcome =
    decoded.kind === "invalid"
      ? decoded
      : machine.executor.executeTransaction(decoded.transaction, journal, block, room, { getBlockHash: blockHashOfTests });
  const problems: string[] = [];
  if (outcome.kind === "invalid") {
    if (expectException === undefined) problems.push(`expected a valid transaction, got ${outcome.error.code}: ${outcome.error.message}`);
  } else if (expectException !== undefined) problems.push(`expected ${expectException}, got a valid transaction`);
  const logs = outcome.kind === "invalid" ? [] : outcome.logs;
  compare("logs hash", testCase.logsHash, hashOfLogs(logs), problems);
  compare("state root", testCase.stateRoot, world.preview(journal.takeDiff().diff), problems);
  if (problems.length > 0 && outcome.kind !== "invalid") {
    const { result, gasUsed } = outcome;
    problems.push(`gas used ${gasUsed}, ${result.kind}${result.kind === "halt" ? ` ${result.reason} ${result.detail ?? ""}` : ""}`);
  }
  return problems.length === 0 ? undefined : problems.join("; ");
}

function hashOfLogs(logs: readonly Log[]): Uint8Array {
  return keccak256(encodeLogs(logs));
}

/** What state tests are filled with: block n has keccak256 of n in decimal digits as its hash. */
function blockHashOfTests(number: bigint): Hash {
  return keccak256(new TextEncoder().encode(number.toString())) as Hash;
}

function compare(what: string, expected: Uint8Array, got: Uint8Array, problems: string[]): void {
  if (!equalBytes(expected, got)) problems.push(`expected ${what} ${bytesToHex(expected)}, got ${bytesToHex(got)}`);
}
