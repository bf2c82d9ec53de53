/** The part of the WebAssembly JavaScript API that the compiler uses: the library "es2023" has none, and "dom" would bring a browser. */
declare namespace WebAssembly {
  type Exports = Readonly<Record<string, unknown>>;
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  // As in packages/wasm: where the whole workspace is checked, one of two declarations of a class counts.
  interface ModuleExport {
    readonly name: string;
    readonly kind: "function" | "table" | "memory" | "global";
  }
  interface ModuleImport extends ModuleExport {
    readonly module: string;
  }
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
}
