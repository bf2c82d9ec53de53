/** A development chain behind a real port, with keys that everybody knows. */
import { bytesToHex, hexToBytes, type Address, type Hex } from "@trireme/core";
import { createChain, defineChain, type Chain, type ChainOptions } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { addressOfPrivateKey } from "@trireme/ethereum";
import { createEthereumDispatcher, type EthereumDispatcherOptions } from "../ethereum/ethereum-rpc.ts";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { createRpcServer, type RpcServer, type RpcServerOptions } from "../server/rpc-server.ts";

/** The first three keys of the mnemonic that Ethereum's development tools share. */
export const privateKeys: readonly Hex[] = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
];

/** Their addresses. */
export const addresses: readonly Address[] = privateKeys.map((key) => addressOfPrivateKey(hexToBytes(key)));
/** Their addresses in hexadecimal. */
export const hexAddresses: readonly Hex[] = addresses.map(bytesToHex);

/** A chain, its dispatcher and its port. */
export interface TestNode {
  readonly chain: Chain;
  readonly dispatcher: RpcDispatcher;
  readonly server: RpcServer;
  /** One call through the port; gives the whole response. */
  post(
    method: string,
    params?: unknown,
  ): Promise<{ readonly result?: unknown; readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown } }>;
  close(): Promise<void>;
}

export interface TestNodeOptions {
  readonly chain?: Partial<ChainOptions>;
  readonly dispatcher?: Partial<EthereumDispatcherOptions>;
  readonly server?: Partial<RpcServerOptions>;
}

/** Starts a node on a free port. */
export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const chain = await createChain(
    defineChain({
      chainId: 31337,
      environments: [evm()],
      dev: true,
      genesis: { accounts: addresses.map((address) => ({ address, balance: 10_000n * 10n ** 18n })), timestamp: 1_700_000_000 },
      ...options.chain,
    }),
  );
  const accounts = addresses.map((address, index) => ({ address, privateKey: hexToBytes(privateKeys[index] as Hex) }));
  const dispatcher = createEthereumDispatcher({ chain, accounts, ...options.dispatcher });
  const server = await createRpcServer({ dispatcher, port: 0, ...options.server });
  return {
    chain,
    dispatcher,
    server,
    async post(method, params = []) {
      const response = await fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      return (await response.json()) as Awaited<ReturnType<TestNode["post"]>>;
    },
    async close() {
      await server.close();
      dispatcher.close();
      await chain.close();
    },
  };
}
