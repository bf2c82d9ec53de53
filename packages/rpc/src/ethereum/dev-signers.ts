/** Keys that the node itself holds, on development chains: for eth_sendTransaction, eth_sign and their relatives. */
import { addressToHex, bigintToBytes, bytesToHex, concatBytes, keccak256, type Address, type Hex } from "@trireme/core";
import { signHash, signTransaction, type UnsignedTransaction } from "@trireme/ethereum";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";

/** A key and its address. */
export interface DevSigner {
  readonly address: Address;
  /** secp256k1, 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** The keys of a node. */
export interface DevSigners {
  readonly addresses: readonly Address[];
  has(address: Address): boolean;
  /** r ‖ s ‖ v, v 27 or 28. @throws RpcError "unknown account" */
  signHash(address: Address, hash: Uint8Array): Hex;
  /** Raw bytes of the signed transaction. @throws RpcError "unknown account" */
  signTransaction(address: Address, transaction: UnsignedTransaction): Uint8Array;
}

/** Makes signers of keys. */
export function createDevSigners(accounts: readonly DevSigner[]): DevSigners {
  const keys = new Map(accounts.map((account) => [addressToHex(account.address), account.privateKey]));

  function keyOf(address: Address): Uint8Array {
    const key = keys.get(addressToHex(address));
    if (key === undefined) {
      const held = keys.size === 0 ? "this node holds no keys" : `this node holds the keys of eth_accounts, ${keys.size} of them`;
      throw new RpcError(rpcErrorCodes.server, `unknown account ${addressToHex(address)}: ${held}`);
    }
    return key;
  }

  return {
    addresses: accounts.map((account) => account.address),
    has: (address) => keys.has(addressToHex(address)),
    signHash(address, hash) {
      const { r, s, yParity } = signHash(hash, keyOf(address));
      return bytesToHex(concatBytes(bigintToBytes(r, 32), bigintToBytes(s, 32), Uint8Array.of(27 + yParity)));
    },
    signTransaction: (address, transaction) => signTransaction(transaction, keyOf(address)),
  };
}

/** EIP-191, version 0x45: what eth_sign and personal_sign sign. */
export function personalMessageHash(message: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`\u0019Ethereum Signed Message:\n${message.length}`);
  return keccak256(concatBytes(prefix, message));
}
