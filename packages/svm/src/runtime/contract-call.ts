/** A call out of the SVM to a contract of another VM: flush and freeze before, read again after (rules 4 to 8, 10, 12, 19). */
import {
  bytesToHex,
  equalBytes,
  gasBudgetFromUnits,
  gasFromUsed,
  gasLeftOf,
  pubkeyToBase58,
  unitsReturned,
  type Address,
  type CallMessage,
  type ExecutionResult,
  type HaltResult,
  type Host,
} from "@trireme/core";
import { InstructionFault, type InstructionError } from "../errors/instruction-error.ts";
import { gatewayAddress } from "../gateway/gateway-address.ts";
import { programIds } from "../known-keys.ts";
import { LamportsOverflow } from "./account-table.ts";
import { failureText, returnedFailure } from "./contract-failure.ts";
import { senderOf } from "./contract-sender.ts";
import { readDataGrowth, writeDataGrowth } from "./data-growth.ts";
import type { Execution } from "./execution.ts";
import { ExecutionFault } from "./execution-fault.ts";
import type { InstructionAccount, InstructionFrame } from "./instruction-frame.ts";
import type { ContractCall } from "./invoke-context.ts";
import { maxReturnData } from "./limits.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import { samePubkey } from "./pubkey-names.ts";

/** Units of every call: what finding the sender and flushing cost; and of every account that is looked at. */
const CALL_UNITS = 150;
const ACCOUNT_UNITS = 10;
/** EIP-2929's price of a cold account over a warm one's. */
const COLD_ACCOUNT_GAS = 2_500n;
/** What CALL takes for value, the stipend included, and for an account that value makes. */
const VALUE_GAS = 9_000n;
const STIPEND = 2_300n;
const NEW_ACCOUNT_GAS = 25_000n;

/** Numbers of an instruction that fails because the contract did. */
export const contractErrors = { reverted: 0x7e00_0001, halted: 0x7e00_0002, outputTooLarge: 0x7e00_0003 } as const;

/** Rule 9: contracts and the call gateway are ways out of the SVM, no programs of it: no depth and no re-entry mark of theirs. */
export function leadsOut({ isContract, key }: LoadedAccount): boolean {
  return isContract || samePubkey(key, programIds.callGateway);
}

/** Runs the call. @throws InstructionFault when it fails, unless it is a try; LamportsOverflow */
export function callContract(execution: Execution, call: ContractCall): void {
  const { current: frame, host } = execution;
  execution.consume(CALL_UNITS + ACCOUNT_UNITS * execution.table.accounts.length);
  const contract = contractOf(frame, call);
  assertOutside(contract, host);
  const passed = frame.accounts.slice(call.firstAccount);
  const sender = senderOf(passed[0], execution.frames.at(-2)?.program);
  if (sender === undefined) throw fail("MissingRequiredSignature", "expected a writable wallet that signs as the first account");
  if (call.value > 0n && !sender.mayPay)
    throw fail("ExternalAccountLamportSpend", "expected value from a wallet that signs, or from an account of the calling program");
  if (call.value > 0n && !contract.isContract && frame.accounts[call.contract ?? -1]?.isWritable !== true)
    throw fail("ReadonlyLamportChange", "expected a contract, or a wallet that is writable, to send value to");
  takeGas(execution, priceOf(call, contract, execution));

  const frozen = frozenAccounts(execution, contract, passed);
  // Rule 10: what a run has moved so far balances, or it goes nowhere.
  if (execution.growth.lamportsDelta !== 0n) throw new InstructionFault("UnbalancedInstruction");
  execution.table.flush(execution.state, execution.isEntered);
  if (call.value > 0n) execution.table.remember((passed[0] as InstructionAccount).account, execution.state, execution.isEntered);
  execution.state.loaded = [];
  writeDataGrowth(execution.state, host);

  const { gas, reserve } = gasOf(execution, call);
  const isStatic = execution.isStatic || call.isStatic;
  const message: CallMessage = {
    kind: "call",
    scheme: call.isStatic ? "staticcall" : "call",
    sender: sender.address,
    recipient: contract.address,
    codeAddress: contract.address,
    value: call.value,
    input: call.input,
    gas,
    depth: execution.depthOfCall,
    isStatic,
    ...(frozen.length === 0 ? {} : { frozen }),
  };
  const checkpoint = host.checkpoint();
  let result = host.call(message);
  const { meter } = execution;
  meter.remaining = Number(unitsReturned(BigInt(meter.remaining), reserve + gas - gasLeftOf(result), execution.parts.rate));
  const unseen = result.kind === "success" ? whyUnseen(execution, frozen, result.output) : undefined;
  if (unseen === undefined) host.commit(checkpoint);
  else {
    // Nothing of a call stands that its caller could not see.
    host.revert(checkpoint);
    result = unseen;
  }
  readDataGrowth(execution.state, host);
  if (result.kind !== "success") reload(execution, frozen);
  conclude(execution, call, contract, result);
}

