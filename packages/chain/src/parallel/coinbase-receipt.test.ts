// What a receipt tells of the coinbase does not depend on whether somebody read its balance before, as serially somebody may have.
import { hexToBytes, type TransactionOutcome } from "@trireme/core";
import { createEthereumFormat } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor, resolveInvolved } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { createSvm } from "@trireme/svm";
import { testBlock } from "@trireme/testing";
import { expect, it } from "vitest";
import { alice, ether, signed } from "../chain-fixture.mts";

const format = createEthereumFormat();
const executor = createHostExecutor({ environments: [createEvm(), createSvm()], formats: [format] });

/** A contract that pays the coinbase nothing, as it destroys itself while it is made: COINBASE, SELFDESTRUCT. */
function run(readsFirst: boolean): TransactionOutcome {
  const world = createWorldState({ database: createMemoryDatabase() });
  const genesis = createJournal(world.reader);
  executor.runHooks("writeGenesis", genesis, { ...testBlock, number: 0n });
  genesis.setBalance(alice.address, ether);
  genesis.setBalance(testBlock.coinbase, 5n * 10n ** 9n);
  const { diff, undo } = genesis.takeDiff();
  world.apply(0n, diff, undo);
  const decoded = format.decode(signed(alice, { data: hexToBytes("0x41ff") }), { chainId: testBlock.chainId });
  if (decoded.kind === "invalid") throw new Error(decoded.error.message);
  const journal = createJournal(world.reader);
  if (readsFirst) journal.getBalance(testBlock.coinbase);
  const room = { gasLeft: testBlock.gasLimit, blobGasLeft: 0n };
  const outcome = executor.executeTransaction(decoded.transaction, journal, testBlock, room, { getBlockHash: () => undefined });
  resolveInvolved(outcome, journal);
  return outcome;
}

it("is told the same of a coinbase that was read and of one that was not", () => {
  const outcome = run(false);
  expect(outcome).toEqual(run(true));
  if (outcome.kind === "invalid") throw new Error(outcome.error.message);
  const paid = outcome.gasUsed * (outcome.effectiveGasPrice - testBlock.baseFeePerGas);
  const coinbase = outcome.involved?.find(({ after }) => after === 5n * 10n ** 9n + paid);
  expect(coinbase?.before).toBe(5n * 10n ** 9n);
});
