/** Withdrawals from the beacon chain (EIP-4895). */
import { addressFromBytes, type Address } from "@trireme/core";
import { encodeRlp, integerToRlp, readBytes, readInteger, readList, type RlpItem } from "./rlp.ts";

/** Wei in a gwei: the unit of `Withdrawal.amount`. */
export const weiPerGwei = 1_000_000_000n;

/** One withdrawal of a block body. */
export interface Withdrawal {
  readonly index: bigint;
  readonly validatorIndex: bigint;
  readonly address: Address;
  /** Gwei, not wei. */
  readonly amount: bigint;
}

/** RLP of a withdrawal: a leaf under the withdrawals root. */
export function encodeWithdrawal(withdrawal: Withdrawal): Uint8Array {
  return encodeRlp(withdrawalToRlp(withdrawal));
}

/** A withdrawal as an RLP list. */
export function withdrawalToRlp({ index, validatorIndex, address, amount }: Withdrawal): RlpItem {
  return [integerToRlp(index), integerToRlp(validatorIndex), address, integerToRlp(amount)];
}

/** Reads a withdrawal's RLP list. @throws TriremeError `INVALID_ENCODING` */
export function withdrawalFromRlp(item: RlpItem): Withdrawal {
  const fields = readList(item, "a withdrawal", 4);
  return {
    index: readInteger(fields[0], 8, "a withdrawal's index"),
    validatorIndex: readInteger(fields[1], 8, "a withdrawal's validatorIndex"),
    address: addressFromBytes(readBytes(fields[2], "a withdrawal's address", 20)),
    amount: readInteger(fields[3], 8, "a withdrawal's amount"),
  };
}
