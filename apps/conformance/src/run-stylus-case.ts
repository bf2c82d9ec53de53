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
  type ExecutionResult,
  type Host,
  type Log,
} from "@trireme/core";
import { createImpersonatedFormat, encodeImpersonatedTransaction } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type Journal } from "@trireme/state";
import { arbWasmAddress, arbWasmCacheAddress, createWasm } from "@trireme/wasm";
import { diffOfAllocation, type AllocatedAccount } from "./allocation.ts";
import type { StylusCase } from "./stylus-case.ts";
import { measuringInk } from "./stylus-program.ts";

type Comparable = string | bigint | undefined;

/** Who activates programs; it has 10^30 wei. */
const activator = addressFromHex("0xac71000000000000000000000000000000000000");
/** More than any program's data costs; the rest comes back. */
const activationValue = 10n ** 18n;
/** Below EIP-7825's cap. */
const activationGasLimit = 16_000_000n;
/** `activateProgram(address)` */
const activateSelector = Uint8Array.of(0x58, 0xc7, 0x80, 0xc2);

/** Runs a case from its own empty state. Says what differs, undefined when nothing does. @throws TriremeError when the case cannot be run */
export function runStylusCase(stylusCase: StylusCase): string | undefined {
  const { accounts, programs, parameters, isDebug, block, call, expected, isMeasured } = stylusCase;
  const format = createImpersonatedFormat();
  const executor = createHostExecutor({ environments: [createEvm(), createWasm({ parameters, isDebug })], formats: [format] });
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  world.apply(0n, diffOfAllocation([...accounts, ...systemAccounts()]), { entries: [] });
  const journal = createJournal(world.reader);
  const problems: string[] = [];

  const refused = programs.flatMap((program, index) => activate(program, BigInt(index), executor, journal, block) ?? []);
  if (expected.activation === "rejected") return refused.length > 0 ? undefined : "expected a rejected activation, got an accepted one";
  if (refused.length > 0) return refused.join("; ");

  let balances: readonly bigint[] = [];
  let slots: readonly Uint8Array[] = [];
  const { sender, to, value, input, gas, isStatic } = call;
  const run = executor.call(
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
    block,
    { origin: sender, gasPrice: block.baseFeePerGas, blobHashes: [] },
    {
      before: (host) => [sender, to, block.coinbase].forEach((address) => host.accessAccount(address)),
      after: (host: Host) => {
        slots = expected.storage.map(([address, key]) => host.getStorage(address, key).slice());
        balances = expected.balances.map(([address]) => host.getBalance(address));
      },
    },
  );
  const { result, logs } = run;

  const compare = (what: string, wanted: Comparable, got: Comparable): void => {
    if (wanted !== undefined && wanted !== got) problems.push(`expected ${what} ${String(wanted)}, got ${String(got)}`);
  };
  compare("outcome", expected.outcome === "halt" && result.kind === "halt" ? outcomeOf(result) : expected.outcome, outcomeOf(result));
  compare("gas left", expected.gasLeft, gasLeftOf(result));
  compare("refund", expected.refund, result.kind === "success" ? result.gasRefund : 0n);
  if (expected.ink !== undefined) compare("ink", expected.ink, measuredInk(result, isMeasured));
  compare("output", expected.output && bytesToHex(expected.output), bytesToHex(outputOf(result)));
  compare("logs", expected.logs && textOfLogs(expected.logs), textOfLogs(logs));
  expected.storage.forEach(([address, key, word], index) => {
    if (!equalBytes(word, slots[index] ?? emptyBytes))
      compare(`slot ${bytesToHex(key)} of ${addressToHex(address)}`, bytesToHex(word), bytesToHex(slots[index] ?? emptyBytes));
  });
  expected.balances.forEach(([address, wei], index) => compare(`balance of ${addressToHex(address)}`, wei, balances[index]));
  if (problems.length > 0 && result.kind !== "success")
    problems.push(result.kind === "halt" ? `${result.reason} ${result.detail}` : `${result.error}`);
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** Undefined, or why the program cannot be activated. */
function activate(program: Address, nonce: bigint, executor: HostExecutor, journal: Journal, context: BlockContext): string | undefined {
  const block = { ...context, baseFeePerGas: 0n, gasLimit: activationGasLimit };
  const raw = encodeImpersonatedTransaction(activator, {
    type: 0,
    chainId: block.chainId,
    nonce,
    gasLimit: activationGasLimit,
    to: arbWasmAddress,
    value: activationValue,
    data: concatBytes(activateSelector, new Uint8Array(12), program),
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    accessList: [],
    maxFeePerBlobGas: 0n,
    blobVersionedHashes: [],
    authorizationList: [],
  });
  const decoded = createImpersonatedFormat().decode(raw, { chainId: block.chainId });
  if (decoded.kind === "invalid") throw new TriremeError("INVALID_ARGUMENT", `expected an activation, got ${decoded.error.message}`);
  const outcome = executor.executeTransaction(decoded.transaction, journal, block, { gasLeft: block.gasLimit, blobGasLeft: 0n });
  if (outcome.kind === "invalid") throw new TriremeError("INVALID_ARGUMENT", `expected a valid activation, got ${outcome.error.message}`);
  const { result } = outcome;
  if (result.kind === "success") return undefined;
  const why = result.kind === "halt" ? `${result.reason} ${result.detail ?? ""}` : (result.error ?? bytesToHex(result.output));
  return `activation of ${addressToHex(program)} rejected: ${why}`;
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
