// What failed simulations tell of the frame that failed, through clients that know nothing of it: ethers, kit and web3.js.
import {
  appendTransactionMessageInstructions,
  createSolanaRpc,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  isSolanaError,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
} from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import { Connection, Keypair, LAMPORTS_PER_SOL, SendTransactionError, SystemProgram, Transaction } from "@solana/web3.js";
import { evm } from "@trireme/evm";
import { svm } from "@trireme/svm";
import { BrowserProvider, Contract, type CallExceptionError } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEip1193Provider } from "../../provider/eip1193-provider.ts";
import { startTestNode, type TestNode } from "../../test/test-node.mts";
import { createFaucet } from "../faucet.ts";
import { createSolanaDispatcher } from "../solana-rpc.ts";
import { toAddress } from "@trireme/core";
import { createRpcServer, type RpcServer } from "../../server/rpc-server.ts";

const faucetSeed = new Uint8Array(32).fill(42);
const gateway = "0x73766D0000000000000000000000000000000000";
const forwarder = "0x00000000000000000000000000000000000000cc";
/** Passes its calldata on to the gateway, and returns or reverts with what came back. */
const forwarderCode = `0x365f5f375f5f365f5f73${gateway.slice(2)}5af13d5f5f3e602a573d5ffd5b3d5ff3`;
const system = "11111111111111111111111111111111";

let node: TestNode;
let solana: ReturnType<typeof createSolanaDispatcher>;
let server: RpcServer;

beforeAll(async () => {
  const faucet = { address: toAddress(createFaucet(faucetSeed).pubkey), balance: 10n ** 24n };
  node = await startTestNode({ chain: { environments: [evm(), svm()], genesis: { accounts: [faucet] } } });
  solana = createSolanaDispatcher({ chain: node.chain, faucetSeed });
  server = await createRpcServer({ dispatcher: solana, port: 0 });
  await node.post("anvil_setCode", [forwarder, forwarderCode]);
});
afterAll(async () => {
  await server.close();
  solana.close();
  await node.close();
});

describe("a call that fails in a program of the SVM", () => {
  const signatures = [
    "function invoke(bytes32 program, tuple(bytes32 pubkey, bool isSigner, bool isWritable)[] accounts, bytes data) returns (bytes)",
    "error SvmError(bytes32 program, uint32 code, string reason)",
  ];

  it("is decoded by ethers from error.data, the way to the frame behind the message", async () => {
    const provider = new BrowserProvider(createEip1193Provider(node.dispatcher) as never);
    const contract = new Contract(forwarder, signatures, provider);
    // A transfer of 5 lamports out of an account that the forwarder does not sign for: it has none.
    const own = `0x${Buffer.from("trireme:addr").toString("hex")}${forwarder.slice(2)}`;
    const other = `0x${"07".repeat(32)}`;
    const given = [
      `0x${"00".repeat(32)}`,
      [
        [own, true, true],
        [other, false, true],
      ],
      "0x020000000500000000000000",
    ] as const;
    const failureOf = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);
    const called = await failureOf(contract.getFunction("invoke").staticCall(...given));
    expect(called).toMatchObject({ code: "CALL_EXCEPTION", revert: { name: "SvmError", args: [`0x${"00".repeat(32)}`, 1n, "Custom"] } });
    const estimated = await failureOf(contract.getFunction("invoke").estimateGas(...given));
    expect(estimated).toMatchObject({
      code: "CALL_EXCEPTION",
      data: (called as CallExceptionError).data,
      info: {
        error: {
          message: [
            `execution reverted: program ${system} failed: custom program error: 0x1`,
            `    at svm ${system} 0x0200000005000000...: custom program error: 0x1`,
            `    at svm ${gateway.toLowerCase()} 0x7480cb86: program ${system} failed: custom program error: 0x1`,
            `    at evm ${forwarder} 0x7480cb86`,
          ].join("\n"),
        },
      },
    });
    provider.destroy();
  });

  it("says no more than it does where one frame failed, or where the node keeps the trace to itself", async () => {
    const call = { to: gateway, data: "0x12345678" };
    expect((await node.post("eth_call", [call])).error).toMatchObject({
      code: 3,
      message: "execution reverted: SVM gateway: expected a function of the gateway",
    });
    const quiet = await startTestNode({
      chain: { environments: [evm(), svm()] },
      dispatcher: { limits: { failureTraceGas: 0n } },
    });
    await quiet.post("anvil_setCode", [forwarder, forwarderCode]);
    const { error } = await quiet.post("eth_call", [{ ...call, to: forwarder }]);
    expect(error).toMatchObject({ code: 3, message: "execution reverted: SVM gateway: expected a function of the gateway" });
    await quiet.close();
  });
});

describe("a Solana transaction whose simulation fails", () => {
  const trace = {
    failedAt: [1],
    trace: {
      type: "CALL",
      error: "execution reverted",
      calls: [{ program: system }, { program: system, revertReason: "custom program error: 0x1" }],
    },
  };

  it("has its tree beside what kit knows, in the simulation and in the error of a preflight", async () => {
    const rpc = createSolanaRpc(server.url);
    const payer = await generateKeyPairSigner();
    await rpc.requestAirdrop(payer.address, BigInt(LAMPORTS_PER_SOL) as never).send();
    const { value: latest } = await rpc.getLatestBlockhash().send();
    const paying = (amount: bigint) => getTransferSolInstruction({ source: payer, destination: payer.address, amount });
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (empty) => setTransactionMessageFeePayerSigner(payer, empty),
      (paid) => setTransactionMessageLifetimeUsingBlockhash(latest, paid),
      (dated) => appendTransactionMessageInstructions([paying(1n), paying(10n ** 12n)], dated),
    );
    const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
    const { value } = await rpc.simulateTransaction(wire, { encoding: "base64" }).send();
    expect(value.err).toEqual({ InstructionError: [1n, { Custom: 1n }] });
    expect((value as unknown as { triremeTrace: unknown }).triremeTrace).toMatchObject({ ...trace, failedAt: [1n] });

    const failure: unknown = await rpc
      .sendTransaction(wire, { encoding: "base64" })
      .send()
      .catch((error: unknown) => error);
    expect(isSolanaError(failure, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)).toBe(true);
    expect(failure).toMatchObject({ context: { triremeTrace: { ...trace, failedAt: [1n] } } });
  });

  it("is read by web3.js as ever, and a transaction that succeeds has no tree", async () => {
    const connection = new Connection(server.url, "confirmed");
    const payer = Keypair.generate();
    await connection.requestAirdrop(payer.publicKey, LAMPORTS_PER_SOL);
    const to = Keypair.generate().publicKey;
    const sign = async (...amounts: readonly number[]): Promise<Transaction> => {
      const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
      const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight });
      for (const lamports of amounts) transaction.add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports }));
      transaction.sign(payer);
      return transaction;
    };
    const failing = await sign(1_000_000, 10 * LAMPORTS_PER_SOL);
    const { value } = await connection.simulateTransaction(failing);
    expect(value).toMatchObject({ err: { InstructionError: [1, { Custom: 1 }] }, triremeTrace: trace });
    const failure: unknown = await connection.sendRawTransaction(failing.serialize()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SendTransactionError);
    expect((failure as SendTransactionError).logs?.join("\n")).toContain("insufficient lamports");
    expect((await connection.simulateTransaction(await sign(2_000_000))).value).not.toHaveProperty("triremeTrace");
  });
});
