/**
 * The gateway: how a contract calls a program of the SVM. An address that every EVM and WASM contract can CALL; the call
 * itself becomes the program's frame, so that the gateway adds no depth and no re-entry mark (rule 9). The caller signs where
 * its own AccountMeta says so, nobody else signs (rules 2 and 4). Interface: `contracts/Svm.sol`.
 */
import {
  bytesToHex,
  equalBytes,
  pubkeyOf,
  systemProgram,
  toAddress,
  toPubkey,
  weiPerLamport,
  type AccountMeta,
  type Address,
  type CallMessage,
  type ExecutionResult,
  type Host,
  type InstructionMessage,
  type Pubkey,
} from "@trireme/core";
import { maxInstructionAccounts, maxSeedLength, maxSeeds } from "../runtime/limits.ts";
import { createProgramAddress, findProgramAddress } from "../runtime/program-address.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { AbiFault, AbiReader } from "./abi-reader.ts";
import { bytesValue, encodeAbi, selectorOf, word } from "./abi-writer.ts";
import { gatewayError, svmError } from "./gateway-error.ts";

/** Code at the gateway's address: Solidity's extcodesize check passes, and nothing else could run it. */
export const gatewayStub: Uint8Array = Uint8Array.of(0xfe);

/** Gas of making an instruction: what `sol_invoke_signed` costs. */
const INVOKE_GAS = 946n;
/** EIP-2929's price of an account that is cold, over a warm one's. */
const COLD_ACCOUNT_GAS = 2_500n;
const WARM_ACCOUNT_GAS = 100n;
/** Account bytes that one gas moves, as in CPI; each way (rule 13). */
const BYTES_PER_GAS = 250n;
const ADDRESS_GAS = 1_500n;
const VIEW_GAS = 100n;
const WORD_GAS = 3n;
/** Longest data that one call reads. */
const MAX_READ = 65_536;

/** Runs an instruction as the frame that the host has opened for the call. */
export type RunInstruction = (message: InstructionMessage) => ExecutionResult;

/** A call to the gateway: gas that is left, and what it answers. */
interface Frame {
  readonly message: CallMessage;
  readonly host: Host;
  readonly input: AbiReader;
  gas: bigint;
}

type Method = (frame: Frame, runInstruction: RunInstruction) => ExecutionResult;

const methods: ReadonlyMap<string, Method> = new Map(
  (
    [
      ["invoke(bytes32,(bytes32,bool,bool)[],bytes)", invoke],
      ["pubkeyOf(address)", readPubkeyOf],
      ["addressOf(bytes32)", readAddressOf],
      ["createProgramAddress(bytes[],bytes32)", deriveAddress],
      ["findProgramAddress(bytes[],bytes32)", searchAddress],
      ["accountInfo(bytes32)", readAccountInfo],
      ["accountData(bytes32,uint256,uint256)", readAccountData],
      ["minimumBalance(uint256)", readMinimumBalance],
    ] as const
  ).map(([signature, method]) => [bytesToHex(selectorOf(signature)), method]),
);

/** Runs a call to the gateway. */
export function runGateway(message: CallMessage, host: Host, runInstruction: RunInstruction): ExecutionResult {
  if (message.scheme !== "call" && message.scheme !== "staticcall") return refuse(message.gas, "expected CALL or STATICCALL");
  if (message.value > 0n) return refuse(message.gas, "expected no value: transfer lamports by the System program");
  const method = methods.get(bytesToHex(message.input.subarray(0, 4)));
  if (method === undefined) return refuse(message.gas, "expected a function of the gateway");
  const frame: Frame = { message, host, input: new AbiReader(message.input.subarray(4)), gas: message.gas };
  try {
    return method(frame, runInstruction);
  } catch (fault) {
    if (fault instanceof AbiFault) return refuse(frame.gas, fault.message);
    if (fault instanceof OutOfGas) return { kind: "halt", reason: "outOfGas" };
    throw fault;
  }
}

class OutOfGas extends Error {}

function spend(frame: Frame, gas: bigint): void {
  if (gas > frame.gas) throw new OutOfGas();
  frame.gas -= gas;
}

/** The price of looking at an account of the state (EIP-2929). */
function spendOnAccount(frame: Frame, address: Address): void {
  spend(frame, WARM_ACCOUNT_GAS);
  spendOnCold(frame, address);
}

function spendOnCold(frame: Frame, address: Address): void {
  if (!frame.host.accessAccount(address)) spend(frame, COLD_ACCOUNT_GAS);
}

function refuse(gasLeft: bigint, reason: string): ExecutionResult {
  return { kind: "revert", gasLeft, output: gatewayError(reason), error: `SVM gateway: ${reason}` };
}

function answer(frame: Frame, output: Uint8Array): ExecutionResult {
  return { kind: "success", gasLeft: frame.gas, gasRefund: 0n, output };
}

