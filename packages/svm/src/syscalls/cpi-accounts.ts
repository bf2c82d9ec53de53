/** The account infos of a call: checked against the input, read before the callee runs, brought up to date after it. */
import type { Pubkey } from "@trireme/core";
import { borrowAccount } from "../runtime/borrowed-account.ts";
import type { PreparedInstruction } from "../runtime/execution.ts";
import type { InstructionAccount } from "../runtime/instruction-frame.ts";
import { bytesPerUnit, maxDataIncrease } from "../runtime/limits.ts";
import { placesOf } from "../runtime/places.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import { base58Of, isPubkeyAt } from "../runtime/pubkey-names.ts";
import type { SerializedAccount } from "../runtime/serialize-parameters.ts";
import { inputAddress } from "../sbpf/memory-layout.ts";
import type { CallAbi } from "./cpi-instruction.ts";
import {
  advance,
  consume,
  instructionFault,
  readNumber,
  readPointer,
  readPubkey,
  refuseInput,
  syscallFault,
  toNumber,
  translateSlice,
  translateValue,
  writeNumber,
  type Pointer,
} from "./guest.ts";

const maxInfos = 255;
/** What an account info counts (SIMD-0339): key, owner, lamports, length. */
const infoUnits = 80;

/** An account that both caller and callee hold, by host offsets into the caller's memory. */
export interface SharedAccount {
  /** As the caller holds it: its rights are the caller's. */
  readonly held: InstructionAccount;
  readonly place: SerializedAccount;
  readonly owner: number;
  readonly lamports: number;
  readonly data: number;
  /** The cell with the length that the caller's code uses. */
  readonly lengthCell: number;
  /** Whether the callee may write it. */
  readonly isWritable: boolean;
}

interface AccountInfos {
  readonly at: Pointer;
  readonly offset: number;
  readonly size: number;
  readonly keys: readonly Pubkey[];
}

/** Finds the info of every account of the callee. Takes units for the infos and for the data behind them. */
export function translateAccounts(
  machine: ProgramMachine,
  callee: PreparedInstruction,
  at: Pointer,
  count: number,
  abi: CallAbi,
): readonly SharedAccount[] {
  const infos = readInfos(machine, at, count, abi);
  const infoOf = placesOf(infos.keys);
  const shared: SharedAccount[] = [];
  const { frame, serialized, execution } = machine;
  callee.accounts.forEach(({ account, first, isWritable }, index) => {
    if (first !== index) return;
    if (account.isProgram) {
      consume(machine, Math.floor(account.dataLength / bytesPerUnit));
      return;
    }
    const info = infoOf(account.key);
    if (info < 0) {
      execution.log(`Instruction references an unknown account ${base58Of(account.key)}`);
      throw instructionFault("MissingAccount");
    }
    const inCaller = frame.indexOfAccount(account);
    const held = frame.accounts[inCaller] as InstructionAccount;
    const place = serialized[inCaller] as SerializedAccount;
    const translate = abi === "rust" ? translateRust : translateC;
    const { owner, lamports, data, lengthCell } = translate(
      machine,
      infos.offset + info * infos.size,
      advance(infos.at, info * infos.size),
      place,
    );
    // Field by field: spreading took a third of a call's time.
    shared.push({ held, place, owner, lamports, data, lengthCell, isWritable });
    consume(machine, Math.floor(readNumber(machine, lengthCell) / bytesPerUnit));
  });
  return shared;
}

/** What the caller changed so far becomes the account's, as far as the caller may. */
export function takeFromCaller(machine: ProgramMachine, { held, owner, lamports, data, lengthCell }: SharedAccount): void {
  const { execution, frame, memory } = machine;
  const { account } = held;
  const { bytes } = memory;
  const balance = memory.view.getBigUint64(lamports, true);
  const length = readNumber(machine, lengthCell);
  const isGiven = !isPubkeyAt(account.owner, bytes, owner);
  if (balance === account.lamports && !isGiven && account.hasData(bytes, data, length)) return;
  const borrowed = borrowAccount(held, frame.program, execution.growth);
  if (balance !== account.lamports) borrowed.setLamports(balance);
  borrowed.takeOver(bytes, data, length);
  if (isGiven) borrowed.setOwner(bytes.slice(owner, owner + 32) as Pubkey);
}

