/** The auction's life on the chain: opened, closed, read. */
import { encodeDeployData, parseEther, type Address, type Hex } from "viem";
import { arbWasmAbi, arbWasmAddress, faceAbi, gatewayAbi, gatewayAddress, houseAbi } from "./abi.ts";
import type { House } from "./bidders.ts";
import { bytes32Of, pubkeyFromBytes32, type Clients, type Settled } from "./clients.ts";
import type { CompiledContracts } from "./contracts.ts";
import { tokenAccountOf, type Token } from "./tokens.ts";

/** Seconds that an auction takes orders. */
const duration = 3_600;

/** Sends a transaction of the first Ethereum wallet; @throws (rejects) when it fails */
async function send(clients: Clients, data: Hex, value: bigint, to?: Address): Promise<Settled & { readonly contract: Hex | undefined }> {
  const [account] = clients.ethereum;
  if (account === undefined) throw new Error("expected an Ethereum wallet");
  const settled = await clients.settle(await clients.viem.sendTransaction({ account, data, value, ...(to === undefined ? {} : { to }) }));
  if (!settled.hasSucceeded) throw new Error(`the transaction ${settled.id} was reverted`);
  return settled;
}

/** Deploys the engine and activates it. */
export async function deployEngine(clients: Clients, { engine }: CompiledContracts): Promise<Address> {
  const { contract } = await send(clients, engine, 0n);
  const [account] = clients.ethereum;
  const call = { address: arbWasmAddress, abi: arbWasmAbi, functionName: "activateProgram", args: [contract as Address] } as const;
  const { hasSucceeded } = await clients.settle(
    await clients.viem.writeContract({ account: account!, ...call, value: parseEther("0.01") }),
  );
  if (!hasSucceeded) throw new Error("the activation failed");
  return contract as Address;
}

/** Opens an auction of `base` in lots of `lotSize` units against `quote`. */
export async function openAuction(
  clients: Clients,
  { house }: CompiledContracts,
  engine: Address,
  { base, quote, lotSize }: Pick<House, "base" | "quote" | "lotSize">,
): Promise<House> {
  const { viem } = clients;
  const { timestamp } = await viem.getBlock();
  const mints = [bytes32Of(base.mint), bytes32Of(quote.mint)] as const;
  const args = [engine, ...mints, lotSize, timestamp + BigInt(duration)] as const;
  // Its two vaults' rent.
  const { contract } = await send(clients, encodeDeployData({ abi: houseAbi, bytecode: house, args }), parseEther("0.01"));
  const address = contract as Address;
  const pubkey = await viem.readContract({ address: gatewayAddress, abi: gatewayAbi, functionName: "pubkeyOf", args: [address] });
  return { address, pubkey: pubkeyFromBytes32(pubkey), base, quote, lotSize };
}

/** Lets the time of all auctions pass. */
export async function passTime({ viem }: Clients): Promise<void> {
  await viem.increaseTime({ seconds: duration });
  await viem.mine({ blocks: 1 });
}

/** Closes the auction, by whoever is there. */
export async function closeAuction({ viem, ethereum, settle }: Clients, { address }: House): Promise<Settled> {
  return settle(await viem.writeContract({ account: ethereum[0]!, address, abi: houseAbi, functionName: "close" }));
}

/** The orders, their fills and the price. */
export async function readAuction({ viem }: Clients, { address }: House) {
  const call = { address, abi: houseAbi } as const;
  const [book, price, volume] = await Promise.all([
    viem.readContract({ ...call, functionName: "book" }),
    viem.readContract({ ...call, functionName: "price" }),
    viem.readContract({ ...call, functionName: "volume" }),
  ]);
  return { book, price, volume };
}

/** Units of a token that an owner holds, by kit. */
export async function holdingOf({ rpc }: Clients, owner: House["pubkey"], token: Token): Promise<bigint> {
  const { value } = await rpc.getTokenAccountBalance(await tokenAccountOf(owner, token)).send();
  return BigInt(value.amount);
}

/** The same by viem, from the token's ERC-20 face: an address alone does not tell the key of a Solana wallet. */
export function balanceOf({ viem }: Clients, owner: House["pubkey"], { face }: Token): Promise<bigint> {
  return viem.readContract({ address: face, abi: faceAbi, functionName: "balanceOfKey", args: [bytes32Of(owner)] });
}
