/** The programs of the story: two in Own VM's assembly, one in EVM code. */
import { bigintToBytes, bytesToHex, concatBytes, hexToBytes, type Address } from "@trireme/core";
import { assemble } from "./assembler.ts";

/** Adds its input, a word, to a total in slot 0; logs the new total under its sender; returns it. */
export const totalProgram: Uint8Array = assemble(`
  push 32
  push 0
  push 0
  inputcopy        ; memory[0] = what to add
  push 0
  mload
  push 0
  sload
  add
  push 0
  mstore           ; memory[0] = the new total
  push 0
  mload
  push 0
  sstore
  push 32
  push 0
  sender
  log
  push 32
  push 0
  return
`);

/** Calls `target` twice with its own input and returns what the second call returned; reverts if one fails. */
export function twiceProgram(target: Address): Uint8Array {
  const callOnce = `
    inputsize
    push 0
    push 0           ; no value
    push ${bytesToHex(target)}
    push 0           ; all the gas there is
    call
    iszero
    jumpif failed
  `;
  return assemble(`
    inputsize
    push 0
    push 0
    inputcopy
    ${callOnce}
    ${callOnce}
    outputsize
    push 0
    push 0
    outputcopy
    outputsize
    push 0
    return
  failed:
    push 0
    push 0
    revert
  `);
}

/** EVM code that passes its calldata on to `target` and returns, or reverts with, what came back. */
export function forwarderCode(target: Address): Uint8Array {
  const copyCalldata = "365f5f37";
  const callTarget = `5f5f365f5f73${bytesToHex(target).slice(2)}5af1`;
  const copyReturnData = "3d5f5f3e";
  // PUSH1 0x2a JUMPI; REVERT(0, size); 0x2a: JUMPDEST RETURN(0, size)
  const answer = "602a573d5ffd5b3d5ff3";
  return hexToBytes(`0x${copyCalldata}${callTarget}${copyReturnData}${answer}`);
}

/** EVM init code that leaves `code`: how everything is deployed, whichever VM will run it. */
export function deploying(code: Uint8Array): Uint8Array {
  // PUSH2 size DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN, then the code itself.
  const size = bytesToHex(bigintToBytes(BigInt(code.length), 2)).slice(2);
  return concatBytes(hexToBytes(`0x61${size}80600a5f395ff3`), code);
}
