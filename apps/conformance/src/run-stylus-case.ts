/** Runs Stylus cases over the path of a node: programs are activated by transactions, then called through host and journal. */
import {
  addressFromHex,
  addressToHex,
  bytesToBigint,
  bytesToHex,
  concatBytes,
  emptyBytes,
  equalBytes,
  gasLeftOf,
  outputOf,
  TriremeError,
  type Address,
  type BlockContext,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
  type Log,
} from "@trireme/core";
import { createImpersonatedFormat, encodeImpersonatedTransaction } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type Journal } from "@trireme/state";
import { arbWasmAddress, arbWasmCacheAddress, createWasm, type StylusParameters, type WasmOptions } from "@trireme/wasm";
import { diffOfAllocation, type AllocatedAccount } from "./allocation.ts";
import type { StylusCall, StylusCase } from "./stylus-case.ts";
import type { StylusExpectation } from "./stylus-expectation.ts";
import { measuringInk } from "./stylus-program.ts";

type Comparable = string | bigint | undefined;

/** Who activates programs; it has 10^30 wei. */
const activator = addressFromHex("0xac71000000000000000000000000000000000000");
/** More than any program's data costs; the rest comes back. */
const activationValue = 10n ** 18n;
/** Below EIP-7825's cap. */
const transactionGasLimit = 16_000_000n;
/** `activateProgram(address)` */
const activateSelector = Uint8Array.of(0x58, 0xc7, 0x80, 0xc2);

/** Makes the environment that runs programs; a proof of the cases hands in one with another price. */
export type CreateWasm = (options: WasmOptions) => ExecutionEnvironment;

