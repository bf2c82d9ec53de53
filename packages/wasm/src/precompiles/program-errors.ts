/** The custom errors of ArbWasm. */
import type { ProgramStatus } from "../activation/program-age.ts";
import { encodeError } from "./abi.ts";

/** The account's code is no program. */
export const programNotWasm: Uint8Array = encodeError("ProgramNotWasm()");
/** The program was activated before, and would not change. */
export const programUpToDate: Uint8Array = encodeError("ProgramUpToDate()");

/** The program was activated or kept alive too short a time ago. */
export function programKeepaliveTooSoon(ageSeconds: number): Uint8Array {
  return encodeError("ProgramKeepaliveTooSoon(uint64)", ageSeconds);
}

/** The value sent does not pay for the data. */
export function programInsufficientValue(have: bigint, want: bigint): Uint8Array {
  return encodeError("ProgramInsufficientValue(uint256,uint256)", have, want);
}

/** Why a program cannot be called. */
export function inactiveProgram(status: Exclude<ProgramStatus, { readonly kind: "active" }>): Uint8Array {
  switch (status.kind) {
    case "notActivated":
      return encodeError("ProgramNotActivated()");
    case "needsUpgrade":
      return encodeError("ProgramNeedsUpgrade(uint16,uint16)", status.version, status.stylusVersion);
    case "expired":
      return encodeError("ProgramExpired(uint64)", status.ageSeconds);
  }
}
