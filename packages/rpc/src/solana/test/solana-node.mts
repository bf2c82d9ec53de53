/** A development chain with EVM and SVM behind Solana's two ports. */
import { createChain, defineChain, type Chain } from "@trireme/chain";
import { toAddress, weiPerLamport } from "@trireme/core";
import { evm } from "@trireme/evm";
import { svm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { createRpcServer } from "../../server/rpc-server.ts";
import { createFaucet } from "../faucet.ts";
import type { RpcDispatcher } from "../../json-rpc/rpc-dispatcher.ts";
import { createSolanaDispatcher, type SolanaMethodsOptions } from "../solana-rpc.ts";

/** A chain and who answers for it. */
export interface SolanaChain {
  readonly chain: Chain;
  readonly dispatcher: RpcDispatcher;
  close(): Promise<void>;
}

/** The same behind two ports. */
export interface SolanaNode extends SolanaChain {
  readonly url: string;
  readonly webSocketUrl: string;
}

const faucetSeed = new Uint8Array(32).fill(42);

/** Starts a chain without a port. */
export async function startSolanaChain(options: Partial<SolanaMethodsOptions> = {}): Promise<SolanaChain> {
  const faucet = createFaucet(faucetSeed);
  const chain = await createChain(
    defineChain({
      chainId: 31337,
      environments: [evm(), svm({ programs: splPrograms() })],
      dev: true,
      genesis: { accounts: [{ address: toAddress(faucet.pubkey), balance: 10n ** 15n * weiPerLamport }], timestamp: 1_700_000_000 },
    }),
  );
  const dispatcher = createSolanaDispatcher({ chain, faucetSeed, ...options });
  return {
    chain,
    dispatcher,
    async close() {
      dispatcher.close();
      await chain.close();
    },
  };
}

/** Starts a node on two neighbouring free ports, as web3.js expects them. */
export async function startSolanaNode(): Promise<SolanaNode> {
  const inner = await startSolanaChain();
  const { dispatcher } = inner;
  const http = await createRpcServer({ dispatcher, port: 0 });
  const socket = await createRpcServer({ dispatcher, port: http.port + 1 });
  return {
    ...inner,
    url: http.url,
    webSocketUrl: socket.webSocketUrl,
    async close() {
      await Promise.all([http.close(), socket.close()]);
      await inner.close();
    },
  };
}

/**
 * A fetch that can be told that nobody will answer any more: web3.js goes on to poll the block height for a second after a
 * confirmation, and what it hears when the node is gone would fail the test run.
 */
export function createStoppableFetch(): { readonly fetch: typeof fetch; stop(): Promise<void> } {
  const open = new Set<Promise<unknown>>();
  let isOver = false;
  return {
    fetch: (input, init) => {
      if (isOver) return new Promise(() => {});
      const response = fetch(input, init);
      open.add(response);
      void response.finally(() => open.delete(response));
      return response;
    },
    async stop() {
      isOver = true;
      await Promise.all(open);
    },
  };
}
