// Scripts of random call trees: what a frame does, in words that an interpreter in each VM reads from its calldata.
import { addressFromHex, bigintToBytes, concatBytes, type Address } from "@trireme/core";
import { assembleEvm, destination, stylusWat, type EvmPart } from "@trireme/testing";

/** How a tree treats a call's gas: enough for all below it, too little for anything, or an amount that may or may not do. */
export type GasClass = "ample" | "starved" | "limited";

/** A call, and what the callee does. */
export interface ScriptCall {
  readonly op: "call";
  readonly scheme: "call" | "delegatecall" | "staticcall";
  readonly target: Address;
  readonly value: bigint;
  readonly gasClass: GasClass;
  /** Of a limited or starved call. */
  readonly gas: number;
  readonly script: Script;
}

/** One thing that a frame does; `load`, `tload`, `balance`, `context`, `create` and `call` add words to its output. */
export type ScriptOp =
  | { readonly op: "store" | "tstore"; readonly key: bigint; readonly value: bigint }
  | { readonly op: "load" | "tload" | "log"; readonly key: bigint }
  | { readonly op: "balance"; readonly target: Address }
  | { readonly op: "burn"; readonly count: number }
  | { readonly op: "create"; readonly value: bigint; readonly reverts: boolean }
  /** `fail` reverts without data (in WASM by a trap), `halt` breaks a rule: the two end the frame as `revert` and `stop` do. */
  | { readonly op: "context" | "stop" | "revert" | "fail" | "halt" }
  | ScriptCall;

export type Script = readonly ScriptOp[];

const numbers = {
  store: 1,
  load: 2,
  tstore: 3,
  tload: 4,
  log: 5,
  call: 6,
  revert: 7,
  halt: 8,
  fail: 9,
  balance: 10,
  context: 11,
  create: 12,
  stop: 13,
  burn: 14,
} as const;
type OpName = keyof typeof numbers;
const schemes = { call: 0, delegatecall: 1, staticcall: 2 } as const;

/** What the init code of a `create` leaves, or reverts with. */
export const createdSlot = { key: 1n, value: 5n, code: Uint8Array.of(0), revertData: 7n } as const;
const initCodes = {
  deploys: assembleEvm(Number(createdSlot.value), Number(createdSlot.key), "SSTORE", 1, 0, "RETURN"),
  reverts: assembleEvm(Number(createdSlot.revertData), 0, "MSTORE", 32, 0, "REVERT"),
} as const;

export const word = (value: bigint | number): Uint8Array => bigintToBytes(BigInt(value), 32);
const addressWord = (address: Address): Uint8Array => concatBytes(new Uint8Array(12), address);

/** Gas with which a script runs to its end whatever its callees do with theirs: far more than it takes. */
export function gasOf(script: Script): bigint {
  let gas = 300_000n;
  for (const op of script) gas += 150_000n + (op.op === "call" ? (gasOfCall(op) * 65n) / 63n : 0n);
  return gas;
}

/** Gas that a call gives its callee. */
export function gasOfCall({ gasClass, gas, script }: ScriptCall): bigint {
  return gasClass === "ample" ? gasOf(script) : BigInt(gas);
}

/** A script as calldata. */
export function encodeScript(script: Script): Uint8Array {
  return concatBytes(...script.flatMap(encodeOp));
}

function encodeOp(op: ScriptOp): Uint8Array[] {
  const head = word(numbers[op.op]);
  switch (op.op) {
    case "store":
    case "tstore":
      return [head, word(op.key), word(op.value)];
    case "load":
    case "tload":
    case "log":
      return [head, word(op.key)];
    case "balance":
      return [head, addressWord(op.target)];
    case "burn":
      return [head, word(op.count)];
    case "create": {
      const code = op.reverts ? initCodes.reverts : initCodes.deploys;
      return [head, word(op.value), word(code.length), concatBytes(code, new Uint8Array(32 - code.length))];
    }
    case "call": {
      const inner = encodeScript(op.script);
      return [head, word(schemes[op.scheme]), addressWord(op.target), word(op.value), word(gasOfCall(op)), word(inner.length), inner];
    }
    case "context":
    case "stop":
    case "revert":
    case "fail":
    case "halt":
      return [head];
  }
}

