/** Own VM on a chain: deployed, called by a wallet, by an EVM contract, and calling the EVM itself. */
import { createChain, defineChain, type Chain, type Receipt } from "@trireme/chain";
import { addressFromHex, bigintToBytes, bytesToBigint, bytesToHex, createAddress, hexToBytes, type Address } from "@trireme/core";
import { evm } from "@trireme/evm";
import { privateKeyToAccount } from "viem/accounts";
import { ownVm } from "./own-vm.ts";
import { deploying, forwarderCode, totalProgram, twiceProgram } from "./programs.ts";

/** What the story found; its test compares all of it. */
export interface Story {
  readonly kindsOfCode: readonly string[];
  /** Totals that the program returned or logged, after each of the four calls. */
  readonly totals: readonly bigint[];
  /** Who the program saw as its sender, call by call: topic of its log. */
  readonly senders: readonly string[];
  readonly addresses: { readonly wallet: string; readonly program: string; readonly forwarder: string; readonly twice: string };
  /** Whether the same deployment stands on a chain without Own VM (EIP-3541 says no). */
  readonly standsWithoutOwnVm: boolean;
}

const account = privateKeyToAccount(`0x${"07".repeat(32)}`);
const wallet = addressFromHex(account.address);

/** The whole composition: one line for each VM. */
const definition = (environments: Parameters<typeof defineChain>[0]["environments"]) =>
  defineChain({ chainId: 1337, environments, genesis: { accounts: [{ address: wallet, balance: 10n ** 18n }] } });

/** Plays the story and prints it. */
export async function tellStory(print: (line: string) => void): Promise<Story> {
  const chain = await createChain(definition([evm(), ownVm()]));
  let nonce = 0;
  const send = (to: Address | undefined, data: Uint8Array) => sendFrom(chain, nonce++, to, data);
  const deploy = async (code: Uint8Array): Promise<Address> => {
    const address = createAddress(wallet, BigInt(nonce));
    const receipt = await send(undefined, deploying(code));
    if (!receipt.succeeded) throw new Error(`the deployment of ${bytesToHex(code)} failed`);
    return address;
  };

  const program = await deploy(totalProgram);
  print(`Own VM program at ${bytesToHex(program)}, deployed by an EVM create`);
  const forwarder = await deploy(forwarderCode(program));
  print(`EVM forwarder to it at ${bytesToHex(forwarder)}`);
  const twice = await deploy(twiceProgram(forwarder));
  print(`Own VM program at ${bytesToHex(twice)} that calls the forwarder twice`);

  const logs = [];
  for (const [target, amount] of [
    [program, 5n],
    [forwarder, 10n],
    [twice, 100n],
  ] as const) {
    const receipt = await send(target, bigintToBytes(amount, 32));
    for (const log of receipt.logs) {
      print(`  + ${amount} through ${bytesToHex(target)}: total ${bytesToBigint(log.data)}, sender ${addressOfTopic(log.topics[0])}`);
    }
    logs.push(...receipt.logs);
  }

  const state = await chain.stateAt("latest");
  const kindsOfCode = [program, forwarder, twice].map((address) => bytesToHex(state?.getCodeAt(address).slice(0, 3) ?? new Uint8Array(0)));
  await chain.close();

  const without = await createChain(definition([evm()]));
  const { succeeded: standsWithoutOwnVm } = await sendFrom(without, 0, undefined, deploying(totalProgram));
  print(`The same deployment on a chain without Own VM ${standsWithoutOwnVm ? "stands" : "fails (EIP-3541)"}`);
  await without.close();

  return {
    kindsOfCode,
    totals: logs.map(({ data }) => bytesToBigint(data)),
    senders: logs.map(({ topics }) => addressOfTopic(topics[0])),
    addresses: { wallet: bytesToHex(wallet), program: bytesToHex(program), forwarder: bytesToHex(forwarder), twice: bytesToHex(twice) },
    standsWithoutOwnVm,
  };
}

/** Signs with viem, submits, and gives the receipt. */
async function sendFrom(chain: Chain, nonce: number, to: Address | undefined, data: Uint8Array): Promise<Receipt> {
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: 1337,
    nonce,
    gas: 1_000_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    data: bytesToHex(data),
    ...(to === undefined ? {} : { to: bytesToHex(to) }),
  });
  const submitted = await chain.submit(hexToBytes(raw));
  if (submitted.kind === "rejected") throw new Error(submitted.error.message);
  const receipt = await chain.getReceipt(submitted.hash);
  if (receipt === undefined) throw new Error("expected a receipt");
  return receipt;
}

function addressOfTopic(topic: Uint8Array | undefined): string {
  return bytesToHex((topic ?? new Uint8Array(32)).slice(12));
}