/** Reads again what the call left; why its caller cannot take it: output or a balance that is too large, an account that changed names. */
function whyUnseen(execution: Execution, frozen: readonly Address[], { length }: Uint8Array): HaltResult | undefined {
  if (length > maxReturnData)
    return { kind: "halt", reason: "svm:ReturnDataTooLarge", detail: `expected at most ${maxReturnData} bytes, got ${length}` };
  try {
    reload(execution, frozen);
    return undefined;
  } catch (error) {
    if (error instanceof LamportsOverflow) return { kind: "halt", reason: "lamportsOverflow" };
    if (error instanceof InstructionFault) return { kind: "halt", reason: "accountFrozen", detail: error.message };
    throw error;
  }
}

function contractOf(frame: InstructionFrame, { contract }: ContractCall): LoadedAccount {
  if (contract === undefined) return frame.programAccount;
  const account = frame.accounts[contract]?.account;
  if (account === undefined) throw new InstructionFault("NotEnoughAccountKeys");
  return account;
}

/**
 * Rule 5: the SVM's own accounts, its gateway and faces included, are no targets: a signer that a message lent would reach what
 * it did not name, and programs would enter the SVM unseen by its limits. Nor is the other name of an account that may be held.
 */
function assertOutside({ key, address, isReal, owner, dataLength }: LoadedAccount, host: Host): void {
  const kind = host.kindOf(address);
  const isOurs = (kind.kind === "code" && kind.environment === "svm") || equalBytes(address, gatewayAddress);
  // What the run has made of it may not stand in the journal yet.
  const isBare = dataLength === 0 && samePubkey(owner, programIds.system) && host.getSvmRecord(address) === undefined;
  if (isOurs || !isReal || !isBare) {
    throw fail(
      "IncorrectProgramId",
      `expected an account of another VM as the one to call, got ${pubkeyToBase58(key)}; programs are called by CPI`,
    );
  }
}

function conclude(execution: Execution, { isTry }: ContractCall, contract: LoadedAccount, result: ExecutionResult): void {
  const { record } = execution.state;
  if (result.kind === "success") {
    execution.gasRefund += result.gasRefund;
    record.returnData = { program: contract.key, data: result.output };
    return;
  }
  const text = failureText(result);
  execution.log(`Program log: ${bytesToHex(contract.address)} ${text}`);
  if (isTry) {
    record.returnData = { program: programIds.callGateway, data: returnedFailure(result) };
    return;
  }
  record.returnData = { program: contract.key, data: result.kind === "revert" ? result.output.slice(0, maxReturnData) : new Uint8Array(0) };
  const error = errorOf(result, execution.meter.remaining);
  throw typeof error === "string" ? new InstructionFault(error) : new ExecutionFault(error, text);
}

function errorOf(result: Exclude<ExecutionResult, { kind: "success" }>, unitsLeft: number): InstructionError {
  if (result.kind === "revert") {
    const { refused } = result;
    return (refused === undefined ? undefined : refusals[refused]) ?? { Custom: contractErrors.reverted };
  }
  if (result.reason === "outOfGas" && unitsLeft === 0) return "ComputationalBudgetExceeded";
  return halts[result.reason] ?? { Custom: contractErrors.halted };
}

const refusals: Readonly<Record<string, InstructionError>> = {
  insufficientBalance: "InsufficientFunds",
  callDepth: "CallDepth",
  notCallable: "InvalidArgument",
};