/** Instructions, and lists of them. */
const evm = (...parts: readonly (EvmPart | readonly EvmPart[])[]): EvmPart[] => parts.flat();
const EQ: EvmPart = { code: Uint8Array.of(0x14) };
const outputAt = 0x100;
/** A word of the operation: its number is word 0. */
const argument = (index: number): EvmPart[] => [32 * index, 0, "MLOAD", "ADD", "CALLDATALOAD"];
const advance = (words: number): EvmPart[] => [32 * words, 0, "MLOAD", "ADD", 0, "MSTORE", { offsetOf: "next" }, "JUMP"];
const outputEnd: EvmPart[] = [32, "MLOAD"];
const outputLength = evm(outputAt, outputEnd, "SUB");
const append = evm(outputEnd, "MSTORE", 32, outputEnd, "ADD", 32, "MSTORE");
const copyReturned = evm("RETURNDATASIZE", 0, outputEnd, "RETURNDATACOPY", "RETURNDATASIZE", outputEnd, "ADD", 32, "MSTORE");
const appendReturned = evm("RETURNDATASIZE", append, copyReturned);
/** The script of the callee stands behind the output while it is called. */
const callArguments = (value: readonly EvmPart[]): EvmPart[] => evm(0, 0, argument(5), outputEnd, value, argument(2), argument(4));
const called: EvmPart[] = [{ offsetOf: "called" }, "JUMP"];
const schemeIs = (scheme: keyof typeof schemes): EvmPart[] => evm(argument(1), schemes[scheme], EQ, { offsetOf: scheme }, "JUMPI");

const evmOps: Readonly<Record<OpName, readonly EvmPart[]>> = {
  store: evm(argument(2), argument(1), "SSTORE", advance(3)),
  load: evm(argument(1), "SLOAD", append, advance(2)),
  tstore: evm(argument(2), argument(1), "TSTORE", advance(3)),
  tload: evm(argument(1), "TLOAD", append, advance(2)),
  log: evm(argument(1), outputLength, outputAt, "LOG1", advance(2)),
  call: evm(
    evm(argument(5), 192, 0, "MLOAD", "ADD", outputEnd, "CALLDATACOPY"),
    evm(schemeIs("call"), schemeIs("delegatecall"), callArguments([]), "STATICCALL", called),
    evm(destination("call"), callArguments(argument(3)), "CALL", called),
    evm(destination("delegatecall"), callArguments([]), "DELEGATECALL"),
    evm(destination("called"), append, appendReturned, argument(5), 0, "MLOAD", "ADD", 0, "MSTORE", advance(6)),
  ),
  revert: evm(outputLength, outputAt, "REVERT"),
  halt: ["INVALID"],
  fail: [0, 0, "REVERT"],
  balance: evm(argument(1), "BALANCE", append, advance(2)),
  context: evm("ADDRESS", append, "CALLER", append, "CALLVALUE", append, advance(1)),
  create: evm(
    evm(32, 96, 0, "MLOAD", "ADD", outputEnd, "CALLDATACOPY"),
    evm(argument(2), outputEnd, argument(1), "CREATE", append, appendReturned, advance(4)),
  ),
  stop: [{ offsetOf: "end" }, "JUMP"],
  burn: evm(
    evm(argument(1), destination("again"), "DUP1", "ISZERO", { offsetOf: "burnt" }, "JUMPI"),
    evm(1, "SWAP1", "SUB", { offsetOf: "again" }, "JUMP", destination("burnt"), "POP", advance(2)),
  ),
};
const opNames = Object.keys(numbers) as readonly OpName[];

/** The interpreter in EVM code: the place in the script at 0 of memory, the end of the output at 32. */
export const evmInterpreter: Uint8Array = assembleEvm(
  ...evm(outputAt, 32, "MSTORE", destination("next"), "CALLDATASIZE", 0, "MLOAD", "LT", "ISZERO", { offsetOf: "end" }, "JUMPI"),
  ...opNames.flatMap((name) => evm(argument(0), numbers[name], EQ, { offsetOf: `op ${name}` }, "JUMPI")),
  "INVALID",
  ...opNames.flatMap((name) => evm(destination(`op ${name}`), evmOps[name])),
  ...evm(destination("end"), outputLength, outputAt, "RETURN"),
);

const wasmOps: Readonly<Record<OpName, string>> = {
  store: `(call $storage_cache_bytes32 (call $arg (i32.const 1)) (call $arg (i32.const 2)))
    (call $storage_flush_cache (i32.const 1)) (call $advance (i32.const 3))`,
  load: `(call $storage_load_bytes32 (call $arg (i32.const 1)) (global.get $out))
    (call $storage_flush_cache (i32.const 1)) (call $appended (i32.const 32)) (call $advance (i32.const 2))`,
  tstore: "(call $transient_store_bytes32 (call $arg (i32.const 1)) (call $arg (i32.const 2))) (call $advance (i32.const 3))",
  tload: `(call $transient_load_bytes32 (call $arg (i32.const 1)) (global.get $out))
    (call $appended (i32.const 32)) (call $advance (i32.const 2))`,
  log: `(memory.copy (global.get $out) (call $arg (i32.const 1)) (i32.const 32))
    (memory.copy (i32.add (global.get $out) (i32.const 32)) (i32.const 32768) (call $length))
    (call $emit_log (global.get $out) (i32.add (i32.const 32) (call $length)) (i32.const 1)) (call $advance (i32.const 2))`,
  call: `(call $answered (call $calls (call $number (call $arg (i32.const 1)))))
    (call $advance (i32.add (i32.const 6) (i32.shr_u (call $number (call $arg (i32.const 5))) (i32.const 5))))`,
  revert: "(call $write_result (i32.const 32768) (call $length)) (return (i32.const 1))",
  halt: "(call $deeper)",
  fail: "(unreachable)",
  balance: `(call $account_balance (i32.add (call $arg (i32.const 1)) (i32.const 12)) (global.get $out))
    (call $appended (i32.const 32)) (call $advance (i32.const 2))`,
  context: `(call $append (i32.const 0)) (call $contract_address (i32.sub (global.get $out) (i32.const 20)))
    (call $append (i32.const 0)) (call $msg_sender (i32.sub (global.get $out) (i32.const 20)))
    (call $msg_value (global.get $out)) (call $appended (i32.const 32)) (call $advance (i32.const 1))`,
  create: `(call $append (i32.const 0))
    (call $create1 (call $arg (i32.const 3)) (call $number (call $arg (i32.const 2))) (call $arg (i32.const 1))
      (i32.sub (global.get $out) (i32.const 20)) (i32.const 0))
    (call $returned) (call $advance (i32.const 4))`,
  stop: "(call $write_result (i32.const 32768) (call $length)) (return (i32.const 0))",
  burn: `(local.set $count (call $number (call $arg (i32.const 1))))
    (block $burnt (loop $again
      (br_if $burnt (i32.eqz (local.get $count)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $again)))
    (call $advance (i32.const 2))`,
};

