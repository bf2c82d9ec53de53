// What a contract imports from "@trireme/contract-as".
import { Address } from "./address";
import { Bytes32 } from "./bytes32";
import { StorageValue } from "./storage/value";
import { u256 } from "./u256";

export { Address } from "./address";
export { Bytes } from "./bytes";
export { Bytes32 } from "./bytes32";
export { call, CallResult, create, create2, delegateCall, staticCall, transfer } from "./call";
export { block, gasLeft, inkLeft, msg, self, tx } from "./context";
export { lock, unlock } from "./guard";
export { keccak256 } from "./keccak";
export { keep, mark } from "./memory";
export { panic, require, revert, revertEmpty, revertWith } from "./revert";
export { StorageArray } from "./storage/array";
export { StorageBytes, StorageString } from "./storage/bytes";
export { StorageMapping } from "./storage/mapping";
export { StorageValue } from "./storage/value";
export { flushStorage } from "./storage/word";
export { AccountMeta, Erc20Face, SplToken, Svm } from "./svm";
export { u256 } from "./u256";

/** Marks a field of an event as indexed. */
export type Indexed<T> = T;
export type StorageU256 = StorageValue<u256>;
export type StorageU64 = StorageValue<u64>;
export type StorageBool = StorageValue<bool>;
export type StorageAddress = StorageValue<Address>;
export type StorageBytes32 = StorageValue<Bytes32>;
