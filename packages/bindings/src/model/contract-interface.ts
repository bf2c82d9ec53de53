/** What an ABI says of a contract. */
import type { Definitions, Field } from "./type.ts";

/** How a function meets state and value. */
export type StateMutability = "pure" | "view" | "nonpayable" | "payable";

/** A function. */
export interface Method {
  readonly name: string;
  /** As in `transfer(address,uint256)`. */
  readonly signature: string;
  /** 4 bytes. */
  readonly selector: Uint8Array;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  readonly stateMutability: StateMutability;
}

/** A parameter of an event. */
export interface EventField extends Field {
  readonly isIndexed: boolean;
}

/** An event. */
export interface ContractEvent {
  readonly name: string;
  readonly fields: readonly EventField[];
  readonly isAnonymous: boolean;
}

/** A custom error. */
export interface ContractError {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** A parameter in an ABI's JSON. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly indexed?: boolean;
  readonly components?: readonly AbiParameter[];
}

/** An entry of an ABI's JSON, without what bindings do not use. */
export interface AbiEntry {
  readonly type: "function" | "event" | "error" | "constructor" | "receive" | "fallback";
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: StateMutability;
  readonly anonymous?: boolean;
}

/** A contract to be called. */
export interface ContractInterface {
  readonly kind: "contract";
  readonly name: string;
  /** Structs. */
  readonly definitions: Definitions;
  readonly methods: readonly Method[];
  readonly events: readonly ContractEvent[];
  readonly errors: readonly ContractError[];
  /** The ABI itself: names are identifiers or empty, types are known ones. */
  readonly abi: readonly AbiEntry[];
}
