/** What the runtime is made of beside itself: programs, accounts that stand in no state, the engine's programs. */
import type { Host, MeterRate, Pubkey } from "@trireme/core";
import type { PreparedProgram } from "../sbpf/engine.ts";
import type { NativeProgram } from "./invoke-context.ts";
import type { AccountSource } from "./loaded-account.ts";
import type { ProgramMachine } from "./program-machine.ts";

/** Accounts that are functions of the block: sysvars and native programs. Undefined for every other key. */
export type FixedAccounts = (key: Pubkey, host: Host) => AccountSource | undefined;

/** What runs under a program id. `loader` decides the serialization: 1 is without padding. */
export type FoundProgram =
  | { readonly kind: "ready"; readonly program: PreparedProgram<ProgramMachine>; readonly loader: 1 | 2 | 3 }
  | { readonly kind: "native"; readonly run: NativeProgram }
  | { readonly kind: "unavailable"; readonly reason: string };

/** Finds programs, by id. `ready` and `unavailable` for accounts of the loaders, `native` for programs of the chain itself. */
export interface ProgramSource {
  load(host: Host, programId: Pubkey): FoundProgram;
}

/** What every run shares. */
export interface RuntimeParts {
  readonly programs: ProgramSource;
  readonly fixedAccounts: FixedAccounts;
  /** Precompiles by `base58`: run at top level only, without a log line, for nothing. */
  readonly precompiles: ReadonlyMap<string, NativeProgram>;
  /** Compute units for gas. */
  readonly rate: MeterRate;
}
