/** What a caller gets who calls an SVM account as if it were a contract (rule 16). */
import { bigintToBytes, concatBytes } from "@trireme/core";

const TEXT = "SVM account: call it through the SVM gateway, invoke(program, accounts, data)";

/** Revert data: Solidity's `Error(string)`. */
export const gatewayErrorData: Uint8Array = encode(TEXT);

function encode(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padding = new Uint8Array((32 - (bytes.length % 32)) % 32);
  return concatBytes(
    Uint8Array.of(0x08, 0xc3, 0x79, 0xa0),
    bigintToBytes(32n, 32),
    bigintToBytes(BigInt(bytes.length), 32),
    bytes,
    padding,
  );
}
