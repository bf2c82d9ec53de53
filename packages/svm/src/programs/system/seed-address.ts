/** Addresses derived with a seed, and who signs for an account of the System program. */
import { concatBytes, equalBytes, pubkeyFromBytes, pubkeyToBase58, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { InstructionContext, InvokeContext } from "../../runtime/invoke-context.ts";
import { sha256 } from "../../runtime/program-address.ts";
import { systemError } from "./system-error.ts";

const MAX_SEED_LENGTH = 32;
const SEED_TOO_LONG = 0;
const ILLEGAL_OWNER = 2;
/** What the owner of a seed address may not end with: it would be a program derived address of somebody's choice. */
const derivedMarker = new TextEncoder().encode("ProgramDerivedAddress");

/** An account's address, and the key whose signature speaks for it where a seed derived it. */
export interface SignerAddress {
  readonly address: Pubkey;
  readonly base: Pubkey | undefined;
}

/** What an instruction says of how an address was derived. */
export interface SeedDerivation {
  readonly base: Pubkey;
  /** UTF-8. */
  readonly seed: Uint8Array;
  readonly owner: Pubkey;
}

/** sha256(base ‖ seed ‖ owner). @throws InstructionFault `Custom` with the number of a `PubkeyError`, as Agave gives it. */
export function createWithSeed({ base, seed, owner }: SeedDerivation): Pubkey {
  if (seed.length > MAX_SEED_LENGTH) throw new InstructionFault({ Custom: SEED_TOO_LONG });
  if (equalBytes(owner.subarray(32 - derivedMarker.length), derivedMarker)) throw new InstructionFault({ Custom: ILLEGAL_OWNER });
  return pubkeyFromBytes(sha256(concatBytes(base, seed, owner)));
}

/** The address that was named, checked against its derivation. @throws InstructionFault `AddressWithSeedMismatch` */
export function signerAddress(context: InvokeContext, address: Pubkey, derivation?: SeedDerivation): SignerAddress {
  if (derivation === undefined) return { address, base: undefined };
  const derived = createWithSeed(derivation);
  if (!equalBytes(address, derived)) {
    context.log(`Create: address ${pubkeyToBase58(address)} does not match derived address ${pubkeyToBase58(derived)}`);
    throw systemError("AddressWithSeedMismatch");
  }
  return { address, base: derivation.base };
}

/** Whether the key that speaks for an address signed. */
export function hasSigned(current: InstructionContext, { address, base }: SignerAddress): boolean {
  return current.hasSigner(base ?? address);
}

/** As Agave's log lines show it. */
export function describeAddress({ address, base }: SignerAddress): string {
  const shown = base === undefined ? "None" : `Some(${pubkeyToBase58(base)})`;
  return `Address { address: ${pubkeyToBase58(address)}, base: ${shown} }`;
}
