/** The environment suite's programs in EVM code: for every engine of the EVM, on the model host and on the real one. */
import type { ExecutionEnvironment } from "@trireme/core";
import type { ProgramCall, ProgramKit } from "../suite/program-kit.ts";
import { assembleEvm as assemble, destination, returnTop, type EvmPart as Part } from "./assemble-evm.ts";

const copyInput: readonly Part[] = ["CALLDATASIZE", 0, 0, "CALLDATACOPY"];
const copyOutput = (offset: number): Part[] => ["RETURNDATASIZE", 0, offset, "RETURNDATACOPY"];
const returnInput: readonly Part[] = [...copyInput, "CALLDATASIZE", 0, "RETURN"];

/** Bytes that stand behind the program are put into memory from offset 0 on. */
const copyData = (bytes: Uint8Array): Part[] => [bytes.length, { offsetOf: "data" }, 0, "CODECOPY"];
const data = (bytes: Uint8Array): Part[] => [{ mark: "data" }, { code: bytes }];

/** Calls with the program's own input; leaves the status on the stack. */
function call({ target, scheme, value, gas }: ProgramCall): Part[] {
  const amount: Part[] = scheme === "call" || scheme === "callcode" ? [value] : [];
  const names = { call: "CALL", callcode: "CALLCODE", delegatecall: "DELEGATECALL", staticcall: "STATICCALL" } as const;
  return [...copyInput, 0, 0, "CALLDATASIZE", 0, ...amount, target, gas ?? "GAS", names[scheme]];
}

/** Output: the status on the stack, then what the callee returned. */
const returnStatusAndOutput: readonly Part[] = [0, "MSTORE", ...copyOutput(32), "RETURNDATASIZE", 32, "ADD", 0, "RETURN"];

/** The kit; `createEnvironment` makes the EVM under test. */
export function createEvmKit(createEnvironment: () => ExecutionEnvironment): ProgramKit {
  return {
    createEnvironment,
    sweepRuns: 60,
    programs: {
      returnBytes: (bytes) => assemble(...copyData(bytes), bytes.length, 0, "RETURN", ...data(bytes)),
      echo: () => assemble(...returnInput),
      revertWith: (bytes) => assemble(...copyData(bytes), bytes.length, 0, "REVERT", ...data(bytes)),
      halt: () => assemble("INVALID"),
      loop: () => assemble(...destination("start"), { offsetOf: "start" }, "JUMP"),
      store: (key, value) => assemble(value, key, "SSTORE"),
      load: (key) => assemble(key, "SLOAD", ...returnTop),
      storeAndRevert: (key, value) => assemble(value, key, "SSTORE", 0, 0, "REVERT"),
      storeTransient: (key, value) => assemble(value, key, "TSTORE"),
      loadTransient: (key) => assemble(key, "TLOAD", ...returnTop),
      log: (topic, bytes) => assemble(...copyData(bytes), topic, bytes.length, 0, "LOG1", "STOP", ...data(bytes)),
      logAndRevert: (topic, bytes) => assemble(...copyData(bytes), topic, bytes.length, 0, "LOG1", 0, 0, "REVERT", ...data(bytes)),
      call: (made) => assemble(...call(made), ...returnStatusAndOutput),
      callAndRevert: (made) => assemble(...call(made), 0, 0, "REVERT"),
      storeAndCall: (key, value, made) => assemble(value, key, "SSTORE", ...call(made), ...returnStatusAndOutput),
      overread: (made) => assemble(...call(made), 1, "RETURNDATASIZE", "ADD", 0, 0, "RETURNDATACOPY"),
      context: () => assemble("ADDRESS", 0, "MSTORE", "CALLER", 32, "MSTORE", "CALLVALUE", 64, "MSTORE", 96, 0, "RETURN"),
      gasLeft: () => assemble("GAS", ...returnTop),
      recurse: () =>
        assemble(
          ...([0, "CALLDATALOAD", "DUP1", "ISZERO", { offsetOf: "none" }, "JUMPI"] as const),
          ...([
            1,
            "SWAP1",
            "SUB",
            0,
            "MSTORE",
            32,
            0,
            32,
            0,
            0,
            "ADDRESS",
            "GAS",
            "CALL",
            "ISZERO",
            { offsetOf: "none" },
            "JUMPI",
          ] as const),
          ...([0, "MLOAD", 1, "ADD"] as const),
          ...returnTop,
          ...destination("none"),
          ...([0, ...returnTop] as const),
        ),
      relay: () =>
        assemble(
          ...([32, "CALLDATASIZE", "LT", { offsetOf: "nothing" }, "JUMPI"] as const),
          ...([32, "CALLDATASIZE", "SUB", 32, 0, "CALLDATACOPY"] as const),
          ...([0, 0, 32, "CALLDATASIZE", "SUB", 0, 0, 0, "CALLDATALOAD", "GAS", "CALL"] as const),
          ...copyOutput(0),
          ...([{ offsetOf: "success" }, "JUMPI", "RETURNDATASIZE", 0, "REVERT"] as const),
          ...destination("success"),
          ...(["RETURNDATASIZE", 0, "RETURN"] as const),
          ...destination("nothing"),
        ),
    },
  };
}
