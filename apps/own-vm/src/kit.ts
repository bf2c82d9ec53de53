/** Own VM's programs for the environment suite, in its own assembly. */
import { bytesToBigint, bytesToHex, type CallScheme } from "@trireme/core";
import type { ProgramCall, ProgramKit } from "@trireme/testing";
import { assemble } from "./assembler.ts";
import { createOwnVm } from "./own-vm.ts";

/** Lines that put bytes into memory from offset 0. */
function memoryOf(bytes: Uint8Array): string {
  let lines = "";
  for (let offset = 0; offset < bytes.length; offset += 32) {
    const word = new Uint8Array(32);
    word.set(bytes.subarray(offset, offset + 32));
    lines += `push ${bytesToHex(word)}\npush ${offset}\nmstore\n`;
  }
  return lines;
}

const wordOf = (word: Uint8Array): string => `0x${bytesToBigint(word).toString(16)}`;
const storing = (instruction: "sstore" | "tstore", key: Uint8Array, value: Uint8Array): string =>
  `push ${wordOf(value)}\npush ${wordOf(key)}\n${instruction}\n`;
const ending = (instruction: "return" | "revert", size: number): string => `push ${size}\npush 0\n${instruction}\n`;
const logging = (topic: Uint8Array, data: Uint8Array): string =>
  `${memoryOf(data)}push ${data.length}\npush 0\npush ${wordOf(topic)}\nlog\n`;

/** Calls with the whole input; leaves the status on the stack. */
const calling = ({ target, scheme, value, gas }: ProgramCall): string => `
  inputsize
  push 0
  push 0
  inputcopy
  inputsize
  push 0
  ${scheme === "call" ? `push ${value}` : ""}
  push ${bytesToHex(target)}
  push ${gas ?? 0n}
  ${scheme}
`;

/** Returns the status on the stack and the callee's output. */
const answering = `
  push 0
  mstore
  outputsize
  push 0
  push 32
  outputcopy
  outputsize
  push 32
  add
  push 0
  return
`;

const isSupported = (scheme: CallScheme): boolean => scheme !== "callcode";

/** The kit. */
export const ownVmKit: ProgramKit = {
  createEnvironment: createOwnVm,
  programs: {
    returnBytes: (bytes) => assemble(memoryOf(bytes) + ending("return", bytes.length)),
    echo: () => assemble("inputsize\npush 0\npush 0\ninputcopy\ninputsize\npush 0\nreturn"),
    revertWith: (bytes) => assemble(memoryOf(bytes) + ending("revert", bytes.length)),
    halt: () => assemble("pop"),
    loop: () => assemble("again:\njump again"),
    store: (key, value) => assemble(storing("sstore", key, value)),
    load: (key) => assemble(`push ${wordOf(key)}\nsload\npush 0\nmstore\n${ending("return", 32)}`),
    storeAndRevert: (key, value) => assemble(storing("sstore", key, value) + ending("revert", 0)),
    storeTransient: (key, value) => assemble(storing("tstore", key, value)),
    loadTransient: (key) => assemble(`push ${wordOf(key)}\ntload\npush 0\nmstore\n${ending("return", 32)}`),
    log: (topic, data) => assemble(logging(topic, data)),
    logAndRevert: (topic, data) => assemble(logging(topic, data) + ending("revert", 0)),
    call: (call) => (isSupported(call.scheme) ? assemble(calling(call) + answering) : undefined),
    callAndRevert: (call) => assemble(calling(call) + ending("revert", 0)),
    storeAndCall: (key, value, call) => assemble(storing("sstore", key, value) + calling(call) + answering),
    overread: (call) => assemble(`${calling(call)}push 1\noutputsize\nadd\npush 0\npush 0\noutputcopy`),
    context: () => assemble(`address\npush 0\nmstore\nsender\npush 32\nmstore\nvalue\npush 64\nmstore\n${ending("return", 96)}`),
    gasLeft: () => assemble(`gas\npush 0\nmstore\n${ending("return", 32)}`),
    recurse: () =>
      assemble(`
        push 32          ; memory[0] = n
        push 0
        push 0
        inputcopy
        push 0
        mload
        iszero
        jumpif answer    ; n = 0: memory[0] is 0 already
        push 1
        push 0
        mload
        sub              ; n - 1
        push 0
        mstore
        push 32
        push 0
        push 0
        address
        push 0
        call
        iszero
        jumpif failed
        push 32
        push 0
        push 0
        outputcopy
        push 1
        push 0
        mload
        add
        push 0
        mstore
        jump answer
      failed:
        push 0
        push 0
        mstore
      answer:
        push 32
        push 0
        return
      `),
    relay: () =>
      assemble(`
        push 32
        inputsize
        lt
        jumpif nothing   ; less than a word of input
        inputsize
        push 0
        push 0
        inputcopy
        push 32
        inputsize
        sub              ; the callee's input is the rest
        push 32
        push 0
        push 0
        mload            ; its address is the first word
        push 0
        call
        outputsize
        push 0
        push 0
        outputcopy
        jumpif answer
        outputsize
        push 0
        revert
      answer:
        outputsize
        push 0
        return
      nothing:
        stop
      `),
  },
};
