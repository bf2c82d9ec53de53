/** The libraries that check signatures, by themselves: as fast as anything that uses them can be. */
import { createPublicKey, verify } from "node:crypto";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { bigintToBytes, concatBytes, keccak256 } from "@trireme/core";
import { decodeSignedTransaction, portableRecovery } from "@trireme/ethereum";
import { decodeWire } from "@trireme/svm";
import secp256k1 from "secp256k1";

/** A library, and one call of it for each transaction. */
export interface BareLibrary {
  readonly name: string;
  readonly check: (index: number) => void;
  /** Calls per second of so many threads together, by the clock; absent where the library is not native. */
  readonly onThreads?: (count: number) => (milliseconds: number) => Promise<number>;
}

/** What is used of sodium-native. */
interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** Recovery of who signed Ethereum's transactions: by the native library, and by the one in JavaScript. */
export function recoveries(raws: readonly Uint8Array[]): readonly BareLibrary[] {
  const calls = raws.map((raw) => {
    const { signature, signed } = decodeSignedTransaction(raw);
    const { r, s, yParity } = signature;
    return [outside(concatBytes(bigintToBytes(r, 32), bigintToBytes(s, 32))), yParity, outside(keccak256(signed))] as const;
  });
  const at = (index: number) => calls[index] as (typeof calls)[number];
  return [
    {
      name: "secp256k1, native",
      check: (index) => {
        const [signature, recovery, hash] = at(index);
        secp256k1.ecdsaRecover(signature, recovery, hash, false);
      },
      onThreads: onThreads("secp256k1/bindings.js", calls),
    },
    {
      name: "noble, JavaScript, the fallback",
      check: (index) => {
        const [signature, recovery, hash] = at(index);
        if (portableRecovery(signature, recovery, hash) === undefined) throw new Error("a signature did not hold");
      },
    },
  ];
}

/** Verification of Solana's transactions: by the optional native library where it is installed, and by Node's own. */
export function verifications(wires: readonly Uint8Array[]): readonly BareLibrary[] {
  const calls = wires.map((bytes) => {
    const decoded = decodeWire(bytes);
    if (decoded.kind === "invalid") throw new Error(decoded.message);
    const { signatures, message, messageBytes } = decoded.wire;
    return [signatures[0], messageBytes, message.staticAccounts[0]].map((part) => outside(part as Uint8Array)) as [
      signature: Uint8Array,
      message: Uint8Array,
      key: Uint8Array,
    ];
  });
  const at = (index: number) => calls[index] as (typeof calls)[number];
  const assertHolds = (holds: boolean): void => {
    if (!holds) throw new Error("a signature did not hold");
  };
  const spki = Buffer.from("302a300506032b6570032100", "hex");
  const keys = calls.map(([, , key]) => createPublicKey({ key: Buffer.concat([spki, key]), format: "der", type: "spki" }));
  const own: BareLibrary = {
    name: "Node's OpenSSL, keys imported, the fallback",
    check: (index) => {
      const [signature, message] = at(index);
      assertHolds(verify(null, message, keys[index] as (typeof keys)[number], signature));
    },
  };
  const sodium = loadSodium();
  if (sodium === undefined) return [own];
  const native: BareLibrary = {
    name: "sodium-native",
    check: (index) => assertHolds(sodium.crypto_sign_verify_detached(...at(index))),
    onThreads: onThreads("sodium-native", calls),
  };
  return [native, own];
}

function onThreads(library: string, calls: readonly unknown[]): NonNullable<BareLibrary["onThreads"]> {
  return (count) => {
    const start = (): Worker =>
      new Worker(new URL("./bare-checks-worker.mjs", import.meta.url), { workerData: { library, calls } }).on("error", (error) => {
        throw error;
      });
    let threads: readonly Worker[] | undefined;
    return async (milliseconds) => {
      threads ??= Array.from({ length: count }, start);
      const rates = threads.map((thread) => new Promise<number>((resolve) => void thread.once("message", resolve)));
      for (const thread of threads) {
        thread.ref();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        thread.postMessage(milliseconds);
      }
      const sum = (await Promise.all(rates)).reduce((total, rate) => total + rate, 0);
      for (const thread of threads) thread.unref();
      return sum;
    };
  };
}

/** Off V8's heap, where native code would have to move small arrays from. */
function outside(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch {
    return undefined;
  }
}
