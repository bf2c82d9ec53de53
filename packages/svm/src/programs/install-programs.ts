/** Programs that are there from the start: their accounts, written in genesis. */
import { pubkeyToBase58, toAddress, TriremeError, weiPerLamport, type Host, type Pubkey } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { writeSlotRecordGenesis } from "../sysvars/slot-record.ts";
import type { DeploymentRules } from "./loader/deployment.ts";
import { encodeLoaderState, programDataHeader } from "./loader/loader-state.ts";
import { programHash, writeIndexedProgram, writeProgramIndexGenesis } from "./program-index.ts";

/** A program for genesis. Plain data: it survives a structured clone. */
export interface GenesisProgram {
  readonly id: Pubkey;
  readonly elf: Uint8Array;
  /** 1: input without padding; 2: never changed; 3: in an account of its own, upgradeable. */
  readonly loader: 1 | 2 | 3;
  /** Who may upgrade a program of loader 3; nobody unless named. */
  readonly authority?: Pubkey;
}

/** Makes the system accounts of programs and sysvars, and installs programs; part of the environment's `writeGenesis`. */
export function writeProgramGenesis(host: Host, programs: readonly GenesisProgram[], rules: DeploymentRules): void {
  writeProgramIndexGenesis(host);
  writeSlotRecordGenesis(host);
  installPrograms(host, programs, rules);
}

/**
 * Writes the accounts of programs, each with the lamports that rent asks for, and notes them in the index: they run from
 * block 1 on. The caller answers for the lamports: they are made out of nothing.
 * @throws TriremeError `INVALID_ARGUMENT` for an ELF that does not load, or an account that is taken.
 */
export function installPrograms(host: Host, programs: readonly GenesisProgram[], rules: DeploymentRules): void {
  for (const program of programs) installProgram(host, program, rules);
}

function installProgram(host: Host, { id, elf, loader, authority }: GenesisProgram, { syscalls }: DeploymentRules): void {
  const result = loadProgram(elf, { syscalls });
  if (result.kind === "invalid") {
    throw new TriremeError("INVALID_ARGUMENT", `expected the ELF of a program for ${pubkeyToBase58(id)}, got: ${result.error.message}`);
  }
  if (loader === 3) {
    const { address: programData } = findProgramAddress([id], programIds.loaderV3);
    const header = encodeLoaderState({ kind: "programData", slot: host.block.number, authority });
    const data = new Uint8Array(programDataHeader + elf.length);
    data.set(header);
    data.set(elf, programDataHeader);
    writeAccount(host, { key: programData, owner: programIds.loaderV3, executable: false, data });
    writeAccount(host, {
      key: id,
      owner: programIds.loaderV3,
      executable: true,
      data: encodeLoaderState({ kind: "program", programData }),
    });
  } else {
    writeAccount(host, { key: id, owner: loader === 2 ? programIds.loaderV2 : programIds.loaderV1, executable: true, data: elf });
  }
  writeIndexedProgram(host, toAddress(id), programHash(elf));
}

interface NewAccount {
  readonly key: Pubkey;
  readonly owner: Pubkey;
  readonly executable: boolean;
  readonly data: Uint8Array;
}

function writeAccount(host: Host, { key, owner, executable, data }: NewAccount): void {
  const address = toAddress(key);
  if (host.getSvmRecord(address) !== undefined || host.getCodeSize(address) > 0) {
    throw new TriremeError("INVALID_ARGUMENT", `expected no account at program ${pubkeyToBase58(key)}, got one that exists`);
  }
  host.setSvmRecord(address, { pubkey: key, owner, executable, dataLength: data.length });
  host.writeAccountData(address, 0, data);
  const minimum = minimumBalance(data.length) * weiPerLamport;
  if (host.getBalance(address) < minimum) host.setBalance(address, minimum);
}
