/** 20-byte account addresses: the key under which every account of every VM is stored. */
import type { Brand } from "./brand.ts";
import { bigintToBytes, bytesToHex, concatBytes, hexToBytes, type Hex } from "./bytes.ts";
import { TriremeError } from "./errors.ts";
import { keccak256 } from "./keccak/keccak.ts";

/** 20 bytes. Never written to after it was made. */
export type Address = Brand<Uint8Array, "Address">;

/** The address of 20 zero bytes. */
export const zeroAddress: Address = new Uint8Array(20) as Address;

/** Brands 20 bytes; the array is not copied. @throws TriremeError `INVALID_ADDRESS` on another length. */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 20) throw new TriremeError("INVALID_ADDRESS", `expected an address of 20 bytes, got ${bytes.length}`);
  return bytes as Address;
}

/** Reads `0x` and 40 hexadecimal digits; the EIP-55 checksum is not judged. @throws TriremeError `INVALID_ADDRESS` */
export function addressFromHex(hex: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(hex)) {
    throw new TriremeError(
      "INVALID_ADDRESS",
      `expected an address of 0x and 40 hexadecimal digits, got ${JSON.stringify(hex.slice(0, 80))}`,
    );
  }
  return hexToBytes(hex) as Address;
}

/** Lower-case `0x` form. */
export function addressToHex(address: Address): Hex {
  return bytesToHex(address);
}

/** EIP-55: mixed-case `0x` form whose case is a checksum. */
export function addressToChecksumHex(address: Address): Hex {
  const lower = bytesToHex(address).slice(2);
  const digest = keccak256(new TextEncoder().encode(lower));
  let checksummed = "0x";
  for (let index = 0; index < 40; index++) {
    const nibble = ((digest[index >> 1] as number) >> (index % 2 === 0 ? 4 : 0)) & 0xf;
    const digit = lower[index] as string;
    checksummed += nibble >= 8 ? digit.toUpperCase() : digit;
  }
  return checksummed as Hex;
}

/** Address of a contract made by CREATE: the last 20 bytes of keccak256(rlp([sender, nonce])). */
export function createAddress(sender: Address, nonce: bigint): Address {
  let encodedNonce: Uint8Array;
  if (nonce === 0n) encodedNonce = Uint8Array.of(0x80);
  else if (nonce < 0x80n) encodedNonce = Uint8Array.of(Number(nonce));
  else {
    const bytes = bigintToBytes(nonce, Math.ceil(nonce.toString(16).length / 2));
    encodedNonce = concatBytes(Uint8Array.of(0x80 + bytes.length), bytes);
  }
  const payload = concatBytes(Uint8Array.of(0x80 + 20), sender, encodedNonce);
  return keccak256(concatBytes(Uint8Array.of(0xc0 + payload.length), payload)).slice(12) as Address;
}

/** Address of a contract made by CREATE2 (EIP-1014): keccak256(0xff ‖ sender ‖ salt ‖ keccak256(initCode)), last 20 bytes. */
export function create2Address(sender: Address, salt: Uint8Array, initCode: Uint8Array): Address {
  return keccak256(concatBytes(Uint8Array.of(0xff), sender, salt, keccak256(initCode))).slice(12) as Address;
}
