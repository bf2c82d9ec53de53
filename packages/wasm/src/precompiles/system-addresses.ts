/** Addresses of the precompiles, as on Arbitrum. */
import { addressFromHex, type Address } from "@trireme/core";

/** ArbOwnerPublic, of which there is what deployment tools ask: the most fragments of a program. */
export const arbOwnerPublicAddress: Address = addressFromHex("0x000000000000000000000000000000000000006b");
/** ArbWasm: activation, and the account that keeps what the chain knows about programs. */
export const arbWasmAddress: Address = addressFromHex("0x0000000000000000000000000000000000000071");
/** ArbWasmCache: which programs are cached. */
export const arbWasmCacheAddress: Address = addressFromHex("0x0000000000000000000000000000000000000072");
