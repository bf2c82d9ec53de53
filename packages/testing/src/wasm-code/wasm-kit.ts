/** The environment suite's programs as Stylus programs. They are written in WAT, and activated where they are installed. */
import {
  addressFromHex,
  bigintToBytes,
  concatBytes,
  keccak256,
  type Address,
  type ExecutionEnvironment,
  type Host,
  type Message,
} from "@trireme/core";
import type { ProgramCall, ProgramKit } from "../suite/program-kit.ts";
import { stylusCode, stylusWat } from "./stylus-wat.ts";

/** What the kit needs beside the environment under test. */
export interface WasmKitOptions {
  readonly createEnvironment: () => ExecutionEnvironment;
  /** WebAssembly's text format to its binary: wabt, say. */
  readonly bytesFromWat: (text: string) => Uint8Array;
}

const arbWasm = addressFromHex("0x0000000000000000000000000000000000000071");
const activator = addressFromHex("0xac71000000000000000000000000000000000000");
const activationValue = 10n ** 18n;

// Memory of the programs: constants from 0 on, then the input, then what is returned.
const inputAt = 4096;
const outputAt = 32_768;

const readInput = `(call $read_args (i32.const ${inputAt}))`;
const succeed = "(i32.const 0)";
const fail = "(i32.const 1)";
const writeResult = (pointer: number, length: number | string): string =>
  `(call $write_result (i32.const ${pointer}) ${typeof length === "number" ? `(i32.const ${length})` : length})`;

/** Constants of a call: the target at 0, the value at 32. Others begin at 64. */
const callData = ({ target, value }: ProgramCall, ...more: readonly Uint8Array[]): Uint8Array =>
  concatBytes(target, new Uint8Array(12), bigintToBytes(value, 32), ...more);

/** Leaves the call's answer on the stack: 0 for success. The length of what was returned goes to 2048. */
const call = ({ scheme, gas }: ProgramCall, pointer = inputAt, length = "(local.get $len)", target = 0): string => {
  const name = scheme === "call" ? "call_contract" : scheme === "delegatecall" ? "delegate_call_contract" : "static_call_contract";
  const value = scheme === "call" ? "(i32.const 32)" : "";
  const most = gas === undefined ? "(i64.const -1)" : `(i64.const ${gas})`;
  return `(call $${name} (i32.const ${target}) (i32.const ${pointer}) ${length} ${value} ${most} (i32.const 2048))`;
};

/** What was returned goes behind the word at `outputAt`. */
const readReturned = (at: number): string => `(drop (call $read_return_data (i32.const ${at}) (i32.const 0) (i32.load (i32.const 2048))))`;

/** The status, then the output. */
const statusAndOutput = (made: ProgramCall): string => `
  (i32.store8 (i32.const ${outputAt + 31}) (i32.eqz ${call(made)}))
  ${readReturned(outputAt + 32)}
  ${writeResult(outputAt, "(i32.add (i32.const 32) (i32.load (i32.const 2048)))")}`;

const store = (key: number): string => `
  (call $storage_cache_bytes32 (i32.const ${key}) (i32.const ${key + 32}))
  (call $storage_flush_cache (i32.const 0))`;

const emitLog = (data: Uint8Array): string => `(call $emit_log (i32.const 0) (i32.const ${32 + data.length}) (i32.const 1))`;

/** A number below 65,536 in the last two bytes of a word. */
const loadNumber = (at: number): string =>
  `(i32.or (i32.shl (i32.load8_u (i32.const ${at + 30})) (i32.const 8)) (i32.load8_u (i32.const ${at + 31})))`;
const storeNumber = (at: number): string => `
  (i32.store8 (i32.const ${at + 31}) (local.get $number))
  (i32.store8 (i32.const ${at + 30}) (i32.shr_u (local.get $number) (i32.const 8)))`;

const recurse = `
  (local $number i32)
  ${readInput}
  (local.set $number ${loadNumber(inputAt)})
  (if (local.get $number)
    (then
      (local.set $number (i32.sub (local.get $number) (i32.const 1)))
      ${storeNumber(inputAt)}
      (call $contract_address (i32.const 0))
      (local.set $number (i32.const 0))
      (if (i32.eqz ${call({ target: activator, scheme: "call", value: 0n, gas: undefined }, inputAt, "(i32.const 32)")})
        (then
          ${readReturned(outputAt)}
          (local.set $number (i32.add (i32.const 1) ${loadNumber(outputAt)}))))))
  ${storeNumber(outputAt)}
  ${writeResult(outputAt, 32)} ${succeed}`;

