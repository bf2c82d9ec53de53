/**
 * The part of the AssemblyScript compiler that is used: its parser, its tree, its command line as a function. Declared
 * here because the types that come with the compiler declare the language's globals (console, i32, ...) for everybody.
 */

/** A stretch of a source. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Identifier {
  readonly text: string;
}

/** A type as written: `name<typeArguments>`. */
export interface TypeNode {
  readonly kind: number;
  readonly range: Range;
  readonly isNullable: boolean;
  readonly name?: { readonly identifier: Identifier; readonly next: unknown };
  readonly typeArguments?: readonly TypeNode[] | null;
}

/** A parameter of a function. */
export interface ParameterNode {
  readonly name: Identifier;
  readonly type: TypeNode;
  readonly initializer: unknown;
  /** 0 for a plain one; others are optional or take the rest. */
  readonly parameterKind: number;
  readonly range: Range;
}

/** A field or a method of a class. */
export interface MemberNode {
  readonly kind: number;
  readonly range: Range;
  readonly name: Identifier;
  readonly flags: number;
  readonly decorators: readonly { readonly name: Identifier }[] | null;
  readonly type?: TypeNode | null;
  readonly initializer?: unknown;
  readonly typeParameters?: readonly unknown[] | null;
  readonly signature?: { readonly parameters: readonly ParameterNode[]; readonly returnType: TypeNode };
}

/** A class, or another statement, which has no `members`. */
export interface StatementNode extends Omit<MemberNode, "signature"> {
  readonly members?: readonly MemberNode[];
  readonly extendsType?: unknown;
}

/** One file. */
export interface SourceNode {
  readonly text: string;
  readonly normalizedPath: string;
  readonly statements: readonly StatementNode[];
}

interface Diagnostic {
  readonly message: string;
  readonly range: (Range & { readonly source: SourceNode }) | null;
}

/** @see https://github.com/AssemblyScript/assemblyscript src/parser.ts */
export interface Parser {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly SourceNode[];
  parseFile(text: string | null, path: string, isEntry: boolean): void;
  nextFile(): string | null;
  getDependee(file: string): string | null;
}

/** What the package `assemblyscript` exports. */
export interface Frontend {
  readonly Parser: new (diagnostics: Diagnostic[]) => Parser;
  readonly NodeKind: { readonly ClassDeclaration: number; readonly FieldDeclaration: number; readonly MethodDeclaration: number };
  readonly CommonFlags: Readonly<
    Record<"Private" | "Protected" | "Static" | "Constructor" | "Get" | "Set" | "Export" | "Abstract", number>
  >;
}

/** What the module `assemblyscript/asc` exports: the command line, its files given by functions. */
export interface CommandLine {
  main(
    options: readonly string[],
    files: {
      readFile(name: string, folder: string): string | null;
      writeFile(name: string, contents: Uint8Array | string, folder: string): void;
      listFiles(folder: string): readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}
