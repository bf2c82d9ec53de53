/** What the generator adds to the classes marked `@struct`, `@event` and `@error`. */
import { recordItem, signatureHash, signatureOf, isIndexed, unindexed, type Structs } from "./abi.ts";
import type { RecordModel, Typed } from "./contract-model.ts";
import { headSizes, littleEndian, readTupleValue, writeTuple } from "./generate-codec.ts";
import { SourceError, sourceError } from "./source-error.ts";

/** The text to insert before the class' closing brace, on one line, so that the lines of the source stay what they are. */
export function generateRecord(model: RecordModel, structs: Structs): string {
  const { kind, fields, hasConstructor } = model;
  if (fields.length === 0 && kind === "struct") throw sourceError(model.place, `struct ${model.name}: expected fields, got none`);
  const methods = kind === "struct" ? structMethods(fields) : kind === "event" ? emitMethod(model, structs) : revertMethod(model, structs);
  return `${hasConstructor ? "" : constructorOf(fields)} ${methods} `;
}

function constructorOf(fields: readonly Typed[]): string {
  const parameters = fields.map(({ name, type }) => `${name}: ${type.text}`).join(", ");
  return ` constructor(${parameters}) { ${fields.map(({ name }) => `this.${name} = ${name};`).join(" ")} }`;
}

function structMethods(fields: readonly Typed[]): string {
  const dynamic = fields.map(({ type }) => `__sdk.isDynamic<${type.text}>()`).join(" || ");
  const write = writeTuple("writer", "base", fields, ({ name }) => `this.${name}`);
  const read = fields.map(({ name }, index) => `this.${name} = ${readTupleValue("reader", "at", fields, index)};`).join(" ");
  return [
    `abiSize(): i32 { return ${headSizes(fields)}; }`,
    `abiDynamic(): bool { return ${dynamic}; }`,
    `abiWrite(writer: __sdk.Writer, at: i32): void { const base = this.abiDynamic() ? writer.reserve(this.abiSize()) : at; ${write} }`,
    `abiRead(reader: __sdk.Reader, at: i32): void { ${read} }`,
  ].join(" ");
}

/** The log: topic 0 is the signature's hash, then the indexed values; the others are its data. */
function emitMethod(model: RecordModel, structs: Structs): string {
  const item = recordItem({ ...model, kind: "event" }, structs);
  if (item.type !== "event") throw new SourceError(`${model.name} is no event`);
  const indexed = model.fields.filter(({ type }) => isIndexed(type));
  if (indexed.length > 3) throw sourceError(model.place, `event ${model.name}: expected at most 3 indexed values, got ${indexed.length}`);
  for (const { name, type } of indexed) {
    const inner = unindexed(type).name;
    if (inner === "Array" || structs.has(inner))
      throw sourceError(
        type.place,
        `event ${model.name}: ${name}: expected an indexed value that is no array and no struct, got ${type.text}`,
      );
  }
  const data = model.fields.filter(({ type }) => !isIndexed(type));
  const hash = signatureHash(signatureOf(model.name, item.inputs));
  const dataAt = 32 * (indexed.length + 1);
  const signature = [0, 8, 16, 24].map((at) => `store<u64>(writer.start, ${littleEndian(hash.subarray(at, at + 8))}, ${at});`).join(" ");
  const topics = indexed
    .map(({ name, type }, index) => `__sdk.writeTopic<${unindexed(type).text}>(writer, ${32 * (index + 1)}, this.${name});`)
    .join(" ");
  const values = writeTuple("writer", `${dataAt}`, data, ({ name }) => `this.${name}`);
  return `emit(): void { const writer = new __sdk.Writer(${dataAt + 32 * data.length}); writer.reserve(${dataAt} + ${headSizes(data)}); ${signature} ${topics} ${values} writer.log(${indexed.length + 1}); }`;
}

function revertMethod(model: RecordModel, structs: Structs): string {
  const item = recordItem({ ...model, kind: "error" }, structs);
  const selector = littleEndian(signatureHash(signatureOf(model.name, item.type === "error" ? item.inputs : [])).subarray(0, 4));
  const values = writeTuple("writer", "4", model.fields, ({ name }) => `this.${name}`);
  return `revert(): void { const writer = new __sdk.Writer(${4 + 32 * model.fields.length}); writer.reserve(4 + ${headSizes(model.fields)}); store<u32>(writer.start, ${selector}); ${values} __sdk.revertWith(writer.start, writer.length); }`;
}
