/** A world in which a program calls contracts of the toy VM with whatever a test says. */
import {
  addressFromHex,
  concatBytes,
  systemProgram,
  toAddress,
  toPubkey,
  type AccountMeta,
  type Address,
  type Pubkey,
} from "@trireme/core";
import { createToyEnvironment, toyOps, toyProgram } from "@trireme/testing";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { encodeGatewayCall, type GatewayCall } from "../call-gateway/call-gateway-data.ts";
import { createSvm } from "../environment.ts";
import { programIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { testSigner } from "../transaction/signed-message.mts";
import { cpiProbe, inputPlaces, mutator, probeData } from "./cpi-probe.mts";
import { createSvmWorld, type WorldResult } from "./svm-world.mts";

/** An account that the calling program is given. */
export interface HeldAccount extends AccountMeta {
  /** Bytes of its data; 0 for a wallet and a contract. */
  readonly dataLength?: number;
}

/** What the calling program does. */
export interface ProgramCall {
  readonly accounts: readonly HeldAccount[];
  /** What it passes on, all that it holds for a direct call otherwise. */
  readonly passes?: readonly AccountMeta[];
  /** Through the call gateway; directly otherwise. */
  readonly gateway?: Partial<GatewayCall>;
  readonly input?: Uint8Array;
  readonly signers?: readonly (readonly Uint8Array[])[];
  /** Words that it stores before the call: account by place, field, value. */
  readonly stores?: readonly (readonly [number, "lamports" | "length" | "data", bigint])[];
  /** Contract to call, where it is not the usual one. */
  readonly target?: Pubkey;
}

/** Keys of the world. */
export const payer: Pubkey = testSigner(1).pubkey;
export const program: Pubkey = testSigner(50).pubkey;
export const contract: Address = addressFromHex("0x1111111111111111111111111111111111111111");
export const contractKey: Pubkey = toPubkey(contract);
export const other: Address = addressFromHex("0x2222222222222222222222222222222222222222");
export const { address: vault, bump } = findProgramAddress([new TextEncoder().encode("vault")], program);
export const vaultSeeds: readonly Uint8Array[] = [new TextEncoder().encode("vault"), Uint8Array.of(bump)];
export const sol = 1_000_000_000n;

/** A world with the calling program, one that changes accounts, and a payer with 10 SOL. */
export function createContractWorld() {
  const world = createSvmWorld(createSvm(), [createToyEnvironment()]);
  world.install(
    { id: program, elf: writeElf(assemble(cpiProbe("c", "callee"))), loader: 2 },
    { id: mutatorProgram, elf: writeElf(assemble(mutator)), loader: 2 },
  );
  world.setAccount({ key: payer, owner: systemProgram, lamports: 10n * sol, data: new Uint8Array(0), executable: false });
  const { host } = world;
  return {
    ...world,
    deploy(address: Address, ...operations: readonly Uint8Array[]): void {
      host.setCode(address, toyProgram(operations));
      host.setNonce(address, 1n);
    },
    setData(key: Pubkey, owner: Pubkey, lamports: bigint, length: number): void {
      world.setAccount({ key, owner, lamports, data: new Uint8Array(length), executable: false });
    },
    lamportsOf: (key: Pubkey): bigint => host.getBalance(toAddress(key)) / 1_000_000_000n,
    callFrom(call: ProgramCall): WorldResult {
      return world.send(payer, [instructionOf(call)]);
    },
  };
}

/** A program that does what the first byte of its data says. */
export const mutatorProgram: Pubkey = testSigner(51).pubkey;

/** The instruction to the calling program. */
export function instructionOf({
  accounts,
  passes,
  gateway,
  input = new Uint8Array(0),
  signers = [],
  stores = [],
  target = contractKey,
}: ProgramCall) {
  const held: readonly HeldAccount[] = [
    ...accounts,
    { pubkey: target, isSigner: false, isWritable: false },
    ...(gateway === undefined ? [] : [{ pubkey: programIds.callGateway, isSigner: false, isWritable: false, dataLength: 20 }]),
  ];
  const probed = held.map(({ pubkey, dataLength = 0 }) => ({ key: pubkey, dataLength }));
  const places = inputPlaces(probed);
  const metas = passes ?? accounts.map(({ pubkey, isSigner, isWritable }) => ({ pubkey, isSigner, isWritable }));
  const instruction =
    gateway === undefined
      ? { program: target, accounts: metas, data: input }
      : {
          program: programIds.callGateway,
          accounts: [{ pubkey: target, isSigner: false, isWritable: false }, ...metas],
          data: encodeGatewayCall({ isTry: false, isStatic: false, gasLimit: undefined, value: 0n, input, ...gateway }),
        };
  const data = probeData(
    {
      abi: "c",
      instruction,
      infos: held.map((_, index) => index),
      signers,
      stores: stores.map(([index, field, value]) => [places[index]?.[field] ?? 0n, value] as const),
    },
    probed,
  );
  return { program, accounts: held.map(({ pubkey, isSigner, isWritable }) => ({ pubkey, isSigner, isWritable })), data };
}

/** A word of 32 bytes with an address in it. */
export const wordOf = (address: Address): Uint8Array => concatBytes(new Uint8Array(12), address);

/** msg.sender of programs that no account speaks for. */
export const standIn: Address = toAddress(findProgramAddress([new TextEncoder().encode("trireme:sender")], program).address);

const topic = new Uint8Array(32).fill(7);
/** A contract that logs who it is, who calls and with what value, and returns it. */
export const tellContext: readonly Uint8Array[] = [toyOps.context(), toyOps.log(topic), toyOps.stop()];

/** What the last such contract logged. */
export function contextIn(logs: readonly { readonly data: Uint8Array }[]) {
  const data = logs.at(-1)?.data ?? new Uint8Array(0);
  return { self: data.slice(12, 32), sender: data.slice(44, 64), value: BigInt(`0x${Buffer.from(data.slice(64, 96)).toString("hex")}`) };
}

/** Somebody else's wallet. */
export const bob: Pubkey = testSigner(2).pubkey;
