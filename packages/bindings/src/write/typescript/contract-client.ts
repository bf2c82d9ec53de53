/** An ABI as TypeScript: the ABI for viem, and builders of instructions for Solana wallets. */
import type { AbiEntry, AbiParameter, ContractInterface } from "../../model/contract-interface.ts";
import { camelCase } from "../../names/letter-case.ts";
import { createNameScope } from "../../names/name-scope.ts";
import { typescriptWords } from "../../names/reserved-words.ts";
import type { GeneratedFile } from "../generated-file.ts";
import { callGatewayText } from "./call-gateway.ts";
import { functionHead, layOut, listOf, objectOf, type Layout } from "./layout.ts";
import { typescriptHeader } from "./typescript-header.ts";

/** The files. */
export function writeContractClient(model: ContractInterface, stem: string): GeneratedFile[] {
  const language = "typescript";
  const scope = createNameScope(typescriptWords);
  const abi = `${scope.take(camelCase(model.name))}Abi`;
  const files: GeneratedFile[] = [{ path: `typescript/${stem}.abi.ts`, language, text: abiText(abi, model) }];
  if (model.methods.length === 0) return files;
  return [
    ...files,
    { path: `typescript/${stem}.solana.ts`, language, text: buildersText(model.name, abi, stem) },
    { path: "typescript/call-gateway.ts", language, text: callGatewayText },
  ];
}

function abiText(abi: string, model: ContractInterface): string {
  const head = `export const ${abi} = `;
  const text = layOut(listOf(model.abi.map(entryLayout)), "", head.length, " as const;".length);
  return `${typescriptHeader}\n/** The ABI of ${model.name}, for viem. */\n${head}${text} as const;\n`;
}

function entryLayout(entry: AbiEntry): Layout {
  return objectOf([
    `type: "${entry.type}"`,
    ...(entry.name === undefined ? [] : [`name: "${entry.name}"`]),
    ...(entry.inputs === undefined ? [] : [["inputs: ", parametersLayout(entry.inputs)]]),
    ...(entry.outputs === undefined ? [] : [["outputs: ", parametersLayout(entry.outputs)]]),
    ...(entry.stateMutability === undefined ? [] : [`stateMutability: "${entry.stateMutability}"`]),
    ...(entry.anonymous === undefined ? [] : [`anonymous: ${entry.anonymous}`]),
  ]);
}

function parametersLayout(parameters: readonly AbiParameter[]): Layout {
  return listOf(
    parameters.map(({ name, type, internalType, indexed, components }) =>
      objectOf([
        `name: "${name}"`,
        `type: "${type}"`,
        ...(internalType === undefined ? [] : [`internalType: "${internalType}"`]),
        ...(indexed === undefined ? [] : [`indexed: ${indexed}`]),
        ...(components === undefined ? [] : [["components: ", parametersLayout(components)]]),
      ]),
    ),
  );
}

function buildersText(name: string, abi: string, stem: string): string {
  const generic = `name extends ContractFunctionName<typeof ${abi}>`;
  const call = `call: ${name}Call<name>`;
  return `${typescriptHeader}import {
  encodeFunctionData,
  type AbiStateMutability,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  type Hex,
} from "viem";
import {
  directInstruction,
  gatewayInstruction,
  type ContractInstruction,
  type ContractTarget,
  type GatewayOptions,
} from "./call-gateway.js";
import { ${abi} } from "./${stem}.abi.js";

/** A function of ${name} and its arguments. */
export interface ${name}Call<${generic}> {
  readonly functionName: name;
  readonly args: ContractFunctionArgs<typeof ${abi}, AbiStateMutability, name>;
}

/** Calldata of a function. */
${genericHead(`encode${name}Call`, generic, [call], "Hex")}
  const parameters: unknown = { abi: ${abi}, ...call };
  return encodeFunctionData(parameters as EncodeFunctionDataParameters);
}

/** An instruction that calls a function; a failure fails the transaction. */
${genericHead(`get${name}Instruction`, generic, ["target: ContractTarget", call], "ContractInstruction")}
  return directInstruction(target, encode${name}Call(call));
}

/** The same through the call gateway: with value, a gas limit, or so that a failure is a value. */
${genericHead(`get${name}GatewayInstruction`, generic, ["target: ContractTarget", call, "options: GatewayOptions = {}"], "ContractInstruction")}
  return gatewayInstruction(target, encode${name}Call(call), options);
}
`;
}

/** The head of a generic function, on as many lines as it needs. */
function genericHead(name: string, generic: string, parameters: readonly string[], result: string): string {
  const start = `export function ${name}<${generic}>`;
  return functionHead(start.length < 100 ? start : `export function ${name}<\n  ${generic},\n>`, parameters, result);
}
