/**
 * The call gateway: how a program calls a contract of another VM with value, a gas limit, or as a try. Accounts: the
 * contract, then those that it is given, the sender first. An entry point of the host: no frame, no depth (rule 9).
 */
import { ExecutionFault } from "../runtime/execution-fault.ts";
import { InstructionFault, type InstructionErrorName } from "../errors/instruction-error.ts";
import type { NativeProgram } from "../runtime/invoke-context.ts";
import { decodeGatewayCall } from "./call-gateway-data.ts";

/** The native program. */
export const callGateway: NativeProgram = (context) => {
  const { current } = context;
  const call = decodeGatewayCall(current.data);
  if ("error" in call) throw refuse("InvalidInstructionData", call.error);
  if (call.isStatic && call.value > 0n) throw refuse("InvalidArgument", "expected no value in a static call");
  if (current.accountCount === 0) throw new InstructionFault("NotEnoughAccountKeys");
  const { isTry, isStatic, gasLimit, value, input } = call;
  context.callContract({ contract: 0, firstAccount: 1, input, value, gasLimit, isTry, isStatic });
};

function refuse(error: InstructionErrorName, text: string): InstructionFault {
  return new ExecutionFault(error, text);
}
