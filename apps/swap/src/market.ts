/** Sets the scene: two SPL tokens, the pricing engine in WASM, the pool in Solidity, liquidity, and a trader's approval. */
import type { Address as SolanaAddress } from "@solana/kit";
import { getTokenSize } from "@solana-program/token";
import { ContractFunctionExecutionError, encodeDeployData, parseEther, parseUnits, type Address, type Hex } from "viem";
import { arbWasmAbi, arbWasmAddress, gatewayAbi, gatewayAddress, poolAbi } from "./abi.ts";
import type { Clients, Settled } from "./clients.ts";
import type { CompiledContracts } from "./contracts.ts";
import type { Narrator } from "./narrator.ts";
import { approve, bytes32Of, createToken, pubkeyFromBytes32, type Token } from "./tokens.ts";

/** A pool that can be traded with. */
export interface Market {
  readonly usdc: Token;
  readonly dai: Token;
  readonly engine: Address;
  readonly pool: Address;
  /** The name under which Solana's programs know the pool. */
  readonly poolPubkey: SolanaAddress;
}

const amplification = 200n;
/** 0.04 %, in 10^-10. */
const fee = 4_000_000n;
/** Of each token, in whole tokens. */
const liquidity = 100_000n;
const tradersUsdc = 250_000n;

/** @throws (rejects) when a step fails */
export async function openMarket(clients: Clients, contracts: CompiledContracts, narrator: Narrator): Promise<Market> {
  const { provider, trader, solanaTrader, reader, wallet } = clients;
  const done = (what: string, settled: Settled) => {
    if (!settled.hasSucceeded) throw new Error(`${what} failed: ${settled.id}`);
    narrator.step(what, settled);
  };

  narrator.chapter("A Solana wallet makes two SPL tokens and gives some to Ethereum wallets");
  const { token: usdc, settled: madeUsdc } = await createToken(clients, { symbol: "USDC", decimals: 6 }, [
    [provider.pubkey, liquidity],
    [trader.pubkey, tradersUsdc],
    [solanaTrader.address, 0n],
  ]);
  done("USDC, 6 decimals, by kit", madeUsdc);
  const { token: dai, settled: madeDai } = await createToken(clients, { symbol: "DAI", decimals: 9 }, [
    [provider.pubkey, liquidity],
    [trader.pubkey, 0n],
    [solanaTrader.address, 10_000n],
  ]);
  done("DAI, 9 decimals, by kit", madeDai);

  narrator.chapter("An Ethereum wallet deploys a pricing engine in AssemblyScript and a pool in Solidity");
  const { account } = provider;
  const deploy = async (what: string, data: Hex, value: bigint): Promise<Address> => {
    const settled = await clients.settle(await wallet.sendTransaction({ account, data, value }));
    done(what, settled);
    if (settled.contract === undefined) throw new Error(`${what} made no contract`);
    return settled.contract;
  };
  const engine = await deploy("deploy StableSwapEngine (WASM)", contracts.engine, 0n);
  if (!(await isActive(clients, engine))) {
    const activation = { address: arbWasmAddress, abi: arbWasmAbi, functionName: "activateProgram", args: [engine] } as const;
    done("activate it", await clients.settle(await wallet.writeContract({ account, ...activation, value: parseEther("0.01") })));
  }
  const rent = await reader.readContract({
    address: gatewayAddress,
    abi: gatewayAbi,
    functionName: "minimumBalance",
    args: [BigInt(getTokenSize())],
  });
  const args = [engine, bytes32Of(usdc.mint), bytes32Of(dai.mint), amplification, fee] as const;
  const creation = encodeDeployData({ abi: poolAbi, bytecode: contracts.pool, args });
  const pool = await deploy("deploy StableSwapPool (EVM)", creation, 2n * rent * 10n ** 9n);
  const poolPubkey = pubkeyFromBytes32(
    await reader.readContract({ address: gatewayAddress, abi: gatewayAbi, functionName: "pubkeyOf", args: [pool] }),
  );

  narrator.chapter("Ethereum wallets sign SPL Token's Approve, and fill the pool");
  const amounts = [usdc, dai].map(({ decimals }) => parseUnits(String(liquidity), decimals)) as [bigint, bigint];
  for (const [index, token] of [usdc, dai].entries()) {
    const hash = await approve(clients, provider, token, poolPubkey, amounts[index] as bigint);
    done(`provider approves ${token.symbol}`, await clients.settle(hash));
  }
  const deposit = await wallet.writeContract({ account, address: pool, abi: poolAbi, functionName: "deposit", args: amounts });
  done(`provider deposits ${liquidity} + ${liquidity}`, await clients.settle(deposit));
  const approval = await approve(clients, trader, usdc, poolPubkey, parseUnits(String(tradersUsdc), usdc.decimals));
  done("trader approves USDC", await clients.settle(approval));
  return { usdc, dai, engine, pool, poolPubkey };
}

/** The same code is activated once, wherever it is deployed. */
async function isActive({ reader }: Clients, program: Address): Promise<boolean> {
  const call = { address: arbWasmAddress, abi: arbWasmAbi, functionName: "programVersion", args: [program] } as const;
  return reader.readContract(call).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ContractFunctionExecutionError) return false;
      throw error;
    },
  );
}
