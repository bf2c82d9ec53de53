/** Instruction data of the call gateway: 26 bytes, little-endian, then the input of the call. */
import { bytesToBigint, concatBytes } from "@trireme/core";

/** What a call through the gateway asks for. */
export interface GatewayCall {
  /** Whether a failure is told in the return data and does not fail the instruction. */
  readonly isTry: boolean;
  readonly isStatic: boolean;
  /** Gas at most; undefined for all that may go. */
  readonly gasLimit: bigint | undefined;
  /** In wei. */
  readonly value: bigint;
  readonly input: Uint8Array;
}

const HEADER = 26;
const VERSION = 0;
const TRY = 1;
const STATIC = 2;
const NO_LIMIT = (1n << 64n) - 1n;

/** Why data is no call: what was expected and what came. */
export type GatewayDataError = { readonly error: string };

/** Encodes a call. @throws RangeError for a value past u128 or a limit past u64. */
export function encodeGatewayCall({ isTry, isStatic, gasLimit = NO_LIMIT, value, input }: GatewayCall): Uint8Array {
  const flags = (isTry ? TRY : 0) | (isStatic ? STATIC : 0);
  return concatBytes(Uint8Array.of(VERSION, flags), littleEndian(gasLimit, 8), littleEndian(value, 16), input);
}

/** Decodes a call; total. */
export function decodeGatewayCall(data: Uint8Array): GatewayCall | GatewayDataError {
  if (data.length < HEADER) return { error: `expected at least ${HEADER} bytes of data, got ${data.length}` };
  const [version, flags] = data as unknown as readonly [number, number];
  if (version !== VERSION) return { error: `expected version ${VERSION}, got ${version}` };
  if (flags > (TRY | STATIC)) return { error: `expected flags of try (1) and static (2), got ${flags}` };
  const limit = fromLittleEndian(data.subarray(2, 10));
  return {
    isTry: (flags & TRY) !== 0,
    isStatic: (flags & STATIC) !== 0,
    gasLimit: limit === NO_LIMIT ? undefined : limit,
    value: fromLittleEndian(data.subarray(10, HEADER)),
    input: data.subarray(HEADER),
  };
}

function littleEndian(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * length) !== 0n) throw new RangeError(`expected a number of ${length} bytes, got ${value}`);
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytesToBigint(bytes.slice().reverse());
}
