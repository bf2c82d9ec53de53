// Random parameters of Solidity's ABI, with random values as viem takes them.
import fc from "fast-check";
import { bytesToHex, getAddress } from "viem";

/** A parameter of an ABI. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly components?: readonly Parameter[];
}

/** A parameter and its values. */
export interface ParameterCase {
  readonly parameter: Parameter;
  readonly value: fc.Arbitrary<unknown>;
}

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const one = (type: string, value: fc.Arbitrary<unknown>): ParameterCase => ({ parameter: { name: "", type }, value });

const leaves: fc.Arbitrary<ParameterCase> = fc.oneof(
  fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 32 })).map(([isSigned, size]) => {
    const min = isSigned ? -(2n ** BigInt(8 * size - 1)) : 0n;
    const max = 2n ** BigInt(isSigned ? 8 * size - 1 : 8 * size) - 1n;
    const wide = fc.bigInt({ min, max });
    return one(`${isSigned ? "" : "u"}int${8 * size}`, size <= 6 ? wide.map(Number) : wide);
  }),
  fc.constant(one("bool", fc.boolean())),
  fc.constant(
    one(
      "address",
      bytesOf(20).map((bytes) => getAddress(bytesToHex(bytes))),
    ),
  ),
  fc.constant(one("string", fc.string({ unit: "grapheme", maxLength: 40 }))),
  fc.constant(
    one(
      "bytes",
      fc.uint8Array({ maxLength: 40 }).map((bytes) => bytesToHex(bytes)),
    ),
  ),
  fc.integer({ min: 1, max: 32 }).map((length) =>
    one(
      `bytes${length}`,
      bytesOf(length).map((bytes) => bytesToHex(bytes)),
    ),
  ),
);

const { type } = fc.letrec<{ type: ParameterCase }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    fc.tuple(tie("type"), fc.option(fc.integer({ min: 1, max: 3 }))).map(([inner, count]): ParameterCase => {
      const suffix = count === null ? "[]" : `[${count}]`;
      const { internalType } = inner.parameter;
      return {
        parameter: {
          ...inner.parameter,
          type: `${inner.parameter.type}${suffix}`,
          ...(internalType === undefined ? {} : { internalType: `${internalType}${suffix}` }),
        },
        value: fc.array(inner.value, count === null ? { maxLength: 3 } : { minLength: count, maxLength: count }),
      };
    }),
    fc
      .tuple(
        fc.array(tie("type"), { minLength: 1, maxLength: 3 }),
        fc.option(fc.constantFrom("struct Pool.Key", "struct Key", "struct delete")),
      )
      .map(([inner, internalType]): ParameterCase => {
        const components = inner.map(({ parameter }, index) => ({ ...parameter, name: ["amount", "delete", "function"][index] as string }));
        const keys = components.map(({ name }) => name);
        return {
          parameter: { name: "", type: "tuple", components, ...(internalType === null ? {} : { internalType }) },
          value: fc
            .tuple(...inner.map(({ value }) => value))
            .map((values) => Object.fromEntries(keys.map((key, index) => [key, values[index]]))),
        };
      }),
  ),
}));

/** A function with arguments for it. */
export interface FunctionCase {
  readonly inputs: readonly Parameter[];
  readonly outputs: readonly Parameter[];
  readonly args: readonly unknown[];
}

const parameterNames = ["", "a", "a", "public", "value"];

/** Random functions, whatever their names. */
export const functionCases: fc.Arbitrary<FunctionCase> = fc
  .tuple(fc.array(type, { maxLength: 5 }), fc.array(type, { maxLength: 3 }))
  .chain(([inputs, outputs]) => fc.tuple(fc.constant(inputs), fc.constant(outputs), fc.tuple(...inputs.map(({ value }) => value))))
  .map(([inputs, outputs, args]) => ({
    inputs: inputs.map(({ parameter }, index) => ({ ...parameter, name: parameterNames[index] as string })),
    outputs: outputs.map(({ parameter }) => parameter),
    args,
  }));
