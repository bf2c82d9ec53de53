/**
 * The gateway: how a contract calls a program of the SVM. An address that every EVM and WASM contract can CALL; the call
 * itself becomes the program's frame, so that the gateway adds no depth and no re-entry mark (rule 9). The caller signs where
 * its own AccountMeta says so, nobody else signs (rules 2 and 4). Interface: `contracts/Svm.sol`.
 */
import {
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
  type Pubkey,
} from "@trireme/core";
import { maxInstructionAccounts, maxSeedLength, maxSeeds } from "../runtime/limits.ts";
import { createProgramAddress } from "../runtime/program-address.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { AbiFault, AbiReader } from "./abi-reader.ts";
import { encodeAbi, encodeBytes, selectorOf, word } from "./abi-writer.ts";
import {
  addressGas,
  OutOfGas,
  viewGas,
  wordGas,
  answer,
  runInstructionOf,
  spend,
  spendOnAccount,
  spendOnInstruction,
  type GasFrame,
  type RunInstruction,
} from "./gas-frame.ts";
import { findPaidAddress } from "./find-address.ts";
import { gatewayError, svmError } from "./gateway-error.ts";

/** Code at the gateway's address: Solidity's extcodesize check passes, and nothing else could run it. */
export const gatewayStub: Uint8Array = Uint8Array.of(0xfe);

/** Longest data that one call reads. */
const MAX_READ = 65_536;

type Method = (frame: GasFrame, runInstruction: RunInstruction) => ExecutionResult;

/** By selector, as a number. */
const methods: ReadonlyMap<number, Method> = new Map(
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
  ).map(([signature, method]) => [numberOf(selectorOf(signature)), method]),
);

/** Runs a call to the gateway. */
export function runGateway(message: CallMessage, host: Host, runInstruction: RunInstruction): ExecutionResult {
  if (message.scheme !== "call" && message.scheme !== "staticcall") return refuse(message.gas, "expected CALL or STATICCALL");
  if (message.value > 0n) return refuse(message.gas, "expected no value: transfer lamports by the System program");
  const method = message.input.length < 4 ? undefined : methods.get(numberOf(message.input));
  if (method === undefined) return refuse(message.gas, "expected a function of the gateway");
  const frame: GasFrame = { message, host, input: new AbiReader(message.input.subarray(4)), gas: message.gas, gasRefund: 0n };
  try {
    return method(frame, runInstruction);
  } catch (fault) {
    if (fault instanceof AbiFault) return refuse(frame.gas, fault.message);
    if (fault instanceof OutOfGas) return { kind: "halt", reason: "outOfGas" };
    throw fault;
  }
}

/** The first four bytes. */
function numberOf(bytes: Uint8Array): number {
  let number = 0;
  for (let index = 0; index < 4; index++) number = number * 256 + (bytes[index] as number);
  return number;
}

function refuse(gasLeft: bigint, reason: string): ExecutionResult {
  return { kind: "revert", gasLeft, output: gatewayError(reason), error: `SVM gateway: ${reason}` };
}

function invoke(frame: GasFrame, runInstruction: RunInstruction): ExecutionResult {
  const { message, host, input } = frame;
  // Paid before anything is read: a call that cannot pay costs its caller next to nothing.
  const count = Math.min(input.length(1), maxInstructionAccounts);
  const dataLength = Math.min(input.length(2), message.input.length);
  spendOnInstruction(frame, count, dataLength);
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
  const result = runInstructionOf(frame, { program, accounts, data }, runInstruction);
  if (result.kind !== "success") {
    // A fault burns what was forwarded (rule 12); its cause is told all the same.
    return {
      kind: "revert",
      gasLeft: frame.gas,
      output: svmError(program, result),
      error: result.kind === "revert" ? (result.error ?? "") : result.reason,
    };
  }
  return answer(frame, encodeBytes(result.output));
}

function readPubkeyOf(frame: GasFrame): ExecutionResult {
  const address = frame.input.address(0) as Address;
  spendOnAccount(frame, address);
  return answer(frame, encodeAbi(word(pubkeyOf(address, frame.host.getBoundPubkey(address)))));
}

function readAddressOf(frame: GasFrame): ExecutionResult {
  spend(frame, viewGas);
  return answer(frame, encodeAbi(word(toAddress(frame.input.word(0) as Pubkey))));
}

function deriveAddress(frame: GasFrame): ExecutionResult {
  spend(frame, addressGas);
  const derived = createProgramAddress(frame.input.dataArray(0, maxSeeds, maxSeedLength), frame.input.word(1) as Pubkey);
  return typeof derived === "string" ? refuse(frame.gas, derived) : answer(frame, encodeAbi(word(derived)));
}

function searchAddress(frame: GasFrame): ExecutionResult {
  const seeds = frame.input.dataArray(0, maxSeeds, maxSeedLength);
  const found = findPaidAddress(frame, seeds, frame.input.word(1) as Pubkey);
  if (typeof found === "string") return refuse(frame.gas, found);
  return answer(frame, encodeAbi(word(found.address), word(BigInt(found.bump))));
}

function readAccountInfo(frame: GasFrame): ExecutionResult {
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

function readAccountData(frame: GasFrame): ExecutionResult {
  const { host, input } = frame;
  const key = input.word(0) as Pubkey;
  const address = toAddress(key);
  const [offset, length] = [input.integer(1), input.integer(2)];
  spendOnAccount(frame, address);
  const dataLength = isCanonicalName(key, address, host) ? (host.getSvmRecord(address)?.dataLength ?? 0) : 0;
  if (length > MAX_READ || offset + length > dataLength)
    return refuse(frame.gas, `expected at most ${MAX_READ} bytes within the account's ${dataLength}, got ${length} at ${offset}`);
  spend(frame, wordGas * BigInt(Math.ceil(length / 32)));
  const data = new Uint8Array(length);
  // Where nothing is asked for there may be nothing: no record, no data.
  if (length > 0) host.readAccountData(address, offset, data);
  return answer(frame, encodeBytes(data));
}

function isCanonicalName(key: Pubkey, address: Address, host: Host): boolean {
  const bound = host.getBoundPubkey(address);
  return bound === undefined || equalBytes(bound, key);
}

function readMinimumBalance(frame: GasFrame): ExecutionResult {
  spend(frame, viewGas);
  return answer(frame, encodeAbi(word(minimumBalance(frame.input.integer(0)))));
}
