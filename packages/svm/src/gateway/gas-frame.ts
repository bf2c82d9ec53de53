/** A call from another VM that the SVM answers by itself: its gas, and the instructions that it runs as the caller's frame. */
import type { AccountMeta, Address, CallMessage, ExecutionResult, Host, Instruction, InstructionMessage, Pubkey } from "@trireme/core";
import { addressOf, samePubkey } from "../runtime/pubkey-names.ts";
import type { AbiReader } from "./abi-reader.ts";

/** Gas of making an instruction: what `sol_invoke_signed` costs. */
const INVOKE_GAS = 946n;
/** EIP-2929's price of an account that is cold, over a warm one's. */
const COLD_ACCOUNT_GAS = 2_500n;
const WARM_ACCOUNT_GAS = 100n;
/** Account bytes that one gas moves, as in CPI; each way (rule 13). */
const BYTES_PER_GAS = 250n;
/** Gas of hashing seeds to an address: what `sol_create_program_address` costs. */
export const addressGas = 1_500n;
/** Gas of an answer that takes next to no work. */
export const viewGas = 100n;
/** Gas of copying 32 bytes. */
export const wordGas = 3n;

/** Runs an instruction as the frame that the host has opened for the call. */
export type RunInstruction = (message: InstructionMessage) => ExecutionResult;

/** A call: gas that is left, what it earned back, and its arguments. */
export interface GasFrame {
  readonly message: CallMessage;
  readonly host: Host;
  readonly input: AbiReader;
  gas: bigint;
  gasRefund: bigint;
}

/** The gas of a call ran out. */
export class OutOfGas extends Error {}

/** @throws OutOfGas */
export function spend(frame: GasFrame, gas: bigint): void {
  if (gas > frame.gas) throw new OutOfGas();
  frame.gas -= gas;
}

/** The price of looking at an account of the state (EIP-2929). @throws OutOfGas */
export function spendOnAccount(frame: GasFrame, address: Address): void {
  spend(frame, WARM_ACCOUNT_GAS);
  spendOnCold(frame, address);
}

/** The call succeeds with this output. */
export function answer(frame: GasFrame, output: Uint8Array): ExecutionResult {
  return { kind: "success", gasLeft: frame.gas, gasRefund: frame.gasRefund, output };
}

/** Takes what `accounts` accounts and `dataLength` bytes cost before any of it is read. @throws OutOfGas */
export function spendOnInstruction(frame: GasFrame, accounts: number, dataLength: number): void {
  spend(frame, INVOKE_GAS + BigInt(dataLength) / BYTES_PER_GAS + (BigInt(accounts) * 34n) / BYTES_PER_GAS);
  spend(frame, BigInt(accounts + 1) * WARM_ACCOUNT_GAS);
}

/**
 * Runs an instruction that `spendOnInstruction` was paid for, with all gas that is left, and takes what it used. Its signers
 * are the caller's to answer for. A halt leaves no gas (rule 12). @throws OutOfGas
 */
export function runInstructionOf(frame: GasFrame, instruction: Instruction, runInstruction: RunInstruction): ExecutionResult {
  const { host, message } = frame;
  const { program, accounts } = instruction;
  const addresses = distinctAddresses(program, accounts);
  for (const address of addresses) spendOnCold(frame, address);
  spend(frame, accountBytes(addresses, host) / BYTES_PER_GAS);
  const { sender, depth, isStatic } = message;
  const inner: InstructionMessage = { kind: "instruction", ...instruction, sender, gas: frame.gas, depth, isStatic, stackHeight: 2 };
  const result = runTraced(inner, host, runInstruction);
  frame.gas = result.kind === "halt" ? 0n : result.gasLeft;
  if (result.kind !== "success") return result;
  frame.gasRefund += result.gasRefund;
  spend(frame, accountBytes(addresses, host) / BYTES_PER_GAS);
  return result;
}

/** Addresses of the program and the accounts; a pubkey counts once. */
function distinctAddresses(program: Pubkey, accounts: readonly AccountMeta[]): readonly Address[] {
  const keys = [program];
  for (const { pubkey } of accounts) if (!keys.some((known) => samePubkey(known, pubkey))) keys.push(pubkey);
  return keys.map(addressOf);
}

/** What unwinds the frame ends the instruction for whoever watches, too. */
function runTraced(message: InstructionMessage, host: Host, runInstruction: RunInstruction): ExecutionResult {
  const { tracer } = host;
  tracer?.enter(message, "svm");
  let result: ExecutionResult = { kind: "halt", reason: "svm:unwound" };
  try {
    result = runInstruction(message);
    return result;
  } finally {
    tracer?.exit(result);
  }
}

function spendOnCold(frame: GasFrame, address: Address): void {
  if (!frame.host.accessAccount(address)) spend(frame, COLD_ACCOUNT_GAS);
}

function accountBytes(addresses: readonly Address[], host: Host): bigint {
  let bytes = 0;
  for (const address of addresses) bytes += host.getSvmRecord(address)?.dataLength ?? 0;
  return BigInt(bytes);
}
