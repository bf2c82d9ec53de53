/** Which precompile answers at which address, from which hardfork on. */
import { isAtLeast, type Address, type Hardfork } from "@trireme/core";

/** A precompile: the engine's file, the function that it exports, and the fork that brought it. */
export interface PrecompileEntry {
  readonly file: string;
  readonly name: string;
  readonly since: Hardfork;
}

const entry = (file: string, since: Hardfork): PrecompileEntry => ({
  file: `precompiles/${file}.js`,
  name: `precompile${file.split("-")[0] as string}`,
  since,
});

const ENTRIES: ReadonlyMap<number, PrecompileEntry> = new Map([
  [0x01, entry("01-ecrecover", "london")],
  [0x02, entry("02-sha256", "london")],
  [0x03, entry("03-ripemd160", "london")],
  [0x04, entry("04-identity", "london")],
  [0x05, entry("05-modexp", "london")],
  [0x06, entry("06-bn254-add", "london")],
  [0x07, entry("07-bn254-mul", "london")],
  [0x08, entry("08-bn254-pairing", "london")],
  [0x09, entry("09-blake2f", "london")],
  [0x0a, entry("0a-kzg-point-evaluation", "cancun")],
  [0x0b, entry("0b-bls12-g1add", "prague")],
  [0x0c, entry("0c-bls12-g1msm", "prague")],
  [0x0d, entry("0d-bls12-g2add", "prague")],
  [0x0e, entry("0e-bls12-g2msm", "prague")],
  [0x0f, entry("0f-bls12-pairing", "prague")],
  [0x10, entry("10-bls12-map-fp-to-g1", "prague")],
  [0x11, entry("11-bls12-map-fp2-to-g2", "prague")],
  [0x100, entry("100-p256verify", "osaka")],
]);

/** The precompile at an address under a hardfork. */
export function precompileAt(address: Address, hardfork: Hardfork): PrecompileEntry | undefined {
  for (let index = 0; index < 18; index++) if (address[index] !== 0) return undefined;
  const found = ENTRIES.get(((address[18] as number) << 8) | (address[19] as number));
  return found !== undefined && isAtLeast(hardfork, found.since) ? found : undefined;
}
