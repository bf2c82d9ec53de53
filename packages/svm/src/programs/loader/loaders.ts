/** The loaders' own instructions: v3 deploys programs, v2 and v1 no longer do. */
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { InvokeContext, NativeProgram } from "../../runtime/invoke-context.ts";
import { createInstructionReader } from "../instruction-reader.ts";
import { setAuthority, setAuthorityChecked } from "./authority.ts";
import { initializeBuffer, writeBuffer } from "./buffer.ts";
import { close } from "./close.ts";
import { deployWithMaxDataLen } from "./deploy.ts";
import type { DeploymentRules } from "./deployment.ts";
import { extendProgram } from "./extend.ts";
import { refusal } from "./loader-checks.ts";
import { upgrade } from "./upgrade.ts";

/** Units of every instruction. */
const V1_UNITS = 1140;
const V2_UNITS = 570;
const V3_UNITS = 2370;

/** Loader v3: instructions are Agave's `UpgradeableLoaderInstruction`. */
export function createLoaderV3(rules: DeploymentRules): NativeProgram {
  return (context) => {
    context.consume(V3_UNITS);
    const reader = createInstructionReader(context.current.data);
    switch (reader.u32()) {
      case 0:
        return initializeBuffer(context);
      case 1:
        return writeBuffer(context, reader.u32(), reader.bytes());
      case 2:
        return deployWithMaxDataLen(context, rules, reader.u64());
      case 3:
        return upgrade(context, rules);
      case 4:
        return setAuthority(context);
      case 5:
        return close(context);
      case 6:
        return extendProgram(context, rules, reader.u32());
      case 7:
        return setAuthorityChecked(context);
      default:
        throw new InstructionFault("InvalidInstructionData");
    }
  };
}

/** Loader v2: runs the programs that it has, takes no instructions. */
export function loaderV2(context: InvokeContext): void {
  context.consume(V2_UNITS);
  throw refusal(context, "BPF loader management instructions are no longer supported", "UnsupportedProgramId");
}

/** Loader v1, for programs without padding in their input. */
export function loaderV1(context: InvokeContext): void {
  context.consume(V1_UNITS);
  throw refusal(context, "Deprecated loader is no longer supported", "UnsupportedProgramId");
}
