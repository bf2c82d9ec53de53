/** The part of the WebAssembly JavaScript API that this package uses: the library "es2023" has none, and "dom" would bring a browser. */
declare namespace WebAssembly {
  interface ModuleExport {
    readonly name: string;
    readonly kind: "function" | "table" | "memory" | "global";
  }
  interface ModuleImport extends ModuleExport {
    readonly module: string;
  }
  interface ValueTypeMap {
    i32: number;
    i64: bigint;
    f32: number;
    f64: number;
  }
  type Exports = Readonly<Record<string, unknown>>;
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  class Module {
    constructor(bytes: Uint8Array);
    static exports(module: Module): ModuleExport[];
    static imports(module: Module): ModuleImport[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }
  class Memory {
    constructor(size: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global<T extends keyof ValueTypeMap = keyof ValueTypeMap> {
    constructor(descriptor: { value: T; mutable?: boolean }, value?: ValueTypeMap[T]);
    value: ValueTypeMap[T];
  }
  class CompileError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array): boolean;
}
