/** ArbOwnerPublic (0x6b), as far as it is about programs: cargo-stylus asks it before it deploys fragments (nitro, precompiles/ArbOwnerPublic.go). */
import { encodeWords } from "./abi.ts";
import { parametersGas } from "./activate-program.ts";
import { createPrecompile, type Precompile } from "./precompile.ts";
import { arbOwnerPublicAddress } from "./system-addresses.ts";

/** ArbOwnerPublic's one method. */
export const arbOwnerPublic: Precompile = createPrecompile(arbOwnerPublicAddress, [
  {
    signature: "getMaxStylusContractFragments()",
    kind: "view",
    since: 60,
    run({ rules, gas }) {
      gas.burn(parametersGas);
      return encodeWords(rules.parameters.maxFragmentCount);
    },
  },
]);
