/** eth_config (EIP-7910) */
import { crc32 } from "node:zlib";
import { addressToHex, bytesToBigint, type Hash, type Hex } from "@trireme/core";
import {
  beaconRootsContract,
  blobScheduleOf,
  consolidationRequestsContract,
  historyStorageContract,
  precompileAddresses,
  withdrawalRequestsContract,
} from "@trireme/ethereum";
import { blockAt, stateAt } from "../../blocks.ts";
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** The rules that the chain runs by: one hardfork from genesis on, so that neither a next nor a last one is known. */
export const config = ethereumMethod([], async ({ chain }) => {
  const [genesis, state] = await Promise.all([blockAt(chain, 0n), stateAt(chain, "latest")]);
  const schedule = blobScheduleOf(chain.hardfork);
  return {
    current: {
      activationTime: 0,
      blobSchedule: schedule === undefined ? null : { ...schedule, baseFeeUpdateFraction: Number(schedule.baseFeeUpdateFraction) },
      chainId: toQuantity(chain.chainId),
      forkId: forkIdOf(genesis.hash),
      precompiles: Object.fromEntries(
        precompileAddresses(chain.hardfork).map((address) => [PRECOMPILES.get(bytesToBigint(address)), addressToHex(address)]),
      ),
      systemContracts: Object.fromEntries(
        SYSTEM_CONTRACTS.filter(([, { address }]) => state.getCodeAt(address).length > 0).map(([name, { address }]) => [
          name,
          addressToHex(address),
        ]),
      ),
    },
    next: null,
    last: null,
  };
});

/** EIP-2124: a fork of genesis leaves no trace in the checksum. */
function forkIdOf(genesisHash: Hash): Hex {
  return `0x${crc32(genesisHash).toString(16).padStart(8, "0")}`;
}

/** EIP-7910's names. */
const PRECOMPILES: ReadonlyMap<bigint, string> = new Map([
  [0x01n, "ECREC"],
  [0x02n, "SHA256"],
  [0x03n, "RIPEMD160"],
  [0x04n, "ID"],
  [0x05n, "MODEXP"],
  [0x06n, "BN254_ADD"],
  [0x07n, "BN254_MUL"],
  [0x08n, "BN254_PAIRING"],
  [0x09n, "BLAKE2F"],
  [0x0an, "KZG_POINT_EVALUATION"],
  [0x0bn, "BLS12_G1ADD"],
  [0x0cn, "BLS12_G1MSM"],
  [0x0dn, "BLS12_G2ADD"],
  [0x0en, "BLS12_G2MSM"],
  [0x0fn, "BLS12_PAIRING_CHECK"],
  [0x10n, "BLS12_MAP_FP_TO_G1"],
  [0x11n, "BLS12_MAP_FP2_TO_G2"],
  [0x100n, "P256VERIFY"],
]);

const SYSTEM_CONTRACTS = [
  ["BEACON_ROOTS_ADDRESS", beaconRootsContract],
  ["CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS", consolidationRequestsContract],
  ["HISTORY_STORAGE_ADDRESS", historyStorageContract],
  ["WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS", withdrawalRequestsContract],
] as const;
