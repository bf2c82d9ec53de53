/** The file that calls contracts from Solana transactions: the same for every contract. */
import { typescriptHeader } from "./typescript-header.ts";

/** Its text. */
export const callGatewayText = `${typescriptHeader}import {
  AccountRole,
  getAddressDecoder,
  getU128Encoder,
  getU64Encoder,
  type AccountMeta,
  type AccountSignerMeta,
  type Address,
  type TransactionSigner,
} from "@solana/kit";
import { concatHex, hexToBytes, type Hex } from "viem";

/** Calls contracts with value, with a gas limit, or so that a failure is a value. */
export const callGateway = "Ca11Gateway11111111111111111111111111111111" as Address;

/** An instruction that @solana/kit sends. */
export interface ContractInstruction {
  readonly programAddress: Address;
  readonly accounts: readonly (AccountMeta | AccountSignerMeta)[];
  readonly data: Uint8Array;
}

/** Which contract is called, by whom. */
export interface ContractTarget {
  /** The contract's Ethereum address. */
  readonly contract: Hex;
  /** Who calls: a signer that is no program's account; the contract sees its Ethereum address. */
  readonly sender: Address | TransactionSigner;
  /** Accounts that the contract hands on to programs. */
  readonly accounts?: readonly AccountMeta[];
}

/** How a call through the gateway runs. */
export interface GatewayOptions {
  /** Wei that go from the sender to the contract. */
  readonly value?: bigint;
  /** All that may go by default. */
  readonly gasLimit?: bigint;
  /** Whether a failure of the contract is told by the return data alone. */
  readonly isTry?: boolean;
  /** Whether nothing may be written. */
  readonly isStatic?: boolean;
}

/** The pubkey under which Solana transactions name a contract. */
export function pubkeyOfContract(contract: Hex): Address {
  // "trireme:addr", then the address.
  const pubkey = concatHex(["0x74726972656d653a61646472", contract]);
  return getAddressDecoder().decode(hexToBytes(pubkey));
}

/** An instruction whose program is the contract: no value, all gas, a failure fails the transaction. */
export function directInstruction(target: ContractTarget, calldata: Hex): ContractInstruction {
  return {
    programAddress: pubkeyOfContract(target.contract),
    accounts: [senderMeta(target.sender), ...(target.accounts ?? [])],
    data: hexToBytes(calldata),
  };
}

/** An instruction of the call gateway. */
export function gatewayInstruction(
  target: ContractTarget,
  calldata: Hex,
  options: GatewayOptions = {},
): ContractInstruction {
  const { value = 0n, gasLimit = 2n ** 64n - 1n, isTry = false, isStatic = false } = options;
  const contract = { address: pubkeyOfContract(target.contract), role: AccountRole.READONLY };
  return {
    programAddress: callGateway,
    accounts: [contract, senderMeta(target.sender), ...(target.accounts ?? [])],
    data: Uint8Array.from([
      0,
      (isTry ? 1 : 0) + (isStatic ? 2 : 0),
      ...getU64Encoder().encode(gasLimit),
      ...getU128Encoder().encode(value),
      ...hexToBytes(calldata),
    ]),
  };
}

function senderMeta(sender: Address | TransactionSigner): AccountMeta | AccountSignerMeta {
  const role = AccountRole.WRITABLE_SIGNER;
  if (typeof sender === "string") return { address: sender, role };
  return { address: sender.address, role, signer: sender };
}
`;
