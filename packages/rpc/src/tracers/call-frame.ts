/**
 * A frame of a call tree in the JSON form of geth's `callTracer`. An EVM frame has geth's fields and no other; frames of
 * other VMs are presented as calls, and say the rest under names that geth's clients do not know (docs/spec/trace.md).
 */
import {
  addressToHex,
  bytesToHex,
  emptyBytes,
  outputOf,
  pubkeyToBase58,
  toAddress,
  type AccountMeta,
  type Address,
  type EnvironmentId,
  type ExecutionResult,
  type Hex,
  type Log,
  type Message,
  type UnitUse,
} from "@trireme/core";
import { toQuantity } from "../ethereum/format/quantity.ts";
import { failureMessage, frameReason } from "../ethereum/format/revert-reason.ts";

/** A log and where it stands among the frame's calls. */
export interface TracedLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly index: Hex;
  readonly position: Hex;
}

/** What a frame could spend and spent in its VM's own unit, as quantities. */
export interface TracedUnits {
  /** `ink`, `computeUnits`. */
  readonly unit: string;
  readonly limit: Hex;
  readonly used: Hex;
}

/** An account of an instruction, as Solana's RPCs show one. */
export interface TracedAccount {
  /** base58 */
  readonly pubkey: string;
  readonly signer: boolean;
  readonly writable: boolean;
}

/** One frame of the tree. */
export interface CallFrame {
  readonly type: string;
  readonly from: Hex;
  readonly to?: Hex;
  readonly value?: Hex;
  readonly gas: Hex;
  readonly gasUsed: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly revertReason?: string;
  /** The VM that ran it, where it is not the EVM. */
  readonly vm?: EnvironmentId;
  readonly units?: TracedUnits;
  /** Program of an SVM instruction, base58. */
  readonly program?: string;
  readonly accounts?: readonly TracedAccount[];
  /** The VM's own account of a failure: Solana's `InstructionError` as JSON text, say. */
  readonly errorDetail?: string;
  readonly logs?: readonly TracedLog[];
  /** What the frame's program printed, in order; it stays when the frame fails. */
  readonly programLogs?: readonly string[];
  readonly calls?: readonly CallFrame[];
}

/** A frame and what happened in it, as the tracer heard it. */
export interface HeardFrame {
  readonly message: Message;
  readonly environment: EnvironmentId | undefined;
  readonly result: ExecutionResult;
  readonly units: UnitUse | undefined;
  readonly logs: readonly TracedLog[];
  readonly lines: readonly string[];
  readonly calls: readonly CallFrame[];
}

/** Shows a frame; `gas` and `gasUsed` are the transaction's for the first one. */
export function showFrame(frame: HeardFrame, gas: bigint, gasUsed: bigint): CallFrame {
  const { message, environment, result, units } = frame;
  return {
    ...showMessage(message, result),
    gas: toQuantity(gas),
    gasUsed: toQuantity(gasUsed),
    ...showOutcome(result),
    ...(environment === undefined || environment === "evm" ? {} : { vm: environment }),
    ...(units === undefined ? {} : { units: { unit: units.unit, limit: toQuantity(units.limit), used: toQuantity(units.used) } }),
    ...(message.kind === "instruction" ? showInstruction(message.program, message.accounts) : {}),
    ...(frame.logs.length === 0 ? {} : { logs: frame.logs }),
    ...(frame.lines.length === 0 ? {} : { programLogs: frame.lines }),
    ...(frame.calls.length === 0 ? {} : { calls: frame.calls }),
  };
}

/** How a frame ended: output and failure. */
export function showOutcome(result: ExecutionResult): Pick<CallFrame, "output" | "error" | "revertReason" | "errorDetail"> {
  const error = failureMessage(result);
  const output = outputOf(result);
  const reason = frameReason(result);
  const detail = result.kind === "revert" ? result.error : result.kind === "halt" ? result.detail : undefined;
  return {
    ...(output.length === 0 ? {} : { output: bytesToHex(output) }),
    ...(error === undefined ? {} : { error }),
    ...(reason === undefined ? {} : { revertReason: reason }),
    ...(detail === undefined || detail === "" || detail === reason ? {} : { errorDetail: detail }),
  };
}

/** SELFDESTRUCT, which geth shows as a call. */
export function showSelfDestruct(from: Address, beneficiary: Address, value: bigint): CallFrame {
  return {
    type: "SELFDESTRUCT",
    from: addressToHex(from),
    to: addressToHex(beneficiary),
    value: toQuantity(value),
    gas: "0x0",
    gasUsed: "0x0",
    input: bytesToHex(emptyBytes),
  };
}

export function showLog(log: Log, index: number, position: number): TracedLog {
  return {
    address: addressToHex(log.address),
    topics: log.topics.map(bytesToHex),
    data: bytesToHex(log.data),
    index: toQuantity(index),
    position: toQuantity(position),
  };
}

/** The frame as it is when it and its calls are undone: what was logged did not happen. */
export function withoutLogs(frame: CallFrame): CallFrame {
  const { logs: _logs, calls, ...rest } = frame;
  return calls === undefined ? rest : { ...rest, calls: calls.map(withoutLogs) };
}

function showMessage(message: Message, result: ExecutionResult): Pick<CallFrame, "type" | "from" | "to" | "value" | "input"> {
  switch (message.kind) {
    case "call": {
      // A delegated frame keeps its caller's sender: the account that calls is the one whose state it works on.
      const from = message.scheme === "delegatecall" ? message.recipient : message.sender;
      return {
        type: message.scheme.toUpperCase(),
        from: addressToHex(from),
        to: addressToHex(message.codeAddress),
        ...(message.scheme === "staticcall" ? {} : { value: toQuantity(message.value) }),
        input: bytesToHex(message.input),
      };
    }
    case "create":
      return {
        type: message.scheme.toUpperCase(),
        from: addressToHex(message.sender),
        ...(result.kind === "success" ? { to: addressToHex(message.recipient) } : {}),
        value: toQuantity(message.value),
        input: bytesToHex(message.initCode),
      };
    case "instruction":
      return {
        type: message.isStatic ? "STATICCALL" : "CALL",
        from: addressToHex(message.sender),
        to: addressToHex(toAddress(message.program)),
        ...(message.isStatic ? {} : { value: "0x0" }),
        input: bytesToHex(message.data),
      };
    default:
      return message satisfies never;
  }
}

function showInstruction(program: Parameters<typeof pubkeyToBase58>[0], accounts: readonly AccountMeta[]): Partial<CallFrame> {
  return {
    program: pubkeyToBase58(program),
    accounts: accounts.map(({ pubkey, isSigner, isWritable }) => ({
      pubkey: pubkeyToBase58(pubkey),
      signer: isSigner,
      writable: isWritable,
    })),
  };
}
