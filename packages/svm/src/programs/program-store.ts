/** Finds what runs under a program id, and keeps prepared programs by the hash of their ELF. */
import { equalBytes, type Address, type Host, type SvmRecord } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { addressOf } from "../runtime/pubkey-names.ts";
import type { FoundProgram, ProgramSource } from "../runtime/runtime-parts.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import type { Engine, PreparedProgram, SyscallTable } from "../sbpf/engine.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { createBytesMap } from "./bytes-map.ts";
import { decodeLoaderState, programDataHeader, programLength } from "./loader/loader-state.ts";
import { createNativePrograms } from "./native-programs.ts";
import { programHash, readIndexedProgram } from "./program-index.ts";

/** What a store prepares programs with. */
export interface ProgramStoreOptions {
  readonly engine: Engine<ProgramMachine>;
  readonly syscalls: SyscallTable<ProgramMachine>;
  /** Bytes of ELFs whose prepared programs are kept, the least recently used go first; 32 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 32 * 1024 * 1024;

/** Loaders by id, and the form of input that their programs read. */
const loaders = createBytesMap<1 | 2 | 3>([
  [programIds.loaderV1, 1],
  [programIds.loaderV2, 2],
  [programIds.loaderV3, 3],
]);

/** Nothing that could run: no loader owns the account. Agave has no line for it. */
const unsupported: FoundProgram = { kind: "unavailable", reason: "" };
/** Never deployed, closed, broken, or changed in this very slot (rule 16). */
const notDeployed: FoundProgram = { kind: "unavailable", reason: "Program is not deployed" };

interface KeptProgram {
  /** Undefined: the ELF does not load. */
  readonly program: PreparedProgram<ProgramMachine> | undefined;
  readonly size: number;
  usedAt: number;
}

/** A store for this thread. What it keeps never changes what `load` answers. */
export function createProgramStore({ engine, syscalls, maxBytes = MAX_BYTES }: ProgramStoreOptions): ProgramSource {
  const natives = createNativePrograms({ syscalls });
  const kept = createBytesMap<KeptProgram>();
  let bytes = 0;
  let time = 0;

  const prepare = (hash: Uint8Array, elf: Uint8Array): KeptProgram => {
    const result = loadProgram(elf, { syscalls });
    const program = result.kind === "loaded" ? engine.prepare(result.executable, syscalls) : undefined;
    while (bytes > 0 && bytes + elf.length > maxBytes) bytes -= evictOldest();
    const found: KeptProgram = { program, size: elf.length, usedAt: 0 };
    kept.set(hash, found);
    bytes += elf.length;
    return found;
  };

  /** Gives the bytes that are free now. */
  const evictOldest = (): number => {
    let oldest: readonly [Uint8Array, KeptProgram] | undefined;
    for (const entry of kept.entries()) if (oldest === undefined || entry[1].usedAt < oldest[1].usedAt) oldest = entry;
    if (oldest === undefined) return 0;
    kept.delete(oldest[0]);
    return oldest[1].size;
  };

  return {
    load(host, programId) {
      const run = natives.get(programId);
      if (run !== undefined) return { kind: "native", run };
      const address = addressOf(programId);
      const record = host.getSvmRecord(address);
      const loader = record === undefined ? undefined : loaders.get(record.owner);
      if (record === undefined || loader === undefined) return unsupported;
      const indexed = readIndexedProgram(host, address);
      if (indexed?.hash === undefined || isTooYoung(indexed.changedAt, host)) return notDeployed;
      let found = kept.get(indexed.hash);
      if (found === undefined) {
        const elf = readElf(host, address, record, loader);
        // A run ahead of its turn may see the index of one deployment and the ELF of another: what it is told does not count, what
        // is kept does.
        if (elf === undefined || !equalBytes(programHash(elf), indexed.hash)) return notDeployed;
        found = prepare(indexed.hash.slice(), elf);
      }
      found.usedAt = ++time;
      return found.program === undefined ? notDeployed : { kind: "ready", program: found.program, loader };
    },
  };
}

/** Changed in this slot. Block 0 has no transactions: what its genesis installed is there at once. */
function isTooYoung(changedAt: bigint, { block }: Host): boolean {
  return changedAt >= block.number && block.number > 0n;
}

/** The ELF of a program account; undefined where it is none. */
function readElf(host: Host, address: Address, record: SvmRecord, loader: 1 | 2 | 3): Uint8Array | undefined {
  if (loader !== 3) return readData(host, address, 0, record.dataLength);
  if (record.dataLength < programLength) return undefined;
  const state = decodeLoaderState(readData(host, address, 0, programLength));
  if (state?.kind !== "program") return undefined;
  const dataAddress = addressOf(state.programData);
  const data = host.getSvmRecord(dataAddress);
  if (data === undefined || data.dataLength < programDataHeader) return undefined;
  return readData(host, dataAddress, programDataHeader, data.dataLength - programDataHeader);
}

function readData(host: Host, address: Address, offset: number, length: number): Uint8Array {
  const data = new Uint8Array(length);
  host.readAccountData(address, offset, data);
  return data;
}
