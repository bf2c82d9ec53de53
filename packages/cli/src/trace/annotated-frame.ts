/** A call tree with what decoders make of it. */
import {
  addressFromHex,
  addressToChecksumHex,
  hexToBytes,
  isTaggedPubkey,
  pubkeyFromBase58,
  pubkeyToBase58,
  type Pubkey,
} from "@trireme/core";
import type { CallFrame, TracedLog } from "@trireme/rpc";
import type { ContractDecoder } from "./contract-decoder.ts";
import type { Decoded, DecodedField, DecodedValue } from "./decoded.ts";
import type { ProgramDecoder } from "./program-decoder.ts";

/** Who reads what. */
export interface Decoders {
  readonly contracts: ContractDecoder;
  readonly programs: ProgramDecoder;
}

/** A log with its event, where one is known. */
export interface AnnotatedLog extends TracedLog {
  readonly event?: Decoded;
}

/** A frame as callTracer has it, and what it means. */
export interface AnnotatedFrame extends Omit<CallFrame, "calls" | "logs"> {
  /** Name of a program or a system address, else the checksummed address or the pubkey. */
  readonly callee: string;
  readonly decodedInput?: Decoded;
  readonly decodedOutput?: readonly DecodedField[];
  /** The custom error of a contract, or the name of a program's own error. */
  readonly decodedError?: string | Decoded;
  /** Names of `accounts`, as far as the program's interface goes. */
  readonly accountNames?: readonly string[];
  readonly logs?: readonly AnnotatedLog[];
  readonly calls?: readonly AnnotatedFrame[];
}

/** Addresses that the chain itself answers. */
const systemAddresses: Readonly<Record<string, string>> = {
  "0x73766d0000000000000000000000000000000000": "SVM gateway",
  "0x0000000000000000000000000000000000000071": "ArbWasm",
  "0x0000000000000000000000000000000000000072": "ArbWasmCache",
  ...Object.fromEntries(
    "ecrecover sha256 ripemd160 identity modexp ecAdd ecMul ecPairing blake2f pointEvaluation"
      .split(" ")
      .map((name, index) => [`0x${(index + 1).toString(16).padStart(40, "0")}`, name]),
  ),
};

/** Codes with which a call out of the SVM fails, whichever program made it (docs/spec/cross-vm.md). */
const callErrors: Readonly<Record<string, string>> = {
  [0x7e000001]: "the contract reverted",
  [0x7e000002]: "the contract halted",
  [0x7e000003]: "the contract returned more than 1,024 bytes",
};

/** Annotates a tree. */
export function annotate(frame: CallFrame, decoders: Decoders): AnnotatedFrame {
  const { calls, logs, ...own } = frame;
  const { contracts, programs } = decoders;
  const decodedError = errorOf(frame, decoders);
  return {
    ...own,
    callee: calleeOf(frame, programs),
    ...inputOf(frame, decoders),
    ...(decodedError === undefined ? {} : { decodedError }),
    ...(logs === undefined ? {} : { logs: logs.map((log) => annotateLog(log, frame, contracts, programs)) }),
    ...(calls === undefined ? {} : { calls: calls.map((call) => annotate(call, decoders)) }),
  };
}

function calleeOf({ type, program, to }: CallFrame, programs: ProgramDecoder): string {
  if (program !== undefined && !isContract(program)) return programs.nameOf(program) ?? program;
  if (to === undefined) return type.startsWith("CREATE") ? "new contract" : "nobody";
  return systemAddresses[to] ?? addressToChecksumHex(addressFromHex(to));
}

function inputOf(
  { type, program, input, output, error }: CallFrame,
  { contracts, programs }: Decoders,
): Pick<AnnotatedFrame, "decodedInput" | "decodedOutput" | "accountNames"> {
  if (program !== undefined && !isContract(program)) {
    const decodedInput = programs.instruction(program, input);
    const accountNames = programs.accountNames(program, input);
    return { ...(decodedInput === undefined ? {} : { decodedInput }), ...(accountNames.length === 0 ? {} : { accountNames }) };
  }
  if (type.startsWith("CREATE") || type === "SELFDESTRUCT") return {};
  const call = contracts.call(input);
  const decodedOutput = output === undefined || error !== undefined || call === undefined ? undefined : contracts.output(input, output);
  return {
    ...(call === undefined ? {} : { decodedInput: call.name === "invoke" ? withProgramName(call, programs) : call }),
    ...(decodedOutput === undefined ? {} : { decodedOutput }),
  };
}

/** The gateway's `invoke`: the instruction stands right below it, with all that it says. */
function withProgramName(call: Decoded, programs: ProgramDecoder): Decoded {
  const [program, accounts, data] = call.fields;
  if (program?.name !== "program" || accounts?.name !== "accounts" || data?.name !== "data") return call;
  const key = base58Of(program.value);
  return { name: call.name, fields: [{ name: "program", value: programs.nameOf(key) ?? key }] };
}

function errorOf({ program, error, errorDetail, output }: CallFrame, { contracts, programs }: Decoders): string | Decoded | undefined {
  if (error === undefined) return undefined;
  const code = /^\{"Custom":(\d+)\}$/.exec(errorDetail ?? "")?.[1];
  if (program !== undefined && code !== undefined) return callErrors[code] ?? programs.error(program, Number(code));
  const decoded = output === undefined ? undefined : contracts.error(output);
  return decoded === undefined ? undefined : (svmErrorOf(decoded, programs) ?? decoded);
}

/** SvmError(program, code, reason): a program's own error by its name. */
function svmErrorOf({ name, fields }: Decoded, programs: ProgramDecoder): string | undefined {
  const [program, code, reason] = fields;
  if (name !== "SvmError" || reason?.value !== "Custom") return undefined;
  const key = base58Of(program?.value);
  const error = programs.error(key, Number(code?.value));
  return error === undefined ? undefined : `${programs.nameOf(key) ?? key}: ${error}`;
}

/** Whether an instruction is addressed to a contract: a call out of the SVM, its calldata the data. */
function isContract(program: string): boolean {
  return isTaggedPubkey(pubkeyFromBase58(program));
}

/** A bytes32 as the program that it names. */
function base58Of(value: DecodedValue | undefined): string {
  return typeof value === "string" ? pubkeyToBase58(hexToBytes(value) as Pubkey) : "";
}

function annotateLog(log: TracedLog, { program }: CallFrame, contracts: ContractDecoder, programs: ProgramDecoder): AnnotatedLog {
  const event = contracts.event(log.topics, log.data);
  const entry = event?.name === "ProgramData" ? event.fields[0]?.value : undefined;
  const first: unknown = Array.isArray(entry) ? entry[0] : undefined;
  const own = program !== undefined && typeof first === "string" ? programs.event(program, first as `0x${string}`) : undefined;
  const found = own ?? event;
  return found === undefined ? log : { ...log, event: found };
}
