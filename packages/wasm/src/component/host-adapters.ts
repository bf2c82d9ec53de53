/**
 * The host interface of the world `trireme:contract`: each function's type in WIT, and the code that puts it on `vm_hooks`. The
 * code takes what the canonical ABI makes of the type: a pointer and a length for a list, and a pointer to room for
 * a result that is no number. Lists that are results lie in memory that the component's `cabi_realloc` gives.
 */
import { emptyBlock, type ValueTypeName } from "../binary/opcodes.ts";
import {
  apply,
  constant,
  flushAndForget,
  flushWrites,
  isUnaligned,
  lengthDiffers,
  load,
  local,
  store,
  trapUnlessAllZero,
  trapUnlessZero,
  type HostioName,
  type LinkedFunction,
  type LinkedInstruction,
  type WriteCache,
} from "./linked-code.ts";

/** A function of the host interface. */
export interface HostAdapter {
  /** Parameters and result in WIT, as the world has them. */
  readonly wit: string;
  /** The code; or, where a host function has the same type in the canonical ABI, that one. */
  readonly code: HostioName | ((cache: WriteCache) => LinkedFunction);
}

const wordBytes = 32;
const addressBytes = 20;

/** By name in WIT. */
export const hostAdapters: Readonly<Record<string, HostAdapter>> = {
  "storage-get": { wit: "(key: word) -> word", code: fixedLengths("storage_load_bytes32", [wordBytes], wordBytes) },
  "storage-set": { wit: "(key: word, value: word)", code: storageSet },
  "transient-get": { wit: "(key: word) -> word", code: fixedLengths("transient_load_bytes32", [wordBytes], wordBytes) },
  "transient-set": { wit: "(key: word, value: word)", code: fixedLengths("transient_store_bytes32", [wordBytes, wordBytes]) },
  call: {
    wit: "(to: address, input: list<u8>, value: word, gas: u64) -> result<list<u8>, list<u8>>",
    code: contractCall("call_contract"),
  },
  "delegate-call": {
    wit: "(to: address, input: list<u8>, gas: u64) -> result<list<u8>, list<u8>>",
    code: contractCall("delegate_call_contract"),
  },
  "static-call": {
    wit: "(to: address, input: list<u8>, gas: u64) -> result<list<u8>, list<u8>>",
    code: contractCall("static_call_contract"),
  },
  create: { wit: "(init-code: list<u8>, value: word) -> result<address, list<u8>>", code: contractCreation("create1") },
  create2: { wit: "(init-code: list<u8>, value: word, salt: word) -> result<address, list<u8>>", code: contractCreation("create2") },
  log: { wit: "(topics: list<word>, data: list<u8>)", code: emitLog },
  sender: { wit: "() -> address", code: fixedLengths("msg_sender", [], addressBytes) },
  value: { wit: "() -> word", code: fixedLengths("msg_value", [], wordBytes) },
  "self-address": { wit: "() -> address", code: fixedLengths("contract_address", [], addressBytes) },
  "is-reentrant": { wit: "() -> bool", code: "msg_reentrant" },
  "gas-left": { wit: "() -> u64", code: "evm_gas_left" },
  "block-number": { wit: "() -> u64", code: "block_number" },
  "block-timestamp": { wit: "() -> u64", code: "block_timestamp" },
  "block-gas-limit": { wit: "() -> u64", code: "block_gas_limit" },
  "block-base-fee": { wit: "() -> word", code: fixedLengths("block_basefee", [], wordBytes) },
  "block-coinbase": { wit: "() -> address", code: fixedLengths("block_coinbase", [], addressBytes) },
  "chain-id": { wit: "() -> u64", code: "chainid" },
  "tx-origin": { wit: "() -> address", code: fixedLengths("tx_origin", [], addressBytes) },
  "tx-gas-price": { wit: "() -> word", code: fixedLengths("tx_gas_price", [], wordBytes) },
  balance: { wit: "(account: address) -> word", code: fixedLengths("account_balance", [addressBytes], wordBytes) },
  "code-size": { wit: "(account: address) -> u32", code: codeSize },
  "code-hash": { wit: "(account: address) -> word", code: fixedLengths("account_codehash", [addressBytes], wordBytes) },
  keccak256: { wit: "(data: list<u8>) -> word", code: keccak256 },
};

/** The entry of a word or address: a pointer and a length. */
const list: readonly ValueTypeName[] = ["i32", "i32"];

/** Lists of known lengths in, at most one out; the host function takes their pointers, that of the result last. */
function fixedLengths(hook: HostioName, lengths: readonly number[], result?: number): () => LinkedFunction {
  const area = 2 * lengths.length;
  const checks = [
    ...lengths.map((length, index) => lengthDiffers(2 * index + 1, length)),
    ...(result === undefined ? [] : [isUnaligned(area)]),
  ];
  const pointers = lengths.map((_, index) => local(2 * index));
  return () => ({
    params: [...lengths.flatMap(() => list), ...(result === undefined ? [] : (["i32"] as const))],
    results: [],
    locals: result === undefined ? 0 : 1,
    body: [...trapUnlessAllZero(checks), ...(result === undefined ? [...pointers, { hook }] : listResult(hook, pointers, area, result))],
  });
}

/** Calls the host function with room for a list of this length behind the other arguments; the list goes to the return area. The local behind the area is used. */
function listResult(hook: HostioName, args: readonly LinkedInstruction[], area: number, length: number): LinkedInstruction[] {
  const pointer = area + 1;
  return [
    constant(length),
    "allocate",
    ["local.set", pointer],
    ...args,
    local(pointer),
    { hook },
    ...store(area, 0, local(pointer)),
    ...store(area, 4, constant(length)),
  ];
}