function invoke(frame: Frame, runInstruction: RunInstruction): ExecutionResult {
  const { message, host, input } = frame;
  // Paid before anything is read: a call that cannot pay costs its caller next to nothing.
  const count = Math.min(input.length(1), maxInstructionAccounts);
  const dataLength = Math.min(input.length(2), message.input.length);
  spend(frame, INVOKE_GAS + BigInt(dataLength) / BYTES_PER_GAS + (BigInt(count) * 34n) / BYTES_PER_GAS);
  spend(frame, BigInt(count + 1) * WARM_ACCOUNT_GAS);
  const program = input.word(0) as Pubkey;
  const accounts = input.tuples(1, 3, maxInstructionAccounts, (meta): AccountMeta => {
    return { pubkey: meta.word(0) as Pubkey, isSigner: meta.boolean(1), isWritable: meta.boolean(2) };
  });
  const data = input.data(2);
  const names = [pubkeyOf(message.sender, host.getBoundPubkey(message.sender)), toPubkey(message.sender)];
  for (const { pubkey, isSigner } of accounts) {
    if (isSigner && !names.some((name) => equalBytes(name, pubkey)))
      return refuse(frame.gas, "expected no signer but the caller's own pubkey");
  }
  const distinct = new Map([program, ...accounts.map(({ pubkey }) => pubkey)].map((key) => [bytesToHex(key), toAddress(key)]));
  for (const address of distinct.values()) spendOnCold(frame, address);
  spend(frame, accountBytes(distinct.values(), host) / BYTES_PER_GAS);
  const instruction: InstructionMessage = {
    kind: "instruction",
    program,
    accounts,
    data,
    sender: message.sender,
    gas: frame.gas,
    depth: message.depth,
    isStatic: message.isStatic,
    stackHeight: 2,
  };
  host.tracer?.enter(instruction, "svm");
  const result = runInstruction(instruction);
  host.tracer?.exit(result);
  if (result.kind !== "success") {
    // A fault burns what was forwarded (rule 12); its cause is told all the same.
    const gasLeft = result.kind === "revert" ? result.gasLeft : 0n;
    return {
      kind: "revert",
      gasLeft,
      output: svmError(program, result),
      error: result.kind === "revert" ? (result.error ?? "") : result.reason,
    };
  }
  frame.gas = result.gasLeft;
  spend(frame, accountBytes(distinct.values(), host) / BYTES_PER_GAS);
  return answer(frame, encodeAbi(bytesValue(result.output)));
}

function accountBytes(addresses: Iterable<Address>, host: Host): bigint {
  let bytes = 0n;
  for (const address of addresses) bytes += BigInt(host.getSvmRecord(address)?.dataLength ?? 0);
  return bytes;
}

function readPubkeyOf(frame: Frame): ExecutionResult {
  const address = frame.input.address(0) as Address;
  spendOnAccount(frame, address);
  return answer(frame, encodeAbi(word(pubkeyOf(address, frame.host.getBoundPubkey(address)))));
}

function readAddressOf(frame: Frame): ExecutionResult {
  spend(frame, VIEW_GAS);
  return answer(frame, encodeAbi(word(toAddress(frame.input.word(0) as Pubkey))));
}

function deriveAddress(frame: Frame): ExecutionResult {
  spend(frame, ADDRESS_GAS);
  const derived = createProgramAddress(frame.input.dataArray(0, maxSeeds, maxSeedLength), frame.input.word(1) as Pubkey);
  return typeof derived === "string" ? refuse(frame.gas, derived) : answer(frame, encodeAbi(word(derived)));
}

function searchAddress(frame: Frame): ExecutionResult {
  spend(frame, ADDRESS_GAS);
  const seeds = frame.input.dataArray(0, maxSeeds, maxSeedLength);
  const program = frame.input.word(1) as Pubkey;
  const first = createProgramAddress([...seeds, Uint8Array.of(255)], program);
  if (first === "MaxSeedLengthExceeded") return refuse(frame.gas, first);
  const { address, bump } = findProgramAddress(seeds, program);
  spend(frame, ADDRESS_GAS * BigInt(255 - bump));
  return answer(frame, encodeAbi(word(address), word(BigInt(bump))));
}

function readAccountInfo(frame: Frame): ExecutionResult {
  const { host } = frame;
  const key = frame.input.word(0) as Pubkey;
  const address = toAddress(key);
  spendOnAccount(frame, address);
  // Under its other name an account is empty (rule 1).
  const isNamed = isCanonicalName(key, address, host);
  const record = isNamed ? host.getSvmRecord(address) : undefined;
  const owner = record?.owner ?? systemProgram;
  const lamports = isNamed ? host.getBalance(address) / weiPerLamport : 0n;
  return answer(
    frame,
    encodeAbi(
      word(owner),
      word(lamports),
      word(record?.executable ?? (isNamed && host.kindOf(address).kind === "code")),
      word(BigInt(record?.dataLength ?? 0)),
    ),
  );
}

function readAccountData(frame: Frame): ExecutionResult {
  const { host, input } = frame;
  const key = input.word(0) as Pubkey;
  const address = toAddress(key);
  const [offset, length] = [input.integer(1), input.integer(2)];
  spendOnAccount(frame, address);
  const dataLength = isCanonicalName(key, address, host) ? (host.getSvmRecord(address)?.dataLength ?? 0) : 0;
  if (length > MAX_READ || offset + length > dataLength)
    return refuse(frame.gas, `expected at most ${MAX_READ} bytes within the account's ${dataLength}, got ${length} at ${offset}`);
  spend(frame, WORD_GAS * BigInt(Math.ceil(length / 32)));
  const data = new Uint8Array(length);
  host.readAccountData(address, offset, data);
  return answer(frame, encodeAbi(bytesValue(data)));
}

function isCanonicalName(key: Pubkey, address: Address, host: Host): boolean {
  const bound = host.getBoundPubkey(address);
  return bound === undefined || equalBytes(bound, key);
}

function readMinimumBalance(frame: Frame): ExecutionResult {
  spend(frame, VIEW_GAS);
  return answer(frame, encodeAbi(word(minimumBalance(frame.input.integer(0)))));
}
