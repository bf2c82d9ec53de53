/** Programs of the chain itself: their code and their accounts. */
import { isTaggedPubkey, pubkeyToBase58, type Address, type Pubkey } from "@trireme/core";
import { programIds, sysvarIds } from "../known-keys.ts";
import { callGateway } from "../call-gateway/call-gateway.ts";
import type { NativeProgram } from "../runtime/invoke-context.ts";
import type { AccountSource } from "../runtime/loaded-account.ts";
import { addressOf } from "../runtime/pubkey-names.ts";
import type { SysvarHost } from "../sysvars/slot-record.ts";
import { sysvarAccount, sysvarKeys, sysvarLength, type SysvarAccount } from "../sysvars/sysvar-account.ts";
import { createBytesMap, type BytesMap } from "./bytes-map.ts";
import type { DeploymentRules } from "./loader/deployment.ts";
import { refusal } from "./loader/loader-checks.ts";
import { createLoaderV3, loaderV1, loaderV2 } from "./loader/loaders.ts";
import { systemProgram } from "./system/system-program.ts";

const COMPUTE_BUDGET_UNITS = 150;
const VOTE_UNITS = 2100;
const ABSENT_UNITS = 150;

/** Native programs by id. Precompiles are not among them: they verify signatures before any program runs. */
export function createNativePrograms(rules: DeploymentRules): BytesMap<NativeProgram> {
  return createBytesMap<NativeProgram>([
    [programIds.system, systemProgram],
    [programIds.loaderV1, loaderV1],
    [programIds.loaderV2, loaderV2],
    [programIds.loaderV3, createLoaderV3(rules)],
    // Its instructions were read before the transaction ran.
    [programIds.computeBudget, (context) => context.consume(COMPUTE_BUDGET_UNITS)],
    [programIds.callGateway, callGateway],
    [programIds.vote, absent("votes: this chain has no validators that vote", VOTE_UNITS)],
    [programIds.stake, absent("stake: this chain has no staking")],
    [programIds.config, absent("validator configuration: this chain has none")],
    [programIds.zkElgamalProof, absent("zero-knowledge ElGamal proofs: this chain does not verify them")],
  ]);
}

const utf8 = new TextEncoder();

/** Names in the accounts' data, as on mainnet; precompiles have none. */
const accountNames = createBytesMap<string>([
  [programIds.system, "solana_system_program"],
  [programIds.loaderV1, "solana_bpf_loader_program"],
  [programIds.loaderV2, "solana_bpf_loader_program"],
  [programIds.loaderV3, "solana_bpf_loader_upgradeable_program"],
  [programIds.computeBudget, "compute_budget_program"],
  [programIds.vote, "solana_vote_program"],
  [programIds.stake, "stake_program"],
  [programIds.config, "config_program"],
  [programIds.zkElgamalProof, "zk_elgamal_proof_program"],
  [programIds.callGateway, "trireme_call_gateway"],
  [programIds.ed25519, ""],
  [programIds.secp256k1, ""],
  [programIds.secp256r1, ""],
]);

/** Accounts that stand in no state, by key; the data of a sysvar is the block's. Made once: they are looked up for every account. */
const forms = createBytesMap<AccountSource>([
  ...Array.from(accountNames.entries(), ([key, name]) => [key, nativeForm(key as Pubkey, name)] as const),
  ...sysvarKeys.flatMap((key) => sysvarForms(key)),
]);
const addresses = createBytesMap<true>([
  ...Array.from(forms.entries(), ([, { address }]) => [address, true] as const),
  [addressOf(sysvarIds.instructions), true],
]);

/** What the account of a sysvar, a native program, a loader or a precompile is in every block. Undefined for other keys. */
export function fixedForm(key: Pubkey): Pick<AccountSource, "dataLength" | "executable"> | undefined {
  return forms.get(key);
}

/** The account of a sysvar, a native program, a loader or a precompile: a function of the block, in no state. Undefined for other keys. */
export function fixedAccount(key: Pubkey, host: SysvarHost): AccountSource | undefined {
  const form = forms.get(key);
  if (form === undefined) return isTaggedPubkey(key) && isFixedAddress(addressOf(key)) ? otherName(key) : undefined;
  if (form.executable) return form;
  const sysvar = sysvarAccount(key, host) as SysvarAccount;
  return { ...form, readFixed: () => sysvar.data };
}

/** Whether the account of an address is fixed: it takes no value and no code (rule 3). The instructions sysvar counts. */
export function isFixedAddress(address: Address): boolean {
  return addresses.get(address) === true;
}

function nativeForm(key: Pubkey, name: string): AccountSource {
  const data = utf8.encode(name);
  return { ...unwritable(key), owner: programIds.nativeLoader, executable: true, dataLength: data.length, readFixed: () => data };
}

/** None for the instructions sysvar, which is the transaction's. */
function sysvarForms(key: Pubkey): readonly (readonly [Pubkey, AccountSource])[] {
  const dataLength = sysvarLength(key);
  return dataLength === undefined ? [] : [[key, { ...unwritable(key), owner: sysvarIds.owner, executable: false, dataLength }]];
}

/** The tagged name of an address whose account is fixed: empty, and nobody may credit it (rules 1 and 3). */
function otherName(key: Pubkey): AccountSource {
  return { ...unwritable(key), lamports: 0n, owner: programIds.system, executable: false, dataLength: 0 };
}

function unwritable(key: Pubkey) {
  return { key, address: addressOf(key), lamports: 1n, isReal: false, hasRecord: false } as const;
}

/** A program that Solana has and this chain has not; its id stays reserved. */
function absent(what: string, units: number = ABSENT_UNITS): NativeProgram {
  return (context) => {
    context.consume(units);
    const id = pubkeyToBase58(context.current.program);
    throw refusal(context, `Program ${id} is not part of this chain: it is for ${what}`, "UnsupportedProgramId");
  };
}
