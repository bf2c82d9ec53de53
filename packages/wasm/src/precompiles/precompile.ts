/** What stands around a precompile's methods: selectors, who may call what, and what calls cost (nitro, precompiles/precompile.go). */
import { emptyBytes, equalBytes, type Address, type CallMessage, type ExecutionResult, type Host } from "@trireme/core";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import { selectorIn, selectorOf, signatureHash, type AbiWord, encodeWords } from "./abi.ts";

/** What precompiles know about the chain. */
export interface PrecompileRules {
  readonly parameters: StylusParameters;
  readonly isDebug: boolean;
  /** Who may cache and evict programs. */
  readonly cacheManagers: readonly Address[];
  /** Who gets the fee for a program's data; the block's coinbase where absent. */
  readonly feeAccount: Address | undefined;
}

/** One call of a precompile. */
export interface PrecompileCall {
  readonly host: Host;
  readonly message: CallMessage;
  readonly rules: PrecompileRules;
  /** Gas left. */
  readonly gas: GasBurner;
}

/** Gas of one call; it throws when it does not suffice. */
export interface GasBurner {
  readonly left: bigint;
  burn(gas: number): void;
  /** Ends the call unless so much gas is left; takes nothing. */
  need(gas: number): void;
}

/** A method: it gets the words of its arguments, and gives its encoded result. */
export interface PrecompileMethod {
  readonly signature: string;
  /** `view` reads, `write` writes, `payable` may be sent value as well. */
  readonly kind: "view" | "write" | "payable";
  /** The first ArbOS version that has it; all have it where absent. */
  readonly since?: number;
  readonly run: (call: PrecompileCall, ...words: Uint8Array[]) => Uint8Array;
}

/** Runs whichever method the calldata names. */
export type Precompile = (call: Omit<PrecompileCall, "gas">) => ExecutionResult;

/** Ends a call with a revert. */
export class PrecompileRevert extends Error {
  readonly output: Uint8Array;
  readonly burnsAll: boolean;

  constructor(output: Uint8Array, message: string, burnsAll = false) {
    super(message);
    this.output = output;
    this.burnsAll = burnsAll;
  }
}

/** Ends a call for which the gas does not suffice. */
class OutOfGas extends Error {}

/** Reading the chain's version before any method. */
export const storageReadGas = 800;
/** A storage write of the chain's own. */
export const storageWriteGas = 20_000;
const wordGas = 3;
const logGas = 375;
const logByteGas = 8;

/** A precompile of these methods at an address. */
export function createPrecompile(address: Address, methods: readonly PrecompileMethod[]): Precompile {
  const bySelector = new Map(methods.map((method) => [selectorOf(method.signature), { method, count: argumentCount(method.signature) }]));
  return ({ host, message, rules }) => {
    const { input } = message;
    const found = input.length < 4 ? undefined : bySelector.get(selectorIn(input));
    if (found === undefined) return refused("no such method");
    const { method, count } = found;
    if (method.since !== undefined && rules.parameters.arbosVersion < method.since) return refused("no such method yet");
    // Its own account is all it works on: by delegate call it has no power.
    if (!equalBytes(message.recipient, address)) return refused("called by delegate call");
    if (method.kind !== "view" && message.isStatic) return refused("a write in a static call");
    if (method.kind !== "payable" && message.value > 0n) return refused("not payable");
    const gas = createGasBurner(message.gas);
    try {
      gas.burn(copyGas(input.length - 4));
      gas.burn(storageReadGas);
      if (input.length < 4 + 32 * count) return refused("arguments cut short");
      const words = Array.from({ length: count }, (_, index) => input.slice(4 + 32 * index, 36 + 32 * index));
      const output = method.run({ host, message, rules, gas }, ...words);
      gas.burn(copyGas(output.length));
      return { kind: "success", gasLeft: gas.left, gasRefund: 0n, output };
    } catch (error) {
      if (error instanceof OutOfGas) return { kind: "halt", reason: "outOfGas" };
      if (!(error instanceof PrecompileRevert)) throw error;
      if (error.burnsAll) return refused(error.message);
      return revertWith(gas, error);
    }
  };
}

/** Emits an event of the precompile; `topics` without the signature's. */
export function emitEvent(
  { host, message, gas }: PrecompileCall,
  signature: string,
  topics: readonly AbiWord[],
  data: readonly AbiWord[],
): void {
  const bytes = encodeWords(...data);
  gas.burn(logGas * (2 + topics.length) + logByteGas * bytes.length);
  host.emitLog({
    address: message.recipient,
    topics: [signatureHash(signature), ...topics.map((topic) => encodeWords(topic))],
    data: bytes,
  });
}

/** Gas for arguments and results, by words. */
function copyGas(bytes: number): number {
  return wordGas * Math.ceil(bytes / 32);
}

/** Number of arguments, which all take one word. */
function argumentCount(signature: string): number {
  const list = signature.slice(signature.indexOf("(") + 1, -1);
  return list === "" ? 0 : list.split(",").length;
}

/** Misuse of a precompile takes all gas. */
function refused(error: string): ExecutionResult {
  return { kind: "revert", gasLeft: 0n, output: emptyBytes, error };
}

function revertWith(gas: GasBurner, { output, message }: PrecompileRevert): ExecutionResult {
  try {
    gas.burn(copyGas(output.length));
  } catch (error) {
    if (error instanceof OutOfGas) return refused(message);
    throw error;
  }
  return { kind: "revert", gasLeft: gas.left, output, error: message };
}

function createGasBurner(given: bigint): GasBurner {
  let left = given;
  return {
    get left() {
      return left;
    },
    burn(gas) {
      this.need(gas);
      left -= BigInt(gas);
    },
    need(gas) {
      if (left < BigInt(gas)) throw new OutOfGas();
    },
  };
}
