/** A development chain with EVM, SVM and its token programs behind the ports of both dialects, and parties that speak on it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Keypair, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { createChain, defineChain, type Chain } from "@trireme/chain";
import { hexToBytes, toAddress, weiPerLamport, type Pubkey } from "@trireme/core";
import { evm } from "@trireme/evm";
import { assemble, svm, writeElf } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { compileSolidity } from "@trireme/testing";
import type { Abi, Hex } from "viem";
import { createEthereumDispatcher } from "../ethereum/ethereum-rpc.ts";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { createRpcServer } from "../server/rpc-server.ts";
import { createFaucet } from "../solana/faucet.ts";
import { createSolanaDispatcher } from "../solana/solana-rpc.ts";
import { addresses, privateKeys } from "./test-node.mts";

/** A chain and who answers for it in either dialect. */
export interface TwoDialects {
  readonly chain: Chain;
  readonly ethereum: RpcDispatcher;
  readonly solana: RpcDispatcher;
  close(): Promise<void>;
}

/** The same behind ports. */
export interface TwoDialectsNode extends TwoDialects {
  readonly ethereumUrl: string;
  readonly ethereumSocketUrl: string;
  readonly solanaUrl: string;
  readonly solanaSocketUrl: string;
}

/** Logs two fields with `sol_log_data`: its instruction data, and nothing; fails where the data begin with 0xff. */
const parrotSource = `
  mov64 r6, r1
  ldxdw r7, [r6+8]
  mov64 r8, r6
  add64 r8, 16
  stxdw [r10-32], r8
  stxdw [r10-24], r7
  stxdw [r10-16], r8
  mov64 r9, 0
  stxdw [r10-8], r9
  mov64 r1, r10
  sub64 r1, 32
  mov64 r2, 2
  call sol_log_data
  ldxb r1, [r6+16]
  mov64 r0, 0
  jne r1, 255, done
  mov64 r0, 1
done:
  exit`;

/** The program of `parrotSource`. It takes no accounts. */
export const parrot = new PublicKey(new Uint8Array(32).fill(0x70));

/** Runs the parrot. */
export function parrotInstruction(data: Uint8Array): TransactionInstruction {
  return new TransactionInstruction({ programId: parrot, keys: [], data: Buffer.from(data) });
}

const faucetSeed = new Uint8Array(32).fill(42);

/** Pays for Solana transactions; rich from the start. */
export const payer = Keypair.fromSeed(new Uint8Array(32).fill(43));

/** Starts a chain without a port. */
export async function startTwoDialects(): Promise<TwoDialects> {
  const rich = 10n ** 6n * 10n ** 18n;
  const chain = await createChain(
    defineChain({
      chainId: 31337,
      environments: [
        evm(),
        svm({ programs: [...splPrograms(), { id: parrot.toBytes() as Pubkey, elf: writeElf(assemble(parrotSource)), loader: 2 }] }),
      ],
      dev: true,
      genesis: {
        accounts: [
          ...addresses.map((address) => ({ address, balance: rich })),
          { address: toAddress(createFaucet(faucetSeed).pubkey), balance: 10n ** 15n * weiPerLamport },
          { address: toAddress(payer.publicKey.toBytes() as Pubkey), balance: rich },
        ],
        timestamp: 1_700_000_000,
      },
    }),
  );
  const accounts = addresses.map((address, index) => ({ address, privateKey: hexToBytes(privateKeys[index] as Hex) }));
  const ethereum = createEthereumDispatcher({ chain, accounts });
  const solana = createSolanaDispatcher({ chain, faucetSeed });
  return {
    chain,
    ethereum,
    solana,
    async close() {
      ethereum.close();
      solana.close();
      await chain.close();
    },
  };
}

