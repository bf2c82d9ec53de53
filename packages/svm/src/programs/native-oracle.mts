/** One block of litesvm and one of ours side by side, for native programs: the same accounts, the same transactions. */
import {
  bytesToHex,
  pubkeyFromBase58,
  pubkeyFromBytes,
  systemProgram,
  type BlockContext,
  type ExecutionEnvironment,
  type Hash,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { testBlock } from "@trireme/testing";
import { LiteSVM } from "litesvm";
import { Account, FailedTransactionMetadata, type LiteSvm } from "litesvm/dist/internal.js";
import { createSvm } from "../environment.ts";
import type { OracleAccount } from "../test/litesvm-oracle.mts";
import { createSvmWorld, type SvmWorld } from "../test/svm-world.mts";
import { compileMessage } from "../transaction/signed-message.mts";
import { programHash } from "./program-index.ts";
import { encodeMessage, encodeWire } from "../transaction/encode-wire.ts";

/** What can be compared of one transaction. */
export interface NativeRun {
  readonly succeeded: boolean;
  readonly logs: readonly string[];
  readonly units: bigint;
}

/** Both chains. */
export interface NativePair {
  readonly world: SvmWorld;
  setAccount(account: OracleAccount): void;
  /** Moves both to a slot, with another newest blockhash. */
  warp(slot: bigint): void;
  /** The same transaction on both, `ours` first. */
  send(payer: Pubkey, instructions: readonly Instruction[]): { readonly ours: NativeRun; readonly theirs: NativeRun };
  /** An account of litesvm's. */
  litesvmAccount(key: Pubkey): Uint8Array | undefined;
  /** An account as both show it. */
  account(key: Pubkey): { readonly ours: string; readonly theirs: string };
}

/** A new pair, at slot 1,000. */
export function createNativePair(environment: ExecutionEnvironment = createSvm()): NativePair {
  const litesvm = new LiteSVM().withSigverify(false).withBlockhashCheck(false).withTransactionHistory(0n);
  const { inner } = litesvm as unknown as { inner: LiteSvm };
  const world = createSvmWorld(environment);
  const host = world.host as { block: BlockContext; getBlockHash: (number: bigint) => Hash | undefined };
  let count = 0;
  let newest = new Uint8Array(32) as Hash;
  const warp = (slot: bigint): void => {
    litesvm.expireBlockhash();
    litesvm.warpToSlot(slot);
    const hash = pubkeyFromBase58(litesvm.latestBlockhash()) as Uint8Array as Hash;
    newest = hash;
    host.block = { ...testBlock, number: slot };
    host.getBlockHash = (number) => (number === slot - 1n ? hash : undefined);
  };
  warp(1000n);
  return {
    world,
    warp,
    setAccount(account) {
      const { key, owner, lamports, data, executable } = account;
      inner.setAccount(key, new Account(lamports, data, owner, executable, 2n ** 64n - 1n));
      world.setAccount(account);
    },
    send(payer, instructions) {
      const { result, logs, units } = world.send(payer, instructions);
      // litesvm takes the message's blockhash for the newest one.
      const message = compileMessage(payer, instructions, newest);
      const signatures = Array.from({ length: message.requiredSignatures }, () => new Uint8Array(64).fill(++count));
      const outcome = inner.sendLegacyTransaction(encodeWire(signatures, encodeMessage(message)));
      const failed = outcome instanceof FailedTransactionMetadata;
      const meta = failed ? outcome.meta() : outcome;
      return {
        ours: { succeeded: result.kind === "success", logs, units },
        theirs: { succeeded: !failed, logs: meta.logs(), units: meta.computeUnitsConsumed() },
      };
    },
    litesvmAccount: (key) => inner.getAccount(key)?.data(),
    account(key) {
      const found = inner.getAccount(key);
      const theirs =
        found === null || (found.lamports() === 0n && found.data().length === 0)
          ? { key, owner: systemProgram, lamports: 0n, data: new Uint8Array(0), executable: false }
          : { key, owner: pubkeyFromBytes(found.owner()), lamports: found.lamports(), data: found.data(), executable: found.executable() };
      return { ours: show(world.getAccount(key)), theirs: show(theirs) };
    },
  };
}

function show({ owner, lamports, data, executable }: OracleAccount): string {
  const shown = data.length > 2000 ? `${data.length} bytes, ${bytesToHex(programHash(data))}` : bytesToHex(data);
  return `${lamports} lamports, owner ${bytesToHex(owner)}, ${executable ? "executable, " : ""}${shown}`;
}
