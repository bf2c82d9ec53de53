/** From an ABI's JSON to the model. */
import { keccak256 } from "@trireme/core";
import type {
  AbiEntry,
  ContractError,
  ContractEvent,
  ContractInterface,
  EventField,
  Method,
  StateMutability,
} from "../../model/contract-interface.ts";
import type { JsonCursor } from "../json-cursor.ts";
import type { Warn } from "../warning.ts";
import { createAbiTypeReader, type AbiTypeReader, type ReadParameter } from "./abi-type.ts";

/** `abi` is the list of entries. @throws TriremeError `INVALID_ARGUMENT` */
export function readAbi(abi: JsonCursor, name: string, warn: Warn): ContractInterface {
  const types = createAbiTypeReader();
  const methods: Method[] = [];
  const events: ContractEvent[] = [];
  const errors: ContractError[] = [];
  const entries: AbiEntry[] = [];
  const seen = new Map<string, string>();
  const isNew = (kind: string, signature: string, cursor: JsonCursor): boolean => {
    const key = `${kind} ${signature}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, cursor.path);
    else warn(`${cursor.path}: left out: ${key} stands at ${first} already`);
    return first === undefined;
  };
  const selectors = new Map<string, string>();

  for (const cursor of abi.items()) {
    const type =
      (cursor.optional("type") ?? undefined)?.oneOf("function", "event", "error", "constructor", "receive", "fallback") ?? "function";
    if (type === "receive" || type === "fallback") {
      if (isNew(type, "", cursor)) entries.push({ type, stateMutability: type === "receive" ? "payable" : mutabilityOf(cursor) });
      continue;
    }
    const owner = type === "constructor" ? type : cursor.at("name").identifier();
    const inputs = cursor.itemsAt("inputs").map((item) => types.read(item, owner));
    const signature = `${owner}(${inputs.map(({ canonical }) => canonical).join(",")})`;
    if (!isNew(type, signature, cursor)) continue;
    const parameters = inputs.map(({ parameter }) => parameter);
    const fields = inputs.map(({ field }) => field);
    if (type === "constructor") {
      entries.push({ type, inputs: parameters, stateMutability: mutabilityOf(cursor) });
    } else if (type === "error") {
      errors.push({ name: owner, fields });
      entries.push({ type, name: owner, inputs: parameters });
    } else if (type === "event") {
      const event = readEvent(cursor, owner, inputs);
      events.push(event);
      const indexed = parameters.map((parameter, index) => ({ ...parameter, indexed: event.fields[index]?.isIndexed === true }));
      entries.push({ type, name: owner, inputs: indexed, anonymous: event.isAnonymous });
    } else {
      const [method, outputs] = readMethod(cursor, owner, signature, inputs, types);
      const selector = method.selector.toString();
      const other = selectors.get(selector);
      if (other !== undefined) cursor.refuse(`a selector of its own for ${signature}, which has that of ${other}`);
      selectors.set(selector, signature);
      methods.push(method);
      const given = outputs.map(({ parameter }) => parameter);
      entries.push({ type, name: owner, inputs: parameters, outputs: given, stateMutability: method.stateMutability });
    }
  }
  return { kind: "contract", name, definitions: types.definitions, methods, events, errors, abi: entries };
}

function readMethod(
  cursor: JsonCursor,
  name: string,
  signature: string,
  inputs: readonly ReadParameter[],
  types: AbiTypeReader,
): [Method, ReadParameter[]] {
  const outputs = cursor.itemsAt("outputs").map((item) => types.read(item, `${name}_output`));
  const method: Method = {
    name,
    signature,
    selector: keccak256(new TextEncoder().encode(signature)).slice(0, 4),
    inputs: inputs.map(({ field }) => field),
    outputs: outputs.map(({ field }) => field),
    stateMutability: mutabilityOf(cursor),
  };
  return [method, outputs];
}

function readEvent(cursor: JsonCursor, name: string, inputs: readonly ReadParameter[]): ContractEvent {
  const isAnonymous = cursor.optional("anonymous")?.boolean() ?? false;
  const items = cursor.itemsAt("inputs");
  const fields = inputs.map(({ field }, index): EventField => ({
    ...field,
    isIndexed: items[index]?.optional("indexed")?.boolean() ?? false,
  }));
  const most = isAnonymous ? 4 : 3;
  const indexed = fields.filter(({ isIndexed }) => isIndexed).length;
  if (indexed > most) cursor.at("inputs").refuse(`at most ${most} indexed parameters (there are ${indexed})`);
  return { name, fields, isAnonymous };
}

function mutabilityOf(cursor: JsonCursor): StateMutability {
  const given = cursor.optional("stateMutability");
  if (given !== undefined) return given.oneOf("pure", "view", "nonpayable", "payable");
  // What compilers wrote before 0.4.16.
  if (cursor.optional("constant")?.boolean() === true) return "view";
  return cursor.optional("payable")?.boolean() === true ? "payable" : "nonpayable";
}
