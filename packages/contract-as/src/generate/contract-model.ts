/** What a contract's source declares, read from its syntax tree. */

/** A type as written in the source. */
export interface TypeText {
  readonly name: string;
  readonly typeArguments: readonly TypeText[];
  /** The source text. */
  readonly text: string;
  /** Where it is written: "file:line:column". */
  readonly place: string;
}

/** A name with a type: a parameter, a field of a struct, an event or an error. */
export interface Typed {
  readonly name: string;
  readonly type: TypeText;
}

/** How a function meets state and value. */
export type StateMutability = "pure" | "view" | "nonpayable" | "payable";

/** A method that calls from outside reach. */
export interface FunctionModel {
  readonly name: string;
  readonly place: string;
  readonly parameters: readonly Typed[];
  readonly returns: TypeText;
  readonly stateMutability: StateMutability;
  readonly isNonReentrant: boolean;
}

/** A method that takes calls without a known selector. */
export interface FallbackModel {
  readonly name: string;
  readonly takesInput: boolean;
  readonly givesOutput: boolean;
  readonly isPayable: boolean;
}

/** A field of the contract: storage. */
export interface FieldModel extends Typed {
  /** Where the field's declaration ends in the source. */
  readonly end: number;
}

/** The class marked `@contract`. */
export interface ContractModel {
  readonly name: string;
  readonly place: string;
  readonly fields: readonly FieldModel[];
  readonly functions: readonly FunctionModel[];
  readonly receive: FallbackModel | undefined;
  readonly fallback: FallbackModel | undefined;
}

/** A class of fields: `@struct`, `@event` or `@error`. */
export interface RecordModel {
  readonly kind: "struct" | "event" | "error";
  readonly name: string;
  readonly place: string;
  readonly fields: readonly Typed[];
  readonly hasConstructor: boolean;
  /** Where the class' closing brace is. */
  readonly end: number;
}

/** A class marked `@remote`: the functions of another contract. */
export interface RemoteModel {
  readonly name: string;
  readonly isExported: boolean;
  readonly functions: readonly FunctionModel[];
  readonly start: number;
  readonly end: number;
}

/** One file of a contract's source. */
export interface FileModel {
  /** Without ".ts", relative to the entry. */
  readonly path: string;
  readonly text: string;
  readonly contracts: readonly ContractModel[];
  readonly records: readonly RecordModel[];
  readonly remotes: readonly RemoteModel[];
}
