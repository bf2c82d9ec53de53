/** Who speaks to a contract of another VM (rules 4 and 5). */
import { isTaggedPubkey, type Address, type Pubkey } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { isOnCurve } from "./edwards-point.ts";
import type { InstructionAccount } from "./instruction-frame.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import { findProgramAddress } from "./program-address.ts";
import { addressOf, base58Of, samePubkey } from "./pubkey-names.ts";

/** msg.sender of a call, and whether value may come from it. */
export interface ContractSender {
  readonly address: Address;
  readonly mayPay: boolean;
}

/**
 * The first account, if it is a writable signer of its own name that stands for nobody else: an ed25519 key only while its
 * account is a plain wallet, since a program's keypair could pose as the program. Else the address that stands for the
 * calling program, without value; undefined where no program calls.
 */
export function senderOf(first: InstructionAccount | undefined, caller: Pubkey | undefined): ContractSender | undefined {
  if (first?.isSigner === true && first.isWritable && first.account.isReal && !isTaggedPubkey(first.account.key)) {
    const { account } = first;
    const { address, key, owner } = account;
    if (isWallet(account)) return { address, mayPay: true };
    // No signature verifies under a key that is no point of the curve: a program signed for it.
    if (!isOnCurve(key)) return { address, mayPay: caller !== undefined && samePubkey(owner, caller) };
  }
  return caller === undefined ? undefined : { address: standInOf(caller), mayPay: false };
}

function isWallet({ owner, dataLength, executable }: LoadedAccount): boolean {
  return dataLength === 0 && !executable && samePubkey(owner, programIds.system);
}

const seed = new TextEncoder().encode("trireme:sender");
const keptStandIns = 1024;
const standIns = new Map<string, Address>();

/** Address of the program-derived account of `program` under the seed `trireme:sender`. */
function standInOf(program: Pubkey): Address {
  const name = base58Of(program);
  const known = standIns.get(name);
  if (known !== undefined) return known;
  const address = addressOf(findProgramAddress([seed], program).address);
  if (standIns.size >= keptStandIns) standIns.clear();
  standIns.set(name, address);
  return address;
}
