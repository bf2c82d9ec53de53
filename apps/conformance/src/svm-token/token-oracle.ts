/** litesvm: where the two programs come from, and who is asked about a fixture that one of them does not keep to. */
import { systemProgram, type Pubkey } from "@trireme/core";
import { encodeMessage, encodeWire, programIds, type SolanaMessage } from "@trireme/svm";
import { FeatureSet, LiteSVM } from "litesvm";
import { Account, type LiteSvm } from "litesvm/dist/internal.js";
import type { TokenFixture, FixtureAccount } from "./token-fixture.ts";
import { fixturePayer, isCompared, type FixtureOutcome } from "./run-token-fixture.ts";

/** A build of the token program. */
export interface TokenProgram {
  readonly name: string;
  readonly elf: Uint8Array;
  readonly loader: 2 | 3;
}

const tokenProgram = Uint8Array.from(Buffer.from("06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9", "hex"));

/** spl-token 3.5.0, which is there without any feature, and p-token, which took its place. */
export function tokenPrograms(): readonly TokenProgram[] {
  const old = innerOf(new LiteSVM().withFeatureSet(new FeatureSet()).withDefaultPrograms()).getAccount(tokenProgram);
  const svm = innerOf(new LiteSVM());
  const programData = svm.getAccount(Uint8Array.from(svm.getAccount(tokenProgram)!.data().slice(4, 36)));
  return [
    { name: "spl-token 3.5.0", elf: Uint8Array.from(old!.data()), loader: 2 },
    { name: "p-token", elf: Uint8Array.from(programData!.data().slice(45)), loader: 3 },
  ];
}

/** What litesvm makes of a fixture: log lines, which name the error too, and accounts. */
export function runOnOracle(fixture: TokenFixture, { elf, loader }: TokenProgram): Pick<FixtureOutcome, "logs" | "accounts"> {
  const svm = innerOf(new LiteSVM().withSigverify(false).withBlockhashCheck(false));
  const isNative = Buffer.compare(fixture.program, systemProgram) === 0;
  if (!isNative) svm.addProgramWithLoader(fixture.program, elf, loader === 2 ? programIds.loaderV2 : programIds.loaderV3);
  svm.airdrop(fixturePayer, 1_000_000_000n);
  for (const account of fixture.accounts) {
    const { key, owner, lamports, data, executable } = account;
    if (!isCompared(account) || Buffer.compare(key, fixture.program) === 0) continue;
    svm.setAccount(key, new Account(lamports, data, owner, executable, 2n ** 64n - 1n));
  }
  const message = messageOf(fixture);
  const signatures = Array.from({ length: message.requiredSignatures }, () => new Uint8Array(64).fill(1));
  const result = svm.sendLegacyTransaction(encodeWire(signatures, encodeMessage(message)));
  const meta = "meta" in result ? result.meta() : result;
  return { logs: meta.logs(), accounts: fixture.resultingAccounts.filter(isCompared).map(({ key }) => readAccount(key, svm)) };
}

function readAccount(key: Pubkey, svm: LiteSvm): FixtureAccount {
  const found = svm.getAccount(key);
  if (found === null) return { key, owner: systemProgram, lamports: 0n, data: new Uint8Array(0), executable: false };
  return {
    key,
    owner: Uint8Array.from(found.owner()) as Pubkey,
    lamports: found.lamports(),
    data: Uint8Array.from(found.data()),
    executable: found.executable(),
  };
}

function messageOf({ program, metas, data }: TokenFixture): SolanaMessage {
  const flags = new Map<string, { pubkey: Pubkey; isSigner: boolean; isWritable: boolean }>();
  const note = (pubkey: Pubkey, isSigner: boolean, isWritable: boolean): void => {
    const name = Buffer.from(pubkey).toString("hex");
    const known = flags.get(name);
    flags.set(name, { pubkey, isSigner: isSigner || known?.isSigner === true, isWritable: isWritable || known?.isWritable === true });
  };
  note(fixturePayer, true, true);
  for (const { pubkey, isSigner, isWritable } of metas) note(pubkey, isSigner, isWritable);
  note(program, false, false);
  const all = [...flags.values()];
  const group = (signer: boolean, writable: boolean) =>
    all.filter(({ isSigner, isWritable }) => isSigner === signer && isWritable === writable);
  const staticAccounts = [group(true, true), group(true, false), group(false, true), group(false, false)]
    .flat()
    .map(({ pubkey }) => pubkey);
  const placeOf = (key: Pubkey): number => staticAccounts.findIndex((other) => Buffer.compare(other, key) === 0);
  const accountIndices = Uint8Array.from(metas, ({ pubkey }) => placeOf(pubkey));
  return {
    version: "legacy",
    requiredSignatures: all.filter(({ isSigner }) => isSigner).length,
    readonlySigned: group(true, false).length,
    readonlyUnsigned: group(false, false).length,
    staticAccounts,
    blockhash: new Uint8Array(32) as SolanaMessage["blockhash"],
    instructions: [{ programIndex: placeOf(program), accountIndices, data }],
    lookups: [],
    config: undefined,
  };
}

function innerOf(svm: LiteSVM): LiteSvm {
  return (svm as unknown as { readonly inner: LiteSvm }).inner;
}
