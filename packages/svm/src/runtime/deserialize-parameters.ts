/** What a program left in its input becomes the state of its accounts, as far as it may. */
import { maxAccountDataLength, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { GuestMemory } from "../sbpf/engine.ts";
import { borrowAccount, type AccountGrowth } from "./borrowed-account.ts";
import type { InstructionFrame } from "./instruction-frame.ts";
import { maxDataIncrease } from "./limits.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import { isPubkeyAt } from "./pubkey-names.ts";
import type { SerializedAccount } from "./serialize-parameters.ts";

/** Takes over lamports, data and owner of every account but those in `known`. @throws InstructionFault for the first change that is not allowed. */
export function deserializeParameters(
  frame: InstructionFrame,
  memory: GuestMemory,
  serialized: readonly SerializedAccount[],
  isAligned: boolean,
  growth: AccountGrowth,
  known?: ReadonlySet<LoadedAccount>,
): void {
  const { bytes, view, inputOffset } = memory;
  for (const [index, lent] of frame.accounts.entries()) {
    const { account } = lent;
    if (lent.first !== index || known?.has(account) === true) continue;
    const place = serialized[index] as SerializedAccount;
    const lamports = view.getBigUint64(inputOffset + place.lamports, true);
    const at = inputOffset + place.data;
    const ownerAt = inputOffset + place.owner;
    const isMoved = lamports !== account.lamports;
    const isGiven = isAligned && !isPubkeyAt(account.owner, bytes, ownerAt);
    const length = isAligned ? view.getUint32(at - 8, true) + view.getUint32(at - 4, true) * 0x1_0000_0000 : place.originalLength;
    if (!isMoved && !isGiven && account.hasData(bytes, at, length)) continue;
    const borrowed = borrowAccount(lent, frame.program, growth);
    if (isMoved) borrowed.setLamports(lamports);
    if (length - place.originalLength > maxDataIncrease || length > maxAccountDataLength) throw new InstructionFault("InvalidRealloc");
    borrowed.takeOver(bytes, at, length);
    // Last, so that a program may change the account that it gives away.
    if (isGiven) borrowed.setOwner(bytes.slice(ownerAt, ownerAt + 32) as Pubkey);
  }
}