function storageSet(cache: WriteCache): LinkedFunction {
  const plain = fixedLengths("storage_cache_bytes32", [wordBytes, wordBytes])();
  return { ...plain, body: [...plain.body, constant(1), ["global.set", cache.dirty]] };
}

function codeSize(): LinkedFunction {
  return {
    params: list,
    results: ["i32"],
    locals: 0,
    body: [...trapUnlessAllZero([lengthDiffers(1, addressBytes)]), local(0), { hook: "account_code_size" }],
  };
}

function keccak256(): LinkedFunction {
  const area = 2;
  return {
    params: [...list, "i32"],
    results: [],
    locals: 1,
    body: [...trapUnlessAllZero([isUnaligned(area)]), ...listResult("native_keccak256", [local(0), local(1)], area, wordBytes)],
  };
}

/** A call of another contract. The host function writes the length of what is returned where the result's length stands. */
function contractCall(hook: "call_contract" | "delegate_call_contract" | "static_call_contract"): (cache: WriteCache) => LinkedFunction {
  const sendsValue = hook === "call_contract";
  const gas = sendsValue ? 6 : 4;
  const area = gas + 1;
  const status = area + 2;
  const checks = [lengthDiffers(1, addressBytes), ...(sendsValue ? [lengthDiffers(5, wordBytes)] : []), isUnaligned(area)];
  return (cache) => ({
    params: [...list, ...list, ...(sendsValue ? list : []), "i64", "i32"],
    results: [],
    locals: 2,
    body: [
      ...trapUnlessAllZero(checks),
      // Nothing that a static call does can change what was read.
      ...(hook === "static_call_contract" ? flushWrites(cache) : flushAndForget(cache)),
      local(0),
      local(2),
      local(3),
      ...(sendsValue ? [local(4)] : []),
      local(gas),
      ...apply("i32.add", local(area), constant(8)),
      { hook },
      ["local.set", status],
      ...returnedResult(area, ...apply("i32.ne", local(status), constant(0))),
    ],
  });
}

/** A deployment. The host function writes the address, or zeros, where it is told, and the length of what is returned where the result's length stands. */
function contractCreation(hook: "create1" | "create2"): (cache: WriteCache) => LinkedFunction {
  const hasSalt = hook === "create2";
  const area = hasSalt ? 6 : 4;
  const pointer = area + 1;
  const checks = [lengthDiffers(3, wordBytes), ...(hasSalt ? [lengthDiffers(5, wordBytes)] : []), isUnaligned(area)];
  return (cache) => ({
    params: [...list, ...list, ...(hasSalt ? list : []), "i32"],
    results: [],
    locals: 1,
    body: [
      ...trapUnlessAllZero(checks),
      ...flushAndForget(cache),
      constant(addressBytes),
      "allocate",
      ["local.set", pointer],
      local(0),
      local(1),
      local(2),
      ...(hasSalt ? [local(4)] : []),
      local(pointer),
      ...apply("i32.add", local(area), constant(8)),
      { hook },
      local(pointer),
      ["i64.load", 0, 0],
      local(pointer),
      ["i64.load", 0, 8],
      ["i64.or"],
      local(pointer),
      ["i64.load32_u", 0, 16],
      ["i64.or"],
      ["i64.eqz"],
      ["if", emptyBlock],
      ...returnedResult(area, constant(1)),
      ["else"],
      local(area),
      constant(0),
      ["i32.store8", 0, 0],
      ...store(area, 4, local(pointer)),
      ...store(area, 8, constant(addressBytes)),
      ["end"],
    ],
  });
}

/** What was returned as the payload of a result, whose tag is pushed by `tag`; its length stands in the return area. The local behind the area is used. */
function returnedResult(area: number, ...tag: readonly LinkedInstruction[]): LinkedInstruction[] {
  const pointer = area + 1;
  return [
    ...load(area, 8),
    "allocate",
    ["local.tee", pointer],
    constant(0),
    ...load(area, 8),
    { hook: "read_return_data" },
    ["drop"],
    local(area),
    ...tag,
    ["i32.store8", 0, 0],
    ...store(area, 4, local(pointer)),
  ];
}

/** The host function wants topics and data in one piece. */
function emitLog(): LinkedFunction {
  const [topics, count, data, dataLength, buffer, end, topic] = [0, 1, 2, 3, 4, 5, 6] as const;
  return {
    params: [...list, ...list],
    results: [],
    locals: 3,
    body: [
      ...apply("i32.gt_u", local(count), constant(4)),
      ...apply("i32.or", ...isUnaligned(topics)),
      ...trapUnlessZero,
      ...apply("i32.add", ...apply("i32.shl", local(count), constant(5)), local(dataLength)),
      "allocate",
      ["local.tee", buffer],
      ["local.set", end],
      local(topics),
      ["local.set", topic],
      ["block", emptyBlock],
      ["loop", emptyBlock],
      ...apply("i32.eq", local(topic), ...apply("i32.add", local(topics), ...apply("i32.shl", local(count), constant(3)))),
      ["br_if", 1],
      ...apply("i32.xor", ...load(topic, 4), constant(wordBytes)),
      ...trapUnlessZero,
      ...apply("memory.copy", local(end), ...load(topic, 0), constant(wordBytes)),
      ...apply("i32.add", local(end), constant(wordBytes)),
      ["local.set", end],
      ...apply("i32.add", local(topic), constant(8)),
      ["local.set", topic],
      ["br", 0],
      ["end"],
      ["end"],
      ...apply("memory.copy", local(end), local(data), local(dataLength)),
      local(buffer),
      ...apply("i32.add", ...apply("i32.sub", local(end), local(buffer)), local(dataLength)),
      local(count),
      { hook: "emit_log" },
    ],
  };
}
