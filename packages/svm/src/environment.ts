/** The SVM as an execution environment: runs one top-level instruction, or one that another VM entered. */
import {
  budgetFromGas,
  createMeterRate,
  emptyBytes,
  equalBytes,
  gasReturned,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
  type InstructionMessage,
  type MeterRate,
} from "@trireme/core";
import { createCompiler } from "./compiler/create-compiler.ts";
import { cryptoSyscalls } from "./crypto/crypto-syscalls.ts";
import { gatewayAddress } from "./gateway/gateway-address.ts";
import { gatewayStub, runGateway } from "./gateway/gateway.ts";
import { InstructionFault, type InstructionError } from "./errors/instruction-error.ts";
import { precompiles } from "./precompiles/precompiles.ts";
import { writeProgramGenesis, type GenesisProgram } from "./programs/install-programs.ts";
import { fixedAccount, isFixedAddress } from "./programs/native-programs.ts";
import { createProgramStore } from "./programs/program-store.ts";
import { LamportsOverflow } from "./runtime/account-table.ts";
import { Entry } from "./runtime/entry.ts";
import type { NativeProgram } from "./runtime/invoke-context.ts";
import type { ProgramMachine } from "./runtime/program-machine.ts";
import { defaultHeapLength } from "./runtime/limits.ts";
import { accountBelowRent } from "./runtime/rent-state.ts";
import type { RuntimeParts } from "./runtime/runtime-parts.ts";
import { knownTransactionState } from "./runtime/transaction-state.ts";
import type { ComputeMeter, Engine, SyscallTable } from "./sbpf/engine.ts";
import { createInterpreter } from "./sbpf/interpreter.ts";
import type { SvmSyscall } from "./syscalls/guest.ts";
import { createSyscallTable, runtimeSyscalls } from "./syscalls/syscall-table.ts";
import { writeSlotRecord } from "./sysvars/slot-record.ts";
import { isMint } from "./token-face/mint.ts";
import { runTokenFace } from "./token-face/token-face.ts";

/** Options of the SVM environment. They survive a structured clone, so that another thread can make the same one. */
export interface SvmOptions {
  /** The compiler to WebAssembly, or the plain interpreter; they agree on everything that can be seen. */
  readonly engine?: "compiler" | "interpreter";
  /** Compute units that one gas buys, as a fraction: 1 for 1 by default. */
  readonly unitsPerGas?: { readonly units: bigint; readonly gas: bigint };
  /** Programs that genesis installs. */
  readonly programs?: readonly GenesisProgram[];
}

/** What the package puts together: engines and tables that its folders own. */
export interface SvmParts {
  readonly engine: Engine<ProgramMachine>;
  readonly syscalls: readonly Readonly<Record<string, SvmSyscall>>[];
  readonly precompiles: ReadonlyMap<string, NativeProgram>;
}

const compute = { units: 1n, gas: 1n };

const engines = { compiler: createCompiler, interpreter: createInterpreter } as const;

/** An SVM environment for this thread. */
export function createSvm(options: SvmOptions = {}): ExecutionEnvironment {
  return createSvmOf(options, {
    engine: engines[options.engine ?? "compiler"](),
    syscalls: [runtimeSyscalls, cryptoSyscalls],
    precompiles,
  });
}

