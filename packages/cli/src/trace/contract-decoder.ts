/** Calls, errors and events of contracts, by ABIs. */
import {
  decodeAbiParameters,
  decodeEventLog,
  parseAbi,
  toEventSelector,
  toFunctionSelector,
  type Abi,
  type AbiEvent,
  type AbiFunction,
  type AbiParameter,
  type Hex,
} from "viem";
import type { Decoded, DecodedField, DecodedValue } from "./decoded.ts";

/** Reads what contracts say. What no ABI knows, or what does not fit, is undefined. */
export interface ContractDecoder {
  call(input: Hex): Decoded | undefined;
  /** What a call returned. */
  output(input: Hex, output: Hex): readonly DecodedField[] | undefined;
  /** Revert data. */
  error(output: Hex): Decoded | undefined;
  event(topics: readonly Hex[], data: Hex): Decoded | undefined;
}

type AbiError = Extract<Abi[number], { readonly type: "error" }>;

/** Interfaces that need no file: the gateway to the SVM and what stands for tokens. */
const wellKnown: Abi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
  "function pubkeyOf(address account) view returns (bytes32)",
  "function addressOf(bytes32 pubkey) view returns (address)",
  "function createProgramAddress(bytes[] seeds, bytes32 program) view returns (bytes32)",
  "function findProgramAddress(bytes[] seeds, bytes32 program) view returns (bytes32 pubkey, uint8 bump)",
  "function accountInfo(bytes32 pubkey) view returns (bytes32 owner, uint256 lamports, bool executable, uint256 dataLength)",
  "function accountData(bytes32 pubkey, uint256 offset, uint256 length) view returns (bytes)",
  "function minimumBalance(uint256 dataLength) view returns (uint256)",
  "error SvmError(bytes32 program, uint32 code, string reason)",
  "error GatewayError(string reason)",
  "event ProgramData(bytes[] data)",
  "function totalSupply() view returns (uint256)",
  "function balanceOf(address owner) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function transferFrom(address from, address to, uint256 amount) returns (bool)",
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "event Approval(address indexed owner, address indexed spender, uint256 value)",
  "error Error(string reason)",
  "error Panic(uint256 code)",
]);

/** Makes a decoder; where two ABIs know a selector the first one's name counts. */
export function createContractDecoder(abis: readonly Abi[]): ContractDecoder {
  const functions = new Map<Hex, AbiFunction>();
  const errors = new Map<Hex, AbiError>();
  const events = new Map<Hex, AbiEvent[]>();
  for (const item of [...abis, wellKnown].flat()) {
    if (item.type === "function") putNew(functions, toFunctionSelector(item), item);
    if (item.type === "error") putNew(errors, errorSelector(item), item);
    if (item.type === "event") {
      const known = events.get(toEventSelector(item));
      if (known === undefined) events.set(toEventSelector(item), [item]);
      else known.push(item);
    }
  }
  const fields = (parameters: readonly AbiParameter[], data: Hex): readonly DecodedField[] | undefined =>
    attempt(() => fieldsOf(parameters, decodeAbiParameters(parameters, data)));
  const named = (item: AbiFunction | AbiError | undefined, data: Hex): Decoded | undefined => {
    const values = item === undefined ? undefined : fields(item.inputs, withoutSelector(data));
    return item === undefined || values === undefined ? undefined : { name: item.name, fields: values };
  };
  return {
    call: (input) => named(functions.get(selectorOf(input)), input),
    output(input, output) {
      const item = functions.get(selectorOf(input));
      return item === undefined || item.outputs.length === 0 ? undefined : fields(item.outputs, output);
    },
    error: (output) => named(errors.get(selectorOf(output)), output),
    event(topics, data) {
      const [topic, ...rest] = topics;
      // Those of one name may differ in what is indexed.
      for (const item of (topic === undefined ? undefined : events.get(topic)) ?? []) {
        const decoded = attempt(() => decodeEventLog({ abi: [item], topics: [topic as Hex, ...rest], data }));
        if (decoded !== undefined) return { name: item.name, fields: eventFields(item, decoded.args) };
      }
      return undefined;
    },
  };
}

function putNew<T>(map: Map<Hex, T>, key: Hex, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

function errorSelector(item: AbiError): Hex {
  return toFunctionSelector({ ...item, type: "function", outputs: [], stateMutability: "view" });
}

function selectorOf(data: Hex): Hex {
  return data.slice(0, 10) as Hex;
}

function withoutSelector(data: Hex): Hex {
  return `0x${data.slice(10)}`;
}

/** Undefined where the bytes are not what the ABI says. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function fieldsOf(parameters: readonly AbiParameter[], values: readonly unknown[]): readonly DecodedField[] {
  return parameters.map(({ name = "" }, index) => ({ name, value: valueOf(values[index]) }));
}

function eventFields({ inputs }: AbiEvent, args: unknown): readonly DecodedField[] {
  if (args === undefined) return [];
  // Without names viem gives a list.
  const values = Array.isArray(args) ? args : inputs.map(({ name = "" }) => (args as Readonly<Record<string, unknown>>)[name]);
  return fieldsOf(inputs, values);
}

function valueOf(value: unknown): DecodedValue {
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, valueOf(entry)]));
  }
  return typeof value === "boolean" ? value : String(value);
}