const callWat = (name: string, value: string): string =>
  `(call $${name} (i32.add (call $arg (i32.const 2)) (i32.const 12)) (call $arg (i32.const 6)) (call $number (call $arg (i32.const 5)))
    ${value} (i64.extend_i32_u (call $number (call $arg (i32.const 4)))) (i32.const 0))`;

/** The interpreter as a Stylus program: the script at 4096 of memory, the output at 32768. */
export const wasmInterpreter: string = stylusWat(
  `(local $count i32)
  (call $read_args (i32.const 4096))
  (loop $next
    (if (i32.ge_u (i32.sub (global.get $pc) (i32.const 4096)) (local.get $len)) (then ${wasmOps.stop}))
    ${opNames
      .map((name) => `(if (i32.eq (call $number (global.get $pc)) (i32.const ${numbers[name]})) (then ${wasmOps[name]} (br $next)))`)
      .join("\n")})
  (unreachable)`,
  new Uint8Array(0),
  `(global $pc (mut i32) (i32.const 4096))
  (global $out (mut i32) (i32.const 32768))
  (func $arg (param $index i32) (result i32) (i32.add (global.get $pc) (i32.shl (local.get $index) (i32.const 5))))
  (func $advance (param $words i32) (global.set $pc (call $arg (local.get $words))))
  (func $length (result i32) (i32.sub (global.get $out) (i32.const 32768)))
  (func $appended (param $bytes i32) (global.set $out (i32.add (global.get $out) (local.get $bytes))))
  (func $number (param $at i32) (result i32)
    (i32.or
      (i32.or (i32.shl (i32.load8_u offset=28 (local.get $at)) (i32.const 24)) (i32.shl (i32.load8_u offset=29 (local.get $at)) (i32.const 16)))
      (i32.or (i32.shl (i32.load8_u offset=30 (local.get $at)) (i32.const 8)) (i32.load8_u offset=31 (local.get $at)))))
  (func $append (param $value i32)
    (memory.fill (global.get $out) (i32.const 0) (i32.const 32))
    (i32.store8 offset=31 (global.get $out) (local.get $value))
    (i32.store8 offset=30 (global.get $out) (i32.shr_u (local.get $value) (i32.const 8)))
    (call $appended (i32.const 32)))
  (func $returned
    (call $append (i32.load (i32.const 0)))
    (drop (call $read_return_data (global.get $out) (i32.const 0) (i32.load (i32.const 0))))
    (call $appended (i32.load (i32.const 0))))
  (func $answered (param $failed i32) (call $append (i32.eqz (local.get $failed))) (call $returned))
  (func $calls (param $scheme i32) (result i32)
    (if (i32.eq (local.get $scheme) (i32.const 1)) (then (return ${callWat("delegate_call_contract", "")})))
    (if (i32.eq (local.get $scheme) (i32.const 2)) (then (return ${callWat("static_call_contract", "")})))
    ${callWat("call_contract", "(call $arg (i32.const 3))")})
  (func $deeper (call $deeper))`,
);

/** The accounts of a tree: the first four run EVM code, the next four programs, two are wallets. */
export const treeAccounts: readonly Address[] = ["e1", "e2", "e3", "e4", "51", "52", "53", "54", "aa", "bb"].map((byte) =>
  addressFromHex(`0x${byte.repeat(20)}`),
);

/** Which VM runs an account's code. */
export function vmOf(address: Address): "evm" | "wasm" | undefined {
  const index = treeAccounts.findIndex((known) => known[0] === address[0]);
  return index < 4 ? "evm" : index < 8 ? "wasm" : undefined;
}
