// A chain in process, from the published packages: 1 ether from one account to another.
import { createChain, defineChain } from "@trireme/chain";
import { addressFromHex } from "@trireme/core";
import { signTransaction } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { deriveDevAccounts } from "@trireme/node";

const [sender, receiver] = deriveDevAccounts(undefined, 2);
const chain = await createChain(
  defineChain({
    chainId: 7n,
    environments: [evm()],
    genesis: { accounts: [{ address: sender.address, balance: 10n ** 19n }] },
  }),
);
const transaction = signTransaction(
  {
    type: 2,
    chainId: 7n,
    nonce: 0n,
    gasLimit: 21_000n,
    to: receiver.address,
    value: 10n ** 18n,
    data: new Uint8Array(0),
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    accessList: [],
    maxFeePerBlobGas: 0n,
    blobVersionedHashes: [],
    authorizationList: [],
  },
  sender.privateKey,
);
const submitted = await chain.submit(transaction);
if (submitted.kind !== "accepted") throw new Error(submitted.error.message);
const account = await chain.getAccount(receiver.address);
if (account?.balance !== 10n ** 18n) throw new Error(`expected 1 ether, got ${account?.balance}`);
// Code that runs in the engine: the identity precompile.
const { result } = await chain.call({ to: addressFromHex("0x0000000000000000000000000000000000000004"), data: Uint8Array.of(1, 2, 3) });
if (result.kind !== "success" || result.output.length !== 3) throw new Error("the identity precompile did not answer");
console.log(`block ${chain.head.header.number}`);
await chain.close();