/** Runs a case from its own empty state. Says what differs, undefined when nothing does. @throws TriremeError when the case cannot be run */
export function runStylusCase(stylusCase: StylusCase, create: CreateWasm = createWasm): string | undefined {
  const { accounts, programs, parameters, isDebug, cacheManagers, feeAccount, activation, block, expected } = stylusCase;
  const executorOf = (given: Partial<StylusParameters>): HostExecutor =>
    createHostExecutor({
      environments: [
        createEvm(),
        create({ parameters: given, isDebug, cacheManagers, ...(feeAccount === undefined ? {} : { feeAccount }) }),
      ],
      formats: [createImpersonatedFormat()],
    });
  const executor = executorOf(parameters);
  const activating = activation.parameters === parameters ? executor : executorOf(activation.parameters);
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  world.apply(0n, diffOfAllocation([...accounts, ...systemAccounts()]), { entries: [] });
  const journal = createJournal(world.reader);
  const activationBlock = { ...block, timestamp: activation.timestamp };

  const refused = programs.flatMap((program) => activate(program, activating, journal, activationBlock) ?? []);
  if (expected.activation === "rejected") return problemOfRefusal(refused, expected);
  if (refused.length > 0) return refused.join("; ");
  for (const [index, call] of stylusCase.before.entries()) {
    const { result } = transact(call, executor, journal, block);
    if (result.kind !== "success") return `expected before[${index}] to succeed, got ${outcomeOf(result)}: ${whyOf(result)}`;
  }

  let balances: readonly bigint[] = [];
  let slots: readonly Uint8Array[] = [];
  const { sender, to, value, input, gas, isStatic, timestamp } = stylusCase.call;
  const { result, logs, programLogs } = executor.call(
    {
      kind: "call",
      scheme: isStatic ? "staticcall" : "call",
      sender,
      recipient: to,
      codeAddress: to,
      value,
      input,
      gas,
      depth: 0,
      isStatic,
    },
    journal,
    { ...block, timestamp },
    { origin: sender, gasPrice: block.baseFeePerGas, blobHashes: [] },
    {
      before: (host) => [sender, to, block.coinbase].forEach((address) => host.accessAccount(address)),
      after: (host: Host) => {
        slots = expected.storage.map(([address, key]) => host.getStorage(address, key).slice());
        balances = expected.balances.map(([address]) => host.getBalance(address));
      },
    },
  );

  const problems: string[] = [];
  const compare = (what: string, wanted: Comparable, got: Comparable): void => {
    if (wanted !== undefined && wanted !== got) problems.push(`expected ${what} ${String(wanted)}, got ${String(got)}`);
  };
  compare("outcome", expected.outcome === "halt" && result.kind === "halt" ? outcomeOf(result) : expected.outcome, outcomeOf(result));
  compare("gas left", expected.gasLeft, gasLeftOf(result));
  compare("refund", expected.refund, result.kind === "success" ? result.gasRefund : 0n);
  if (expected.ink !== undefined) compare("ink", expected.ink, measuredInk(result, stylusCase.isMeasured));
  compare("output", expected.output && bytesToHex(expected.output), bytesToHex(outputOf(result)));
  compare("logs", expected.logs && textOfLogs(expected.logs), textOfLogs(logs));
  compare("console", expected.console && JSON.stringify(expected.console), JSON.stringify(programLogs.map(({ line }) => line)));
  expected.storage.forEach(([address, key, word], index) => {
    if (!equalBytes(word, slots[index] ?? emptyBytes))
      compare(`slot ${bytesToHex(key)} of ${addressToHex(address)}`, bytesToHex(word), bytesToHex(slots[index] ?? emptyBytes));
  });
  expected.balances.forEach(([address, wei], index) => compare(`balance of ${addressToHex(address)}`, wei, balances[index]));
  if (problems.length > 0 && result.kind !== "success") problems.push(whyOf(result));
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** Compares the refusal of the last program that was refused. */
function problemOfRefusal(refused: readonly string[], { reason, detail }: StylusExpectation): string | undefined {
  const text = refused.at(-1);
  if (text === undefined) return "expected a rejected activation, got an accepted one";
  if (reason !== undefined && !text.includes(`: ${reason}: `) && !text.endsWith(`: ${reason}`))
    return `expected the reason ${reason}, got ${text}`;
  return detail === undefined || text.includes(detail) ? undefined : `expected a refusal with "${detail}", got ${text}`;
}

/** Undefined, or why the program cannot be activated. */
function activate(program: Address, executor: HostExecutor, journal: Journal, block: BlockContext): string | undefined {
  const input = concatBytes(activateSelector, new Uint8Array(12), program);
  const call = {
    sender: activator,
    to: arbWasmAddress,
    value: activationValue,
    input,
    gas: 0n,
    isStatic: false,
    timestamp: block.timestamp,
  };
  const { result } = transact(call, executor, journal, block);
  return result.kind === "success" ? undefined : `activation of ${addressToHex(program)} rejected: ${whyOf(result)}`;
}

/** Runs a call as a transaction of its own with all the gas that one may have, which nobody pays. */
function transact(call: StylusCall, executor: HostExecutor, journal: Journal, context: BlockContext): { readonly result: ExecutionResult } {
  const block = { ...context, timestamp: call.timestamp, baseFeePerGas: 0n, gasLimit: transactionGasLimit };
  const raw = encodeImpersonatedTransaction(call.sender, {
    type: 0,
    chainId: block.chainId,
    nonce: journal.getNonce(call.sender),
    gasLimit: transactionGasLimit,
    to: call.to,
    value: call.value,
    data: call.input,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    accessList: [],
    maxFeePerBlobGas: 0n,
    blobVersionedHashes: [],
    authorizationList: [],
  });
  const decoded = createImpersonatedFormat().decode(raw, { chainId: block.chainId });
  if (decoded.kind === "invalid") throw new TriremeError("INVALID_ARGUMENT", `expected a transaction, got ${decoded.error.message}`);
  const outcome = executor.executeTransaction(decoded.transaction, journal, block, { gasLeft: block.gasLimit, blobGasLeft: 0n });
  if (outcome.kind === "invalid") throw new TriremeError("INVALID_ARGUMENT", `expected a valid transaction, got ${outcome.error.message}`);
  return outcome;
}

/** Why a call was no success; a custom error of the precompiles by its name. */
function whyOf(result: ExecutionResult): string {
  if (result.kind === "halt") return `${result.reason} ${result.detail ?? ""}`;
  if (result.kind === "revert") return result.error ?? bytesToHex(result.output);
  return result.kind;
}

/** Accounts of every case: the precompiles as a chain's genesis has them, and the activator. */
function systemAccounts(): readonly AllocatedAccount[] {
  const precompile = { nonce: 1n, balance: 0n, code: Uint8Array.of(0xfe), storage: [] };
  return [
    { address: arbWasmAddress, ...precompile },
    { address: arbWasmCacheAddress, ...precompile },
    { address: activator, nonce: 0n, balance: 10n ** 30n, code: emptyBytes, storage: [] },
  ];
}

function outcomeOf(result: ExecutionResult): string {
  if (result.kind !== "halt") return result.kind;
  return result.reason === "outOfGas" ? "outOfInk" : result.reason === "stackOverflow" ? "outOfStack" : result.reason;
}

function measuredInk(result: ExecutionResult, isMeasured: boolean): bigint | string {
  if (!isMeasured) return "a program that measures nothing";
  if (result.kind !== "success") return outcomeOf(result);
  return bytesToBigint(result.output.slice().reverse()) - measuringInk;
}

function textOfLogs(logs: readonly Log[]): string {
  return JSON.stringify(logs.map(({ address, topics, data }) => [addressToHex(address), topics.map(bytesToHex), bytesToHex(data)]));
}
