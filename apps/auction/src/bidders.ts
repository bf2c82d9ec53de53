/** Who bids: Ethereum wallets by Ethereum transactions, Solana wallets by Solana transactions, the same contract and the same tokens. */
import { AccountRole, type Address as SolanaAddress, type Instruction, type KeyPairSigner } from "@solana/kit";
import { getApproveInstruction } from "@solana-program/token";
import { encodeFunctionData, erc20Abi, toBytes, type Address, type PrivateKeyAccount } from "viem";
import { gatewayAbi, gatewayAddress, houseAbi } from "./abi.ts";
import { bytes32Of, pubkeyFromBytes32, type Clients, type Settled } from "./clients.ts";
import { tokenAccountOf, type Token } from "./tokens.ts";

/** An order before it is placed. */
export interface Bid {
  readonly isBuy: boolean;
  readonly lots: number;
  /** Quote units for a lot. */
  readonly limit: bigint;
}

/** The auction as a bidder sees it. */
export interface House {
  readonly address: Address;
  /** The name under which Solana's programs know it. */
  readonly pubkey: SolanaAddress;
  readonly base: Token;
  readonly quote: Token;
  readonly lotSize: bigint;
}

/** Somebody with a wallet. */
export interface Bidder {
  readonly name: string;
  readonly kind: "Ethereum" | "Solana";
  readonly pubkey: SolanaAddress;
  /** Allows the deposit and places the order. */
  place(house: House, bid: Bid): Promise<Settled>;
}

/** A wallet of viem's: `approve` of the token as an ERC-20, then `place`. */
export async function ethereumBidder(clients: Clients, name: string, account: PrivateKeyAccount): Promise<Bidder> {
  const { viem, settle } = clients;
  const pubkey = pubkeyFromBytes32(
    await viem.readContract({ address: gatewayAddress, abi: gatewayAbi, functionName: "pubkeyOf", args: [account.address] }),
  );
  return {
    name,
    kind: "Ethereum",
    pubkey,
    async place(house, bid) {
      const { token, amount } = depositOf(house, bid);
      const approval = { address: token.face, abi: erc20Abi, functionName: "approve", args: [house.address, amount] } as const;
      await settle(await viem.writeContract({ account, ...approval }));
      const call = { address: house.address, abi: houseAbi, functionName: "place" } as const;
      return settle(await viem.writeContract({ account, ...call, args: [bytes32Of(pubkey), bid.isBuy, bid.lots, bid.limit] }));
    },
  };
}

/** A wallet of kit's: one transaction with SPL Token's Approve and an instruction to the contract. */
export function solanaBidder(clients: Clients, name: string, signer: KeyPairSigner): Bidder {
  const { sendSolana } = clients;
  return {
    name,
    kind: "Solana",
    pubkey: signer.address,
    async place(house, bid) {
      return sendSolana(signer, await orderInstructions(clients, house, signer, bid));
    },
  };
}

/** What a Solana wallet signs to order. */
export async function orderInstructions(clients: Clients, house: House, signer: KeyPairSigner, bid: Bid): Promise<readonly Instruction[]> {
  return [...(await contractFee(clients)), await approveInstruction(house, signer, bid), placeInstruction(house, signer, bid)];
}

/** SPL Token's Approve of an order's deposit, with the house as delegate. */
export async function approveInstruction(house: House, owner: KeyPairSigner, bid: Bid): Promise<Instruction> {
  const { token, amount } = depositOf(house, bid);
  return getApproveInstruction({ source: await tokenAccountOf(owner.address, token), delegate: house.pubkey, owner, amount });
}

/** An instruction whose program is a contract: its data is calldata, its first account is msg.sender. */
function placeInstruction(house: House, signer: KeyPairSigner, { isBuy, lots, limit }: Bid): Instruction {
  const args = [bytes32Of(signer.address), isBuy, lots, limit] as const;
  const sender = { address: signer.address, role: AccountRole.WRITABLE_SIGNER, signer };
  return {
    programAddress: house.pubkey,
    accounts: [sender],
    data: toBytes(encodeFunctionData({ abi: houseAbi, functionName: "place", args })),
  };
}

const computeBudgetProgram = "ComputeBudget111111111111111111111111111111" as SolanaAddress;
const computeUnits = 400_000;

/** What a message that names a contract has to offer: a price of at least the base fee for each unit. */
export async function contractFee({ viem }: Clients): Promise<readonly Instruction[]> {
  const { baseFeePerGas } = await viem.getBlock();
  const limit = new DataView(new ArrayBuffer(5));
  limit.setUint8(0, 2);
  limit.setUint32(1, computeUnits, true);
  const price = new DataView(new ArrayBuffer(9));
  price.setUint8(0, 3);
  // In micro-lamports, of 1,000 wei each; twice the base fee, since that of the next block may be higher.
  price.setBigUint64(1, (2n * (baseFeePerGas ?? 0n) + 999n) / 1000n, true);
  return [limit, price].map(({ buffer }) => ({ programAddress: computeBudgetProgram, data: new Uint8Array(buffer) }));
}

/** What an order gives away at most. */
function depositOf({ base, quote, lotSize }: House, { isBuy, lots, limit }: Bid): { readonly token: Token; readonly amount: bigint } {
  return isBuy ? { token: quote, amount: BigInt(lots) * limit } : { token: base, amount: BigInt(lots) * lotSize };
}
