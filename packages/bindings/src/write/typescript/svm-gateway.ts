/** The file that turns instructions of programs into Ethereum transactions: the same for every program. */
import { typescriptHeader } from "./typescript-header.ts";

/** Its text. */
export const svmGatewayText = `${typescriptHeader}import {
  getAddressDecoder,
  getAddressEncoder,
  isSignerRole,
  isWritableRole,
  type AccountMeta,
  type Address,
  type ReadonlyUint8Array,
} from "@solana/kit";
import { bytesToHex, concatHex, encodeFunctionData, hexToBytes, type Hex } from "viem";

/** Where contracts and Ethereum wallets call programs of the SVM. */
export const svmGateway = "0x73766D0000000000000000000000000000000000";

export const svmGatewayAbi = [
  {
    type: "function",
    name: "invoke",
    inputs: [
      { name: "program", type: "bytes32" },
      {
        name: "accounts",
        type: "tuple[]",
        components: [
          { name: "pubkey", type: "bytes32" },
          { name: "isSigner", type: "bool" },
          { name: "isWritable", type: "bool" },
        ],
      },
      { name: "data", type: "bytes" },
    ],
    outputs: [{ name: "returnData", type: "bytes" }],
    stateMutability: "nonpayable",
  },
  {
    type: "error",
    name: "SvmError",
    inputs: [
      { name: "program", type: "bytes32" },
      { name: "code", type: "uint32" },
      { name: "reason", type: "string" },
    ],
  },
  { type: "error", name: "GatewayError", inputs: [{ name: "reason", type: "string" }] },
] as const;

/** An instruction as the builders make it. */
export interface GatewayInstruction {
  readonly programAddress: Address;
  readonly accounts?: readonly AccountMeta[];
  readonly data?: ReadonlyUint8Array;
}

/**
 * The Ethereum transaction that runs an instruction. Its sender signs as its own pubkey, and nobody else signs: an Ethereum
 * wallet has the pubkey of \`pubkeyOfWallet\` unless a Solana key was bound to its address.
 */
export function toEthereumTransaction(instruction: GatewayInstruction): { to: Hex; data: Hex } {
  const { programAddress, accounts = [], data = new Uint8Array() } = instruction;
  const metas = accounts.map(({ address, role }) => ({
    pubkey: pubkeyHex(address),
    isSigner: isSignerRole(role),
    isWritable: isWritableRole(role),
  }));
  const args = [pubkeyHex(programAddress), metas, bytesToHex(Uint8Array.from(data))] as const;
  return {
    to: svmGateway,
    data: encodeFunctionData({ abi: svmGatewayAbi, functionName: "invoke", args }),
  };
}

/** The pubkey of an address that no Solana key is bound to. */
export function pubkeyOfWallet(address: Hex): Address {
  // "trireme:addr", then the address.
  const pubkey = concatHex(["0x74726972656d653a61646472", address]);
  return getAddressDecoder().decode(hexToBytes(pubkey));
}

function pubkeyHex(address: Address): Hex {
  return bytesToHex(Uint8Array.from(getAddressEncoder().encode(address)));
}
`;
