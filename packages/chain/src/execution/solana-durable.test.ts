// Replay protection is state (rule 22): a chain that was closed, and one that died, refuses a Solana message that it has had.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { encodeDialectEnvelope, toAddress, weiPerLamport } from "@trireme/core";
import { evm } from "@trireme/evm";
import { openDurableDatabase } from "@trireme/state";
import { svm } from "@trireme/svm";
import { afterEach, expect, it } from "vitest";
import { createTestChain, refusal, submitted } from "../chain-fixture.mts";
import { systemTransfer } from "./solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner } from "./solana-messages.mts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const [alice, bob] = [solanaSigner(1), solanaSigner(2)] as const;
const balance = 10n ** 10n * weiPerLamport;
const options = { environments: [evm(), svm()], genesis: { accounts: [{ address: toAddress(alice.pubkey), balance }] } };

it("a message of before is refused after a restart, and after a death", async () => {
  const directory = mkdtempSync(join(tmpdir(), "trireme-solana-"));
  const copy = `${directory}-copy`;
  directories.push(directory, copy);
  const first = await createTestChain(options, { database: await openDurableDatabase({ directory }) });
  const message = compileInstructions(alice.pubkey, [systemTransfer(alice.pubkey, bob.pubkey, 1_000_000n)], first.head.hash);
  const raw = encodeDialectEnvelope({ dialect: "solana", payload: signSolanaMessage(message, [alice]) });
  await submitted(first, raw);
  const paid = await first.getAccount(toAddress(bob.pubkey));
  expect(paid?.balance).toBe(1_000_000n * weiPerLamport);
  // What is on the disk while the chain runs is what a death would leave; the lock names this process, which lives.
  cpSync(directory, copy, { recursive: true, filter: (path) => basename(path) !== "LOCK" });
  await first.close();
  for (const place of [directory, copy]) {
    const again = await createTestChain(options, { database: await openDurableDatabase({ directory: place }) });
    expect(await refusal(again, raw)).toBe("AlreadyProcessed");
    expect(await again.getAccount(toAddress(bob.pubkey))).toEqual(paid);
    await again.close();
  }
});
