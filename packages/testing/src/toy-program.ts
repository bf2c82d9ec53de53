/** Assembler of the toy environment: every function gives the bytes of one operation. */
import { bigintToBytes, concatBytes, type Address, type CallScheme } from "@trireme/core";

/** Operation codes of the toy environment. */
export const toyOpcodes = {
  stop: 0x00,
  push: 0x01,
  input: 0x02,
  revert: 0x03,
  halt: 0x04,
  restart: 0x05,
  load: 0x06,
  store: 0x07,
  loadTransient: 0x08,
  storeTransient: 0x09,
  log: 0x0a,
  call: 0x0b,
  bubble: 0x0c,
  context: 0x0d,
  gas: 0x0e,
  countdown: 0x0f,
  callSelf: 0x10,
  succeeded: 0x11,
  relay: 0x12,
  status: 0x13,
  reserve: 0x14,
} as const;

/** Order of the call schemes in a toy call. */
export const toySchemes: readonly CallScheme[] = ["call", "callcode", "delegatecall", "staticcall"];

/** A call that a toy program makes with its buffer as input; without `gas` it gives all but a 64th. */
export interface ToyCall {
  readonly target: Address;
  readonly scheme?: CallScheme;
  readonly value?: bigint;
  readonly gas?: bigint;
}

const plain = (opcode: number) => (): Uint8Array => Uint8Array.of(opcode);
const withWord = (opcode: number) => (word: Uint8Array) => concatBytes(Uint8Array.of(opcode), word);

/** The operations. The machine has one buffer, empty at first; most operations read or replace it. */
export const toyOps = {
  /** Ends well; the buffer is the output. */
  stop: plain(toyOpcodes.stop),
  /** Buffer = these bytes, at most 65,535. */
  push: (bytes: Uint8Array) => concatBytes(Uint8Array.of(toyOpcodes.push, bytes.length >> 8, bytes.length & 0xff), bytes),
  /** Buffer = the message's input. */
  input: plain(toyOpcodes.input),
  /** Ends with a revert; the buffer is its data. */
  revert: plain(toyOpcodes.revert),
  halt: plain(toyOpcodes.halt),
  /** Back to the first operation. */
  restart: plain(toyOpcodes.restart),
  /** Buffer = storage at a 32-byte key. */
  load: withWord(toyOpcodes.load),
  /** Storage at a 32-byte key = the buffer, as a 32-byte word. */
  store: withWord(toyOpcodes.store),
  loadTransient: withWord(toyOpcodes.loadTransient),
  storeTransient: withWord(toyOpcodes.storeTransient),
  /** A log with one 32-byte topic and the buffer as data. */
  log: withWord(toyOpcodes.log),
  /** Calls with the buffer as input; the buffer becomes the output. */
  call: ({ target, scheme = "call", value = 0n, gas = 0n }: ToyCall) =>
    concatBytes(Uint8Array.of(toyOpcodes.call, toySchemes.indexOf(scheme)), target, bigintToBytes(value, 32), bigintToBytes(gas, 8)),
  /** Reverts with the buffer if the last call failed. */
  bubble: plain(toyOpcodes.bubble),
  /** Buffer = address, sender and value as three words. */
  context: plain(toyOpcodes.context),
  /** Buffer = gas left, as a word. */
  gas: plain(toyOpcodes.gas),
  /** Ends well with a zero word if the buffer is the number 0, else buffer = its predecessor. */
  countdown: plain(toyOpcodes.countdown),
  /** Calls its own address with the buffer as input. */
  callSelf: plain(toyOpcodes.callSelf),
  /** Buffer = its number plus 1 as a word, or 0 if the last call failed. */
  succeeded: plain(toyOpcodes.succeeded),
  /** Calls the address in the buffer's first word with the rest as input; ends well on an empty buffer. */
  relay: plain(toyOpcodes.relay),
  /** Puts a word before the buffer: 1 if the last call succeeded, else 0. */
  status: plain(toyOpcodes.status),
  /** Takes bytes from the transaction's memory budget. */
  reserve: (bytes: number) => concatBytes(Uint8Array.of(toyOpcodes.reserve), bigintToBytes(BigInt(bytes), 4)),
} as const;

/** First bytes of a toy program when nothing else is said. */
export const toyPrefix: Uint8Array = Uint8Array.of(0xef, 0x7e, 0x00);

/** A deployable toy program. */
export function toyProgram(operations: readonly Uint8Array[], prefix: Uint8Array = toyPrefix): Uint8Array {
  return concatBytes(prefix, ...operations);
}
