/** Real SPL tokens, made by a Solana wallet; every holder has an associated token account. */
import { createKeyPairSignerFromPrivateKeyBytes, type Address as SolanaAddress } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { keccak256, toBytes, type Address } from "viem";
import { gatewayAbi, gatewayAddress } from "./abi.ts";
import { bytes32Of, type Clients } from "./clients.ts";

/** An SPL token with 6 decimals. */
export interface Token {
  readonly symbol: string;
  readonly mint: SolanaAddress;
  /** Where its ERC-20 face answers. */
  readonly face: Address;
}

/** Decimals of both tokens. */
export const decimals = 6;

/** The associated token account of an owner of whichever kind. */
export async function tokenAccountOf(owner: SolanaAddress, { mint }: Pick<Token, "mint">): Promise<SolanaAddress> {
  return (await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
}

/** The first Solana wallet makes a token and mints `holdings`, in units. */
export async function createToken(
  clients: Clients,
  symbol: string,
  holdings: readonly (readonly [SolanaAddress, bigint])[],
): Promise<Token> {
  const { rpc, viem, solana, sendSolana } = clients;
  const [issuer] = solana;
  if (issuer === undefined) throw new Error("expected a Solana wallet");
  const signer = await createKeyPairSignerFromPrivateKeyBytes(toBytes(keccak256(toBytes(`mint of ${symbol}`))));
  const mint = signer.address;
  const space = BigInt(getMintSize());
  const lamports = await rpc.getMinimumBalanceForRentExemption(space).send();
  const creation = [
    getCreateAccountInstruction({ payer: issuer, newAccount: signer, lamports, space, programAddress: TOKEN_PROGRAM_ADDRESS }),
    getInitializeMint2Instruction({ mint, decimals, mintAuthority: issuer.address, freezeAuthority: issuer.address }),
  ];
  const grants = await Promise.all(
    holdings.map(async ([owner, amount]) => [
      await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: issuer, owner, mint }),
      getMintToInstruction({ mint, token: await tokenAccountOf(owner, { mint }), mintAuthority: issuer, amount }),
    ]),
  );
  // A Solana transaction has 1,232 bytes: three holders fit.
  for (const instructions of [creation, ...grants.map((_, at) => grants.slice(at, at + 3).flat()).filter((_, at) => at % 3 === 0)]) {
    const { hasSucceeded, id } = await sendSolana(issuer, instructions);
    if (!hasSucceeded) throw new Error(`making ${symbol} failed: ${id}`);
  }
  const face = await viem.readContract({ address: gatewayAddress, abi: gatewayAbi, functionName: "addressOf", args: [bytes32Of(mint)] });
  return { symbol, mint, face };
}
