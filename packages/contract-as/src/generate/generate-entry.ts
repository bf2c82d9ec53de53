/** The module's entry point: it decodes the call, runs the method, writes storage and encodes the output. */
import { functionItem, signatureHash, signatureOf, type Structs } from "./abi.ts";
import type { ContractModel, FallbackModel, FunctionModel } from "./contract-model.ts";
import { headSizes, littleEndian, readTupleValue } from "./generate-codec.ts";

/** The text to append to the contract's file. */
export function generateEntry(contract: ContractModel, structs: Structs, isGrowable: boolean): string {
  const cases = contract.functions.map((model) => {
    const { inputs } = functionItem(model, structs);
    const signature = signatureOf(model.name, inputs);
    const selector = littleEndian(signatureHash(signature).subarray(0, 4));
    return `      case ${selector}: {\n        // ${signature}\n${runFunction(model)}\n      }`;
  });
  const dispatch = `  if (length >= 4) {\n    switch (load<u32>(input)) {\n${cases.join("\n")}\n    }\n  }`;
  const { receive, fallback } = contract;
  return [
    "",
    `const __contract = new ${contract.name}();`,
    "export function user_entrypoint(length: i32): i32 {",
    ...(isGrowable ? ["  __sdk.declareGrowth();"] : []),
    "  const input = __sdk.readInput(length);",
    ...(cases.length === 0 ? [] : [dispatch]),
    ...(receive === undefined ? [] : [`  if (length == 0) { ${runFallback(receive)} }`]),
    ...(fallback === undefined ? ["  __sdk.revertEmpty();", "  return 1;"] : [`  ${runFallback(fallback)}`]),
    "}",
    "",
  ].join("\n");
}

function runFunction({ name, parameters, returns, stateMutability, isNonReentrant }: FunctionModel): string {
  const call = `__contract.${name}(${parameters.map((_, index) => `p${index}`).join(", ")})`;
  const isVoid = returns.name === "void";
  const statements = [
    ...(stateMutability === "payable" ? [] : ["__sdk.refuseValue();"]),
    ...(parameters.length === 0 ? [] : ["const reader = new __sdk.Reader(input + 4, length - 4);"]),
    ...parameters.map((_, index) => `const p${index} = ${readTupleValue("reader", "0", parameters, index)};`),
    ...(isNonReentrant ? ["__sdk.lock();"] : []),
    ...(stateMutability === "view" || stateMutability === "pure" ? ["__sdk.declareView();"] : []),
    isVoid ? `${call};` : `const output = ${call};`,
    ...(isNonReentrant ? ["__sdk.unlock();"] : []),
    ...(isVoid
      ? ["return __sdk.succeed();"]
      : [
          "const writer = new __sdk.Writer(64);",
          `writer.reserve(${headSizes([{ name: "", type: returns }])});`,
          `__sdk.writeValue<${returns.text}>(writer, 0, 0, output);`,
          "return __sdk.succeedWith(writer);",
        ]),
  ];
  return statements.map((statement) => `        ${statement}`).join("\n");
}

function runFallback({ name, takesInput, givesOutput, isPayable }: FallbackModel): string {
  const call = `__contract.${name}(${takesInput ? "new __sdk.Bytes(input, length)" : ""})`;
  const refuse = isPayable ? "" : "__sdk.refuseValue(); ";
  return givesOutput ? `${refuse}return __sdk.succeedWithBytes(${call});` : `${refuse}${call}; return __sdk.succeed();`;
}