/** Starts a node; Solana's two ports are neighbours, as web3.js expects them. */
export async function startTwoDialectsNode(): Promise<TwoDialectsNode> {
  const inner = await startTwoDialects();
  const ethereum = await createRpcServer({ dispatcher: inner.ethereum, port: 0 });
  const solana = await createRpcServer({ dispatcher: inner.solana, port: 0 });
  const solanaSocket = await createRpcServer({ dispatcher: inner.solana, port: solana.port + 1 });
  return {
    ...inner,
    ethereumUrl: ethereum.url,
    ethereumSocketUrl: ethereum.webSocketUrl,
    solanaUrl: solana.url,
    solanaSocketUrl: solanaSocket.webSocketUrl,
    async close() {
      await Promise.all([ethereum.close(), solana.close(), solanaSocket.close()]);
      await inner.close();
    },
  };
}

const speakerSource = `
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {AccountMeta, ISvmGateway, SplToken, Svm} from "@trireme/svm/Svm.sol";

contract Speaker {
    event Spoke(uint256 indexed number, address indexed speaker, string text);
    event Heard(bool succeeded);
    mapping(uint256 => uint256) public counts;

    receive() external payable {}

    function speak(uint256 number) public payable {
        counts[number]++;
        emit Spoke(number, msg.sender, "hello");
    }

    function log(uint256 topics, bytes32 topic, bytes calldata data) external {
        assembly {
            calldatacopy(0x80, data.offset, data.length)
            switch topics
            case 0 { log0(0x80, data.length) }
            case 1 { log1(0x80, data.length, topic) }
            case 2 { log2(0x80, data.length, topic, 2) }
            case 3 { log3(0x80, data.length, topic, 2, 3) }
            default { log4(0x80, data.length, topic, 2, 3, 4) }
        }
    }

    /// Speaks, has a program speak, and speaks again.
    function relay(bytes32 program, bytes calldata data, uint256 number) public {
        speak(number);
        Svm.invoke(program, new AccountMeta[](0), data);
        speak(number + 1);
    }

    /// Goes on whatever the program does.
    function tryRelay(bytes32 program, bytes calldata data) external returns (bool succeeded) {
        try Svm.GATEWAY.invoke(program, new AccountMeta[](0), data) { succeeded = true; } catch { succeeded = false; }
        emit Heard(succeeded);
    }

    /// The same through so many calls of this contract to itself, each of which keeps a 64th of its gas back.
    function tryDeep(uint256 depth, bytes32 program, bytes calldata data) external {
        if (depth > 0) this.tryDeep(depth - 1, program, data);
        else this.tryRelay(program, data);
    }

    function relayAndFail(bytes32 program, bytes calldata data) external {
        relay(program, data, 1);
        revert("nothing of this was said");
    }

    /// Has the program speak in a static frame.
    function whisper(bytes32 program, bytes calldata data) external {
        bytes memory call = abi.encodeCall(ISvmGateway.invoke, (program, new AccountMeta[](0), data));
        (bool succeeded, ) = address(Svm.GATEWAY).staticcall(call);
        emit Heard(succeeded);
    }

    function pay(bytes32 from, bytes32 to, uint64 amount) external {
        SplToken.transfer(from, to, amount);
    }
}`;

/** The contract that speaks. */
export async function compileSpeaker(): Promise<{ readonly abi: Abi; readonly bytecode: Hex }> {
  const library = readFileSync(createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol"), "utf8");
  const { abi, bytecode } = await compileSolidity("Speaker.sol", speakerSource, "Speaker", { "@trireme/svm/Svm.sol": library });
  return { abi: abi as Abi, bytecode };
}

/** The tagged pubkey of an address. */
export function tagged(address: Hex): PublicKey {
  return new PublicKey(Buffer.concat([Buffer.from("trireme:addr"), Buffer.from(address.slice(2), "hex")]));
}

/** Calls a contract from Solana: a top-level instruction whose program is the contract, for the payer. */
export function contractInstruction(contract: Hex, data: Hex): TransactionInstruction {
  return new TransactionInstruction({
    programId: tagged(contract),
    keys: [{ pubkey: payer.publicKey, isSigner: true, isWritable: true }],
    data: Buffer.from(data.slice(2), "hex"),
  });
}