const relay = `
  (local $failed i32)
  (if (i32.lt_u (local.get $len) (i32.const 32)) (then ${writeResult(0, 0)} (return ${succeed})))
  ${readInput}
  (local.set $failed ${call(
    { target: activator, scheme: "call", value: 0n, gas: undefined },
    inputAt + 32,
    "(i32.sub (local.get $len) (i32.const 32))",
    inputAt + 12,
  )})
  ${readReturned(outputAt)}
  ${writeResult(outputAt, "(i32.load (i32.const 2048))")}
  (i32.ne (local.get $failed) (i32.const 0))`;

/** The gas that is left, byte by byte: words are big-endian. */
const gasLeft = `
  (local $gas i64) (local $at i32)
  (local.set $gas (call $evm_gas_left))
  (local.set $at (i32.const ${outputAt + 31}))
  (loop $next
    (i64.store8 (local.get $at) (local.get $gas))
    (local.set $gas (i64.shr_u (local.get $gas) (i64.const 8)))
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (br_if $next (i64.ne (local.get $gas) (i64.const 0))))
  ${writeResult(outputAt, 32)} ${succeed}`;

/** The kit. Static writes fail as Stylus has it: the program reverts, and a call with value fails without ending its caller. */
export function createWasmKit({ createEnvironment, bytesFromWat }: WasmKitOptions): ProgramKit {
  const program = (body: string, data?: Uint8Array, more?: string): Uint8Array => stylusCode(bytesFromWat(stylusWat(body, data, more)));
  return {
    createEnvironment,
    sweepRuns: 100,
    staticEnds: { write: "revert", value: "success" },
    install: (host, address, code) => install(createEnvironment(), host, address, code),
    programs: {
      returnBytes: (bytes) => program(`${writeResult(0, bytes.length)} ${succeed}`, bytes),
      echo: () => program(`${readInput} ${writeResult(inputAt, "(local.get $len)")} ${succeed}`),
      revertWith: (bytes) => program(`${writeResult(0, bytes.length)} ${fail}`, bytes),
      // A trap is a revert in Stylus; the one rule that ends in a halt is the stack's.
      halt: () => program(`(call $deeper) ${succeed}`, undefined, "(func $deeper (call $deeper))"),
      loop: () => program(`(loop $again (br $again)) ${succeed}`),
      store: (key, value) => program(`${store(0)} ${succeed}`, concatBytes(key, value)),
      load: (key) =>
        program(`(call $storage_load_bytes32 (i32.const 0) (i32.const ${outputAt})) ${writeResult(outputAt, 32)} ${succeed}`, key),
      storeAndRevert: (key, value) => program(`${store(0)} ${fail}`, concatBytes(key, value)),
      storeTransient: (key, value) =>
        program(`(call $transient_store_bytes32 (i32.const 0) (i32.const 32)) ${succeed}`, concatBytes(key, value)),
      loadTransient: (key) =>
        program(`(call $transient_load_bytes32 (i32.const 0) (i32.const ${outputAt})) ${writeResult(outputAt, 32)} ${succeed}`, key),
      log: (topic, data) => program(`${emitLog(data)} ${succeed}`, concatBytes(topic, data)),
      logAndRevert: (topic, data) => program(`${emitLog(data)} ${fail}`, concatBytes(topic, data)),
      call: (made) =>
        made.scheme === "callcode" ? undefined : program(`${readInput} ${statusAndOutput(made)} ${succeed}`, callData(made)),
      callAndRevert: (made) => program(`${readInput} (drop ${call(made)}) ${fail}`, callData(made)),
      storeAndCall: (key, value, made) =>
        program(`${store(64)} ${readInput} ${statusAndOutput(made)} ${succeed}`, callData(made, key, value)),
      context: () =>
        program(`
          (call $contract_address (i32.const ${outputAt + 12}))
          (call $msg_sender (i32.const ${outputAt + 44}))
          (call $msg_value (i32.const ${outputAt + 64}))
          ${writeResult(outputAt, 96)} ${succeed}`),
      gasLeft: () => program(gasLeft),
      recurse: () => program(recurse),
      relay: () => program(relay),
    },
  };
}

/** Deploys and activates; code that is active already stays so. The event of the activation would be in the cases' way. */
function install(environment: ExecutionEnvironment, host: Host, address: Address, code: Uint8Array): void {
  host.setCode(address, code);
  host.setBalance(arbWasm, activationValue);
  const selector = keccak256(new TextEncoder().encode("activateProgram(address)")).subarray(0, 4);
  const message: Message = {
    kind: "call",
    scheme: "call",
    sender: activator,
    recipient: arbWasm,
    codeAddress: arbWasm,
    value: activationValue,
    input: concatBytes(selector, new Uint8Array(12), address),
    gas: 100_000_000n,
    depth: 0,
    isStatic: false,
  };
  environment.execute(message, Object.create(host, { emitLog: { value: () => {} } }) as Host);
}