/** An SVM environment of these parts. */
export function createSvmOf(options: SvmOptions, { engine, syscalls: tables, precompiles }: SvmParts): ExecutionEnvironment {
  const { units, gas } = options.unitsPerGas ?? compute;
  const rate = createMeterRate(units, gas);
  const syscalls: SyscallTable<ProgramMachine> = createSyscallTable(...tables);
  const parts: RuntimeParts = {
    programs: createProgramStore({ engine, syscalls }),
    fixedAccounts: fixedAccount,
    precompiles,
    rate,
  };
  return {
    id: "svm",
    claims: { kind: "program" },
    runsAddress: (address) => equalBytes(address, gatewayAddress) || isFixedAddress(address),
    warmAddresses: [gatewayAddress],
    runsRecord: isMint,
    compileAhead(address, host) {
      const record = host.getSvmRecord(address);
      const found = record?.executable === true ? parts.programs.load(host, record.pubkey) : undefined;
      // What an engine translates, it translates for the first instance.
      if (found?.kind === "ready") found.program.acquire(defaultHeapLength).release();
    },
    execute(message, host) {
      if (message.kind === "instruction") return runInstruction(message, host, parts, rate);
      if (message.kind === "call" && equalBytes(message.codeAddress, gatewayAddress))
        return runGateway(message, host, (instruction) => runInstruction(instruction, host, parts, rate));
      if (message.kind === "call" && host.getSvmRecord(message.codeAddress) !== undefined)
        return runTokenFace(message, host, (instruction) => runInstruction(instruction, host, parts, rate));
      // Sysvars and native programs: no value, no call but through the gateway (rules 3 and 16).
      if (message.kind === "call") return { kind: "revert", gasLeft: message.gas, output: emptyBytes, refused: "notCallable" };
      return { kind: "halt", reason: "invalidCode", detail: "programs of the SVM are deployed by their loader" };
    },
    verifyTransaction(host) {
      const state = knownTransactionState(host.transaction);
      const index = state === undefined ? undefined : accountBelowRent(state.before.values(), host);
      return index === undefined ? undefined : { output: emptyBytes, error: rentError(index) };
    },
    writeGenesis(host) {
      writeProgramGenesis(host, options.programs ?? [], { syscalls });
      host.setCode(gatewayAddress, gatewayStub);
      host.setNonce(gatewayAddress, 1n);
    },
    beginBlock: writeSlotRecord,
  };
}

function runInstruction(message: InstructionMessage, host: Host, parts: RuntimeParts, rate: MeterRate): ExecutionResult {
  const budget = Number(minimum(budgetFromGas(message.gas, rate), BigInt(Number.MAX_SAFE_INTEGER)));
  const meter = { remaining: budget };
  const result = runEntry(message, host, parts, meter, (used) => gasReturned(message.gas, BigInt(used), rate));
  host.tracer?.units?.({ unit: "computeUnits", limit: BigInt(budget), used: BigInt(budget - meter.remaining) });
  return result;
}

/** `gasAfter` is the gas that is left when so many units are used. */
function runEntry(
  message: InstructionMessage,
  host: Host,
  parts: RuntimeParts,
  meter: ComputeMeter,
  gasAfter: (used: number) => bigint,
): ExecutionResult {
  const budget = meter.remaining;
  let entry: Entry | undefined;
  try {
    entry = new Entry(message, host, parts, meter);
    entry.run();
  } catch (error) {
    if (error instanceof LamportsOverflow) return { kind: "halt", reason: "lamportsOverflow" };
    if (!(error instanceof InstructionFault)) throw error;
    entry?.undo();
    const halt = entry?.isTopLevel === true ? undefined : haltOf(error.error, entry);
    return (
      halt ?? {
        kind: "revert",
        gasLeft: gasAfter(budget - meter.remaining),
        output: emptyBytes,
        error: JSON.stringify(error.error),
      }
    );
  }
  entry.writeBack();
  const { state } = entry;
  // Rule 11: what another VM entered is judged at once, a Solana transaction at its end.
  const written = entry.takeWritten();
  const poor = entry.isTopLevel ? undefined : accountBelowRent(written, host);
  if (poor !== undefined) {
    entry.undo();
    return { kind: "revert", gasLeft: gasAfter(budget - meter.remaining), output: emptyBytes, error: rentError(poor) };
  }
  const { returnData } = state.record;
  const left = gasAfter(budget - meter.remaining);
  const success = { kind: "success", gasLeft: left, gasRefund: entry.gasRefund, output: returnData?.data ?? emptyBytes } as const;
  return returnData === undefined || returnData.data.length === 0 ? success : { ...success, returnedBy: returnData.program };
}

/** What broke a rule, or ran out, is a halt for a caller in another VM; in a Solana transaction it is an error like others. */
function haltOf(error: InstructionError, entry: Entry | undefined): ExecutionResult | undefined {
  const fault = entry?.vmFault;
  const detail = JSON.stringify(error);
  if (error === "ComputationalBudgetExceeded" || fault === "ExceededMaxInstructions") return { kind: "halt", reason: "outOfGas", detail };
  return fault === undefined ? undefined : { kind: "halt", reason: `svm:${fault}`, detail };
}

function rentError(index: number): string {
  return JSON.stringify({ InsufficientFundsForRent: { account_index: index } });
}

function minimum(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
