/** Real SPL tokens: made by a Solana wallet, held and approved by Ethereum wallets and contracts as well. */
import {
  createKeyPairSignerFromPrivateKeyBytes,
  createNoopSigner,
  getAddressDecoder,
  getAddressEncoder,
  isSignerRole,
  isWritableRole,
  type Address as SolanaAddress,
  type Instruction,
} from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  findAssociatedTokenPda,
  getApproveInstruction,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { keccak256, toBytes, toHex, type Hash, type Hex } from "viem";
import { gatewayAbi, gatewayAddress } from "./abi.ts";
import type { Clients, EthereumWallet, Settled } from "./clients.ts";

/** An SPL token. */
export interface Token {
  readonly symbol: string;
  readonly decimals: number;
  readonly mint: SolanaAddress;
}

/** A pubkey as Solidity has it. */
export function bytes32Of(pubkey: SolanaAddress): Hex {
  return toHex(new Uint8Array(getAddressEncoder().encode(pubkey)));
}

/** A pubkey as Solana's clients have it. */
export function pubkeyFromBytes32(bytes: Hex): SolanaAddress {
  return getAddressDecoder().decode(toBytes(bytes));
}

/** The associated token account of an owner of whichever kind. */
export async function tokenAccountOf(owner: SolanaAddress, { mint }: Pick<Token, "mint">): Promise<SolanaAddress> {
  return (await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
}

/** The issuer makes a token and mints `holdings` in whole tokens; it may freeze accounts. */
export async function createToken(
  clients: Clients,
  { symbol, decimals }: Omit<Token, "mint">,
  holdings: readonly (readonly [SolanaAddress, bigint])[],
): Promise<{ readonly token: Token; readonly settled: Settled }> {
  const { rpc, issuer } = clients;
  // A chain may hold the story more than once.
  const height = await rpc.getBlockHeight().send();
  const signer = await createKeyPairSignerFromPrivateKeyBytes(toBytes(keccak256(toBytes(`${symbol} at ${height}`))));
  const mint = signer.address;
  const space = BigInt(getMintSize());
  const lamports = await rpc.getMinimumBalanceForRentExemption(space).send();
  const grants = holdings.map(async ([owner, amount]) => [
    await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: issuer, owner, mint }),
    getMintToInstruction({
      mint,
      token: await tokenAccountOf(owner, { mint }),
      mintAuthority: issuer,
      amount: amount * 10n ** BigInt(decimals),
    }),
  ]);
  const settled = await clients.sendSolana(issuer, [
    getCreateAccountInstruction({ payer: issuer, newAccount: signer, lamports, space, programAddress: TOKEN_PROGRAM_ADDRESS }),
    getInitializeMint2Instruction({ mint, decimals, mintAuthority: issuer.address, freezeAuthority: issuer.address }),
    ...(await Promise.all(grants)).flat(),
  ]);
  return { token: { symbol, decimals, mint }, settled };
}

/** SPL Token's Approve, by an Ethereum wallet: a plain Ethereum transaction to the gateway. */
export async function approve(
  { wallet }: Clients,
  owner: EthereumWallet,
  token: Token,
  delegate: SolanaAddress,
  amount: bigint,
): Promise<Hash> {
  const source = await tokenAccountOf(owner.pubkey, token);
  const instruction = getApproveInstruction({ source, delegate, owner: createNoopSigner(owner.pubkey), amount });
  return wallet.writeContract({
    account: owner.account,
    address: gatewayAddress,
    abi: gatewayAbi,
    functionName: "invoke",
    args: gatewayArguments(instruction),
  });
}

/** What any builder of Solana instructions made, as arguments of the gateway's `invoke`. */
function gatewayArguments({ programAddress, accounts = [], data = new Uint8Array() }: Instruction) {
  const metas = accounts.map(({ address, role }) => {
    return { pubkey: bytes32Of(address), isSigner: isSignerRole(role), isWritable: isWritableRole(role) };
  });
  return [bytes32Of(programAddress), metas, toHex(new Uint8Array(data))] as const;
}
