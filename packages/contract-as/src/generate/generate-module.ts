/** From the files of a contract to those that the compiler gets, its ABI and its storage layout. */
import { abiParameter, functionItem, recordItem, signatureHash, signatureOf, type AbiItem, type Structs } from "./abi.ts";
import type { ContractModel, FileModel, FunctionModel, RecordModel } from "./contract-model.ts";
import { generateEntry } from "./generate-entry.ts";
import { generateRecord } from "./generate-record.ts";
import { generateRemote } from "./generate-remote.ts";
import { SourceError, sourceError } from "./source-error.ts";
import { constructedType, storageLayout, type StorageEntry } from "./storage-layout.ts";

/** @see generateModule */
export interface GeneratedModule {
  readonly name: string;
  /** Path without ".ts" -> text to compile. */
  readonly files: ReadonlyMap<string, string>;
  readonly abi: readonly AbiItem[];
  readonly storageLayout: readonly StorageEntry[];
}

/** A change of a text: what stands between the offsets is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The first file is the entry, which has the contract. @throws SourceError */
export function generateModule(files: readonly FileModel[], isGrowable: boolean): GeneratedModule {
  const [entry] = files;
  const contract = theContract(files);
  const records = files.flatMap((file) => file.records);
  refuseSameNames(records);
  const structs = structsOf(records);
  const layout = storageLayout(contract.fields);
  const generated = files.map((file): readonly [string, string] => [
    file.path,
    `${edited(file.text, editsOf(file, structs, layout))}${file === entry ? generateEntry(contract, structs, isGrowable) : ""}import * as __sdk from "@trireme/contract-as/entry";\n`,
  ]);
  const abi = abiOf(contract, records, structs);
  refuseSelectorClash(contract.functions, structs);
  return { name: contract.name, files: new Map(generated), abi, storageLayout: layout };
}

function theContract([entry, ...others]: readonly FileModel[]): ContractModel {
  const [contract, ...more] = entry?.contracts ?? [];
  if (contract === undefined) throw new SourceError("expected one class marked @contract in the entry, got none");
  if (more[0] !== undefined)
    throw sourceError(more[0].place, `expected one class marked @contract in the entry, got ${contract.name} and ${more[0].name}`);
  const [stray] = others.flatMap(({ contracts }) => contracts);
  if (stray !== undefined) throw sourceError(stray.place, `expected a class marked @contract in the entry alone, got ${stray.name}`);
  return contract;
}

function structsOf(records: readonly RecordModel[]): Structs {
  const structs = new Map<string, RecordModel>();
  for (const record of records) {
    if (record.kind !== "struct") continue;
    structs.set(record.name, record);
  }
  for (const struct of structs.values()) refuseRecursion(struct, structs, []);
  return structs;
}

/** The ABI has one name for each; files of a contract share them. */
function refuseSameNames(records: readonly RecordModel[]): void {
  const seen = new Map<string, RecordModel>();
  for (const record of records) {
    const { kind, name, place } = record;
    const other = seen.get(name);
    if (other !== undefined)
      throw sourceError(place, `${kind} ${name}: expected a name of its own, got that of the ${other.kind} at ${other.place}`);
    seen.set(name, record);
  }
}

/** A struct that holds itself, through an array too, has no ABI type. */
function refuseRecursion(struct: RecordModel, structs: Structs, path: readonly string[]): void {
  if (path.includes(struct.name))
    throw sourceError(struct.place, `struct ${struct.name}: expected a struct of a finite size, got one that contains itself`);
  for (const { type } of struct.fields) {
    let inner = type;
    while (inner.name === "Array" && inner.typeArguments[0] !== undefined) [inner] = inner.typeArguments as [typeof inner];
    const next = structs.get(inner.name);
    if (next !== undefined) refuseRecursion(next, structs, [...path, struct.name]);
  }
}

function editsOf(file: FileModel, structs: Structs, layout: readonly StorageEntry[]): Edit[] {
  const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });
  return [
    ...file.contracts.flatMap(({ fields }) =>
      fields.map(({ type, end }, index) => {
        const { slot, offset } = layout[index] as StorageEntry;
        return insert(end, ` = new ${constructedType(type)}(__sdk.Bytes32.of(0, 0, 0, ${slot}), ${offset})`);
      }),
    ),
    ...file.records.map((record) => insert(record.end, generateRecord(record, structs))),
    ...file.remotes.map((remote) => {
      const { start, end } = remote;
      const lines = file.text.slice(start, end).split("\n").length - 1;
      return { start, end, text: generateRemote(remote, structs) + "\n".repeat(lines) };
    }),
  ];
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: replacement } of [...edits].sort((left, right) => right.start - left.start))
    result = result.slice(0, start) + replacement + result.slice(end);
  return result;
}

function abiOf(contract: ContractModel, records: readonly RecordModel[], structs: Structs): AbiItem[] {
  for (const struct of structs.values()) for (const field of struct.fields) abiParameter(field, structs);
  const { receive, fallback } = contract;
  return [
    ...contract.functions.map((model) => functionItem(model, structs)),
    ...records.flatMap((record) => (record.kind === "struct" ? [] : [recordItem({ ...record, kind: record.kind }, structs)])),
    ...(receive === undefined ? [] : [{ type: "receive", stateMutability: "payable" } as const]),
    ...(fallback === undefined ? [] : [{ type: "fallback", stateMutability: fallback.isPayable ? "payable" : "nonpayable" } as const]),
  ];
}

function refuseSelectorClash(functions: readonly FunctionModel[], structs: Structs): void {
  const seen = new Map<string, string>();
  for (const model of functions) {
    const signature = signatureOf(model.name, functionItem(model, structs).inputs);
    const selector = signatureHash(signature).subarray(0, 4).toString();
    const other = seen.get(selector);
    if (other !== undefined)
      throw sourceError(
        model.place,
        `expected each function to have a selector of its own, got ${signature} and ${other} with the same one`,
      );
    seen.set(selector, signature);
  }
}
