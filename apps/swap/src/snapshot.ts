/** Who owns what, as both dialects' clients see it: viem on Ethereum's port, kit on Solana's. */
import { getAddressEncoder, type Address as SolanaAddress } from "@solana/kit";
import { addressToHex, pubkeyFromBytes, toAddress } from "@trireme/core";
import { erc20Abi, type Address, type Hex } from "viem";
import { faceAbi } from "./abi.ts";
import type { Clients } from "./clients.ts";
import type { Market } from "./market.ts";
import { bytes32Of, tokenAccountOf, type Token } from "./tokens.ts";

/** Tokens of one owner, read twice: by ERC-20's `balanceOf` at the mint's own address, and from the token account. */
export interface TokenBalance {
  readonly holder: string;
  readonly token: Token;
  readonly account: SolanaAddress;
  /** In the token's smallest unit. */
  readonly viem: bigint;
  readonly kit: bigint;
}

/** What pays the fees of one wallet, read twice. */
export interface NativeBalance {
  readonly holder: string;
  readonly wei: bigint;
  readonly lamports: bigint;
}

/** One block's view of the market. */
export interface Snapshot {
  readonly tokens: readonly TokenBalance[];
  readonly native: readonly NativeBalance[];
  /** Roots of the pool's storage and of the token accounts' data: what eth_getProof proves. */
  readonly roots: readonly Hex[];
}

/** The address under which a pubkey's account stands. */
export function addressOf(pubkey: SolanaAddress): Address {
  return addressToHex(toAddress(pubkeyFromBytes(new Uint8Array(getAddressEncoder().encode(pubkey)))));
}

/** Reads everything anew. */
export async function takeSnapshot({ reader, rpc, trader, solanaTrader }: Clients, market: Market): Promise<Snapshot> {
  const { usdc, dai, pool, poolPubkey } = market;
  const wallets = [
    ["trader", trader.pubkey],
    ["Solana trader", solanaTrader.address],
  ] as const;
  const owners = [...wallets, ["pool", poolPubkey]] as const;
  const tokens = owners.flatMap(([holder, owner]) =>
    [usdc, dai].map(async (token): Promise<TokenBalance> => {
      const account = await tokenAccountOf(owner, token);
      const face = addressOf(token.mint);
      const viem =
        owner === solanaTrader.address
          ? reader.readContract({ address: face, abi: faceAbi, functionName: "balanceOfKey", args: [bytes32Of(owner)] })
          : reader.readContract({ address: face, abi: erc20Abi, functionName: "balanceOf", args: [addressOf(owner)] });
      const { value } = await rpc.getTokenAccountBalance(account).send();
      return { holder, token, account, viem: await viem, kit: BigInt(value.amount) };
    }),
  );
  const native = wallets.map(async ([holder, pubkey]): Promise<NativeBalance> => {
    const wei = reader.getBalance({ address: addressOf(pubkey) });
    return { holder, lamports: (await rpc.getBalance(pubkey).send()).value, wei: await wei };
  });
  const balances = await Promise.all(tokens);
  const proofs = [pool, ...balances.map(({ account }) => addressOf(account))].map((address) =>
    reader.getProof({ address, storageKeys: [] }),
  );
  return {
    tokens: balances,
    native: await Promise.all(native),
    roots: (await Promise.all(proofs)).map(({ storageHash }) => storageHash),
  };
}
