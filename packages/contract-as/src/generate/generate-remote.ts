/** The class that replaces one marked `@remote`: its functions call another contract. */
import { functionItem, signatureHash, signatureOf, type Structs } from "./abi.ts";
import type { FunctionModel, RemoteModel } from "./contract-model.ts";
import { headSizes, littleEndian, writeTuple } from "./generate-codec.ts";

/** The class' text, on one line. */
export function generateRemote({ name, isExported, functions }: RemoteModel, structs: Structs): string {
  const construct =
    "constructor(public address: __sdk.Address, public value: __sdk.u256 = __sdk.u256.zero, public gas: u64 = u64.MAX_VALUE) {}";
  return `${isExported ? "export " : ""}class ${name} { ${construct} ${functions.map((model) => remoteMethod(model, structs)).join(" ")} }`;
}

function remoteMethod(model: FunctionModel, structs: Structs): string {
  const { name, parameters, returns, stateMutability } = model;
  const { inputs } = functionItem(model, structs);
  const selector = littleEndian(signatureHash(signatureOf(name, inputs)).subarray(0, 4));
  const isStatic = stateMutability === "view" || stateMutability === "pure";
  const call = isStatic
    ? "__sdk.staticCall(this.address, writer.toBytes(), this.gas)"
    : "__sdk.call(this.address, writer.toBytes(), this.value, this.gas)";
  const body = [
    `const writer = new __sdk.Writer(${4 + 32 * parameters.length});`,
    `writer.reserve(4 + ${headSizes(parameters)});`,
    `store<u32>(writer.start, ${selector});`,
    writeTuple("writer", "4", parameters, (parameter) => parameter.name),
    returns.name === "void"
      ? `${call}.unwrap();`
      : `const output = ${call}.unwrap(); return __sdk.readValue<${returns.text}>(new __sdk.Reader(output.pointer, output.length), 0, 0);`,
  ].join(" ");
  return `${name}(${parameters.map((parameter) => `${parameter.name}: ${parameter.type.text}`).join(", ")}): ${returns.text} { ${body} }`;
}
