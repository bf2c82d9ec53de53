import { transient_load_bytes32, transient_store_bytes32 } from "./hostio";
import { revert } from "./revert";
import { Bytes32 } from "./bytes32";

/** "trireme.contract-as.reentrancy" as bytes: a transient slot of the contract, empty again after the transaction. */
// @ts-ignore: decorator
@lazy
const SLOT = Bytes32.of(0x7472_6972_656d_652e, 0x636f_6e74_7261_6374, 0x2d61_732e_7265_656e, 0x7472_616e_6379_0000);
const WORD: usize = memory.data(32);

/** Reverts when the contract is locked, and locks it. Methods marked `@nonReentrant` do this by themselves. */
export function lock(): void {
  transient_load_bytes32(SLOT.pointer, WORD);
  if (load<u8>(WORD, 31)) revert("reentrant call");
  setLock(1);
}

export function unlock(): void {
  setLock(0);
}

function setLock(value: u8): void {
  store<u8>(WORD, value, 31);
  transient_store_bytes32(SLOT.pointer, WORD);
}