const halts: Readonly<Record<string, InstructionError>> = {
  accountFrozen: "AccountBorrowFailed",
  writeProtection: "ReadonlyDataModified",
  reentryLimit: "CallDepth",
  lamportsOverflow: "ArithmeticOverflow",
  noEnvironment: "UnsupportedProgramId",
  "svm:ReturnDataTooLarge": { Custom: contractErrors.outputTooLarge },
};

/** Gas of the call itself: a cold contract, an account that value makes (EIP-2929, EIP-161). */
function priceOf({ value }: ContractCall, { address }: LoadedAccount, { host }: Execution): bigint {
  const cold = host.accessAccount(address) ? 0n : COLD_ACCOUNT_GAS;
  return value > 0n && !host.exists(address) ? cold + NEW_ACCOUNT_GAS : cold;
}

function takeGas(execution: Execution, gas: bigint): void {
  if (gas > 0n) execution.consume(unitsOf(gas, execution));
}

function unitsOf(gas: bigint, { parts: { rate } }: Execution): number {
  return Number(gasFromUsed(gas, { units: rate.gas, gas: rate.units }));
}

/** What goes along, and what value costs beside it. Whoever may go on after a failure keeps a 64th (rule 12). */
function gasOf(execution: Execution, { value, gasLimit, isTry }: ContractCall): { readonly gas: bigint; readonly reserve: bigint } {
  const stipend = value > 0n ? STIPEND : 0n;
  const reserve = value > 0n ? VALUE_GAS - STIPEND : 0n;
  const available = gasBudgetFromUnits(BigInt(execution.meter.remaining), execution.parts.rate) - reserve - stipend;
  if (available < 0n) {
    execution.meter.remaining = 0;
    throw new InstructionFault("ComputationalBudgetExceeded");
  }
  const most = isTry || gasLimit !== undefined ? available - available / 64n : available;
  return { gas: (gasLimit !== undefined && gasLimit < most ? gasLimit : most) + stipend, reserve };
}

/**
 * Rule 6: what frames of this run hold and did not pass on writable, and what the message lists read-only. The contract
 * that is called counts as passed on; of other contracts the balance may move while they are held read-only.
 */
function frozenAccounts(
  { frames, table, isEntered, parts, host }: Execution,
  contract: LoadedAccount,
  passed: readonly InstructionAccount[],
): readonly Address[] {
  const open = new Set(passed.filter(({ isWritable }) => isWritable).map(({ account }) => account));
  const frozen: Address[] = [];
  const [base] = frames as readonly [InstructionFrame];
  for (const { account, isWritable } of [...base.accounts, { account: base.programAccount, isWritable: false }]) {
    if (!account.isReal || account === contract || open.has(account)) continue;
    if (isWritable || !account.isContract) frozen.push(account.address);
  }
  if (isEntered) return frozen;
  const free = [contract, ...open];
  for (const [index, { pubkey, isWritable }] of table.accounts.entries()) {
    if (isWritable || table.loaded[index] !== undefined || parts.fixedAccounts(pubkey, host) !== undefined) continue;
    const address = table.addressAt(index);
    if (host.kindOf(address).kind !== "code" && !free.some((account) => equalBytes(account.address, address))) frozen.push(address);
  }
  return frozen;
}

/** Reads what may have changed again. What a program of this run sees of contracts follows at once: nobody else tells it. */
function reload({ table, frames }: Execution, frozen: readonly Address[]): void {
  // An account's address is the same object wherever it is told.
  const held = new Set(frozen);
  for (const [index, account] of table.loaded.entries()) {
    if (account?.isReal !== true || held.has(account.address)) continue;
    const { isContract } = account;
    const moved = table.reload(index);
    if (isContract && moved !== 0n) for (const frame of frames) showMoved(frame, account, moved);
  }
}

/** A program may have moved lamports to the contract that its account does not know of yet: they are kept. */
function showMoved(frame: InstructionFrame, account: LoadedAccount, moved: bigint): void {
  const { machine } = frame;
  const serialized = machine?.serialized[frame.indexOfAccount(account)];
  if (machine === undefined || serialized === undefined) return;
  const { view, inputOffset } = machine.memory;
  const at = inputOffset + serialized.lamports;
  view.setBigUint64(at, BigInt.asUintN(64, view.getBigUint64(at, true) + moved), true);
}

function fail(error: InstructionError, text: string): ExecutionFault {
  return new ExecutionFault(error, text);
}
