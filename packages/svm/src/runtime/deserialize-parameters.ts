/** What a program left in its input becomes the state of its accounts, as far as it may. */
import { maxAccountDataLength, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { GuestMemory } from "../sbpf/engine.ts";
import { borrowAccount, type AccountGrowth } from "./borrowed-account.ts";
import type { InstructionFrame } from "./instruction-frame.ts";
import { maxDataIncrease } from "./limits.ts";
import { samePubkey } from "./pubkey-names.ts";
import type { SerializedAccount } from "./serialize-parameters.ts";

/** Takes over lamports, data and owner of every account. @throws InstructionFault for the first change that is not allowed. */
export function deserializeParameters(
  frame: InstructionFrame,
  memory: GuestMemory,
  serialized: readonly SerializedAccount[],
  isAligned: boolean,
  growth: AccountGrowth,
): void {
  const { bytes, view, inputOffset } = memory;
  frame.accounts.forEach((lent, index) => {
    if (lent.first !== index) return;
    const { account } = lent;
    const place = serialized[index] as SerializedAccount;
    const borrowed = borrowAccount(lent, frame.program, growth);
    const lamports = view.getBigUint64(inputOffset + place.lamports, true);
    if (lamports !== account.lamports) borrowed.setLamports(lamports);
    const at = inputOffset + place.data;
    const length = isAligned ? readLength(view, at - 8, place.originalLength) : place.originalLength;
    borrowed.takeOver(bytes.subarray(at, at + length));
    if (!isAligned) return;
    const owner = bytes.subarray(inputOffset + place.owner, inputOffset + place.owner + 32);
    // Last, so that a program may change the account that it gives away.
    if (!samePubkey(owner, account.owner)) borrowed.setOwner(owner as Pubkey);
  });
}

function readLength(view: DataView, at: number, originalLength: number): number {
  const length = view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
  if (length - originalLength > maxDataIncrease || length > maxAccountDataLength) throw new InstructionFault("InvalidRealloc");
  return length;
}
