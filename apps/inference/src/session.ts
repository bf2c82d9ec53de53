/** A wallet on a running node: what the story and the tests do with viem. */
import { devAccountSecret, type DevAccount } from "@trireme/node";
import {
  createTestClient,
  http,
  parseAbi,
  parseEther,
  publicActions,
  walletActions,
  type Abi,
  type Address,
  type Hash,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import type { Deployable } from "./contracts.ts";

/** A contract on the chain. */
export interface Deployed {
  readonly abi: Abi;
  readonly address: Address;
  /** Gas of all that it took. */
  readonly gas: bigint;
}

/** @see createSession */
export type Session = ReturnType<typeof createSession>;

const arbWasm: Address = "0x0000000000000000000000000000000000000071";
const arbWasmAbi = parseAbi(["function activateProgram(address program) payable returns (uint16 version, uint256 dataFee)"]);
/** The most that one transaction may use (EIP-7825). */
const mostGas = 16_777_216n;

/** Signs as `account` on the node at `url`. */
export function createSession(url: string, account: DevAccount) {
  const common = {
    chain: foundry,
    transport: http(url),
    pollingInterval: 20,
    account: privateKeyToAccount(devAccountSecret(account) as Hex),
  };
  const client = createTestClient({ mode: "anvil", ...common })
    .extend(publicActions)
    .extend(walletActions);
  const receiptOf = async (hash: Hash) => {
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") throw new Error(`the transaction ${hash} was reverted`);
    return receipt;
  };
  const deploy = async ({ abi, bytecode }: Deployable, ...args: readonly unknown[]): Promise<Deployed> => {
    const { contractAddress, gasUsed } = await receiptOf(await client.deployContract({ abi, bytecode, args, gas: mostGas }));
    if (typeof contractAddress !== "string") throw new Error("the deployment made no contract");
    return { abi, address: contractAddress, gas: gasUsed };
  };
  return {
    client,
    receiptOf,
    deploy,
    /** Deploys a WASM contract and activates it. */
    async deployWasm(contract: Deployable): Promise<Deployed> {
      const deployed = await deploy(contract);
      const call = { address: arbWasm, abi: arbWasmAbi, functionName: "activateProgram", args: [deployed.address] } as const;
      const { gasUsed } = await receiptOf(await client.writeContract({ ...call, value: parseEther("1"), gas: mostGas }));
      return { ...deployed, gas: deployed.gas + gasUsed };
    },
  };
}