/** What the callee changed becomes what the caller sees. */
export function giveToCaller(
  machine: ProgramMachine,
  { held: { account }, place, owner, lamports, data, lengthCell }: SharedAccount,
): void {
  const { bytes, view } = machine.memory;
  view.setBigUint64(lamports, account.lamports, true);
  bytes.set(account.owner, owner);
  const previous = readNumber(machine, lengthCell);
  const length = account.dataLength;
  const room = machine.isAligned ? maxDataIncrease : 0;
  if (length > place.originalLength + room) {
    machine.execution.log(`Account data size realloc limited to ${room} in inner instructions`);
    throw instructionFault("InvalidRealloc");
  }
  if (previous !== length) {
    if (length < previous) bytes.fill(0, data + length, data + previous);
    // The slice must lie in the input as a whole.
    const at = place.data + length;
    translateSlice(machine, { low: place.data, high: inputAddress / 0x1_0000_0000 }, at - place.data, "store");
    writeNumber(machine, lengthCell, length);
    writeNumber(machine, data - 8, length);
  }
  bytes.set(account.data, data);
}

function readInfos(machine: ProgramMachine, at: Pointer, count: number, abi: CallAbi): AccountInfos {
  const size = abi === "rust" ? 48 : 56;
  refuseInput(advance(at, count * size));
  const { offset } = translateSlice(machine, at, count, "load", size, 8);
  if (count > maxInfos) {
    throw syscallFault(
      "MaxInstructionAccountInfosExceeded",
      `Invoked an instruction with too many account info's (${count} > ${maxInfos})`,
    );
  }
  consume(machine, Math.floor((count * infoUnits) / bytesPerUnit));
  const keys = Array.from({ length: count }, (_, index) => readPubkey(machine, readPointer(machine, offset + index * size)));
  return { at, offset, size, keys };
}

type Translated = Pick<SharedAccount, "owner" | "lamports" | "data" | "lengthCell">;

/** `AccountInfo` of Rust: lamports and data stand behind `Rc<RefCell<_>>`, whose value begins at its 24th byte. */
function translateRust(machine: ProgramMachine, info: number, _at: Pointer, place: SerializedAccount): Translated {
  checkPointer(machine, readPointer(machine, info), place.key, "key");
  const ownerAt = readPointer(machine, info + 24);
  checkPointer(machine, ownerAt, place.owner, "owner");
  const lamportsCell = advance(readPointer(machine, info + 8), 24);
  const lamportsAt = readPointer(machine, translateValue(machine, lamportsCell, 8, 8, "load"));
  refuseInput(lamportsCell);
  checkPointer(machine, lamportsAt, place.lamports, "lamports");
  const lamports = translateValue(machine, lamportsAt, 8, 8, "store");
  const owner = translateValue(machine, ownerAt, 32, 1, "store");
  const dataCell = advance(readPointer(machine, info + 16), 24);
  refuseInput(dataCell);
  const dataAt = readPointer(machine, translateValue(machine, dataCell, 16, 8, "load"));
  checkPointer(machine, dataAt, place.data, "data");
  const lengthCell = translateData(machine, dataAt, advance(dataCell, 8), place);
  return { owner, lamports, data: machine.memory.inputOffset + place.data, lengthCell };
}

/** `SolAccountInfo` of C: key*, lamports*, length, data*, owner*. */
function translateC(machine: ProgramMachine, info: number, at: Pointer, place: SerializedAccount): Translated {
  const [lamportsAt, dataAt, ownerAt] = [readPointer(machine, info + 8), readPointer(machine, info + 24), readPointer(machine, info + 32)];
  checkPointer(machine, readPointer(machine, info), place.key, "key");
  checkPointer(machine, ownerAt, place.owner, "owner");
  checkPointer(machine, lamportsAt, place.lamports, "lamports");
  checkPointer(machine, dataAt, place.data, "data");
  const lamports = translateValue(machine, lamportsAt, 8, 8, "store");
  const owner = translateValue(machine, ownerAt, 32, 1, "store");
  const lengthCell = translateData(machine, dataAt, advance(at, 16), place);
  return { owner, lamports, data: machine.memory.inputOffset + place.data, lengthCell };
}

/** Checks where the data stands and gives the cell of its length. */
function translateData(machine: ProgramMachine, dataAt: Pointer, lengthAt: Pointer, place: SerializedAccount): number {
  refuseInput(lengthAt);
  const lengthCell = translateValue(machine, lengthAt, 8, 1, "store");
  const length = readNumber(machine, lengthCell);
  if (length > place.originalLength + (machine.isAligned ? maxDataIncrease : 0)) throw instructionFault("InvalidRealloc");
  translateSlice(machine, dataAt, length, "store");
  return lengthCell;
}

/** SIMD-0459: an info must point to where the runtime put the account. */
function checkPointer(machine: ProgramMachine, at: Pointer, place: number, field: string): void {
  const expected = inputAddress + place;
  if (toNumber(at) === expected) return;
  const found = ((BigInt(at.high) << 32n) | BigInt(at.low)).toString(16);
  machine.execution.log(`Invalid account info pointer \`${field}': 0x${found} != 0x${expected.toString(16)}`);
  throw syscallFault("InvalidPointer", "Invalid pointer");
}
