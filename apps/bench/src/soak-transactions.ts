/** Transactions of the chain that is soaked, all different: payments, transfers of a token in the EVM, of one in the SVM. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import {
  addressFromBytes,
  concatBytes,
  emptyBytes,
  encodeDialectEnvelope,
  hexToBytes,
  pubkeyFromBytes,
  toAddress,
  type Address,
  type Hash,
  type Pubkey,
} from "@trireme/core";
import { addressOfPrivateKey, signTransaction } from "@trireme/ethereum";
import { encodeMessage, encodeWire, programIds, tokenProgramIds } from "@trireme/svm";

/** Chain id of the soaked chain. */
export const soakChainId = 31337n;
/** Moves one unit from the caller's slot to the slot that calldata names. */
export const slotToken = {
  address: addressFromBytes(new Uint8Array(20).fill(0xc7)),
  code: hexToBytes("0x33546001900333555f35546001015f355500"),
};

const senders = 200;
const wallets = Array.from({ length: senders }, (_, index) => {
  const privateKey = concatBytes(new Uint8Array(30).fill(1), Uint8Array.of(index >> 8, index & 0xff));
  return { privateKey, address: addressOfPrivateKey(privateKey) };
});
const owners = Array.from({ length: senders }, (_, index) => keyPair(1 + index));
const tokens = owners.map((_, index) => keyPair(1_001 + index).pubkey);
const mint = keyPair(9_999).pubkey;
const [splToken] = tokenProgramIds;

/** Who must have ether. */
export function payers(): readonly Address[] {
  return [...wallets.map(({ address }) => address), ...owners.map(({ pubkey }) => toAddress(pubkey))];
}

/** The mint, and a token account for each owner. */
export function tokenAccounts(): readonly { readonly key: Pubkey; readonly owner: Pubkey; readonly data: Uint8Array }[] {
  const amount = 10n ** 12n;
  const mintData = concatBytes(new Uint8Array(36), u64(amount * BigInt(senders)), Uint8Array.of(6, 1), new Uint8Array(36));
  const accounts = owners.map(({ pubkey }, index) => ({
    key: tokens[index] as Pubkey,
    owner: splToken,
    data: concatBytes(mint, pubkey, u64(amount), new Uint8Array(36), Uint8Array.of(1), new Uint8Array(56)),
  }));
  return [{ key: mint, owner: splToken, data: mintData }, ...accounts];
}

/** What a block is made of: each kind in turn where there are several. */
export type SoakKind = "transfer" | "token" | "SPL";

/** Signs transactions; the nonces of its senders rise. */
export function createSoakSigner() {
  const nonces = wallets.map(() => 0n);
  let made = 0;
  const ethereum = (kind: "transfer" | "token", from: number, to: number): Uint8Array => {
    const nonce = nonces[from] as bigint;
    nonces[from] = nonce + 1n;
    const { privateKey } = wallets[from] as (typeof wallets)[number];
    const { address } = wallets[to] as (typeof wallets)[number];
    const fields =
      kind === "transfer"
        ? { to: address, value: 1n, data: emptyBytes, gasLimit: 21_000n }
        : { to: slotToken.address, value: 0n, data: concatBytes(new Uint8Array(12), address), gasLimit: 80_000n };
    const fees = { maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 9n };
    const rest = { accessList: [], maxFeePerBlobGas: 0n, blobVersionedHashes: [], authorizationList: [] };
    return signTransaction({ type: 2, chainId: soakChainId, nonce, ...fields, ...fees, ...rest }, privateKey);
  };
  const solana = (from: number, to: number, blockhash: Hash): Uint8Array => {
    const { pubkey, signer } = owners[from] as (typeof owners)[number];
    // The price makes the message another one each time.
    const price = concatBytes(Uint8Array.of(3), u64(10_000_000n + BigInt(made)));
    const message = encodeMessage({
      version: "legacy",
      requiredSignatures: 1,
      readonlySigned: 0,
      readonlyUnsigned: 2,
      staticAccounts: [pubkey, tokens[from] as Pubkey, tokens[to] as Pubkey, splToken, programIds.computeBudget],
      blockhash,
      instructions: [
        { programIndex: 4, accountIndices: new Uint8Array(0), data: price },
        { programIndex: 3, accountIndices: Uint8Array.of(1, 2, 0), data: concatBytes(Uint8Array.of(3), u64(1n)) },
      ],
      lookups: [],
      config: undefined,
    });
    return encodeDialectEnvelope({ dialect: "solana", payload: encodeWire([Uint8Array.from(sign(null, message, signer))], message) });
  };
  return (kinds: readonly SoakKind[], blockhash: Hash): Uint8Array => {
    const kind = kinds[made % kinds.length] as SoakKind;
    const from = Math.floor(made / kinds.length) % senders;
    const to = (from * 7 + made + 1) % senders;
    made++;
    return kind === "SPL" ? solana(from, to === from ? (to + 1) % senders : to, blockhash) : ethereum(kind, from, to);
  };
}

function keyPair(number: number) {
  const seed = Buffer.alloc(32, 0x3c);
  seed.writeUInt32LE(number);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const signer = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    signer,
    pubkey: pubkeyFromBytes(Uint8Array.from(createPublicKey(signer).export({ format: "der", type: "spki" }).subarray(-32))),
  };
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
