/** The class that replaces one marked `@remote`: its functions call another contract. */
import { functionItem, signatureHash, signatureOf, type Structs } from "./abi.ts";
import type { FunctionModel, RemoteModel } from "./contract-model.ts";
import { headSizes, littleEndian, writeTuple } from "./generate-codec.ts";

/** The class' text, on one line. */
export function generateRemote({ name, isExported, functions }: RemoteModel, structs: Structs): string {
  const construct =
    "constructor(private __to: __sdk.Address, private __value: __sdk.u256 = __sdk.u256.zero, private __gas: u64 = u64.MAX_VALUE) {}";
  return `${isExported ? "export " : ""}class ${name} { ${construct} ${functions.map((model) => remoteMethod(model, structs)).join(" ")} }`;
}

function remoteMethod(model: FunctionModel, structs: Structs): string {
  const { name, parameters, returns, stateMutability } = model;
  const { inputs } = functionItem(model, structs);
  const selector = littleEndian(signatureHash(signatureOf(name, inputs)).subarray(0, 4));
  const isStatic = stateMutability === "view" || stateMutability === "pure";
  const call = isStatic
    ? "__sdk.staticCall(this.__to, __writer.toBytes(), this.__gas)"
    : "__sdk.call(this.__to, __writer.toBytes(), this.__value, this.__gas)";
  const body = [
    `const __writer = new __sdk.Writer(${4 + 32 * parameters.length});`,
    `__writer.reserve(4 + ${headSizes(parameters)});`,
    `store<u32>(__writer.start, ${selector});`,
    writeTuple("__writer", "4", parameters, (parameter) => parameter.name),
    returns.name === "void"
      ? `${call}.unwrap();`
      : `const __output = ${call}.unwrap(); return __sdk.readValue<${returns.text}>(new __sdk.Reader(__output.pointer, __output.length), 0, 0);`,
  ].join(" ");
  return `${name}(${parameters.map((parameter) => `${parameter.name}: ${parameter.type.text}`).join(", ")}): ${returns.text} { ${body} }`;
}
