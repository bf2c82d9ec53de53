/** The part of the WebAssembly JavaScript API that the probe of the stack uses: the library "es2023" has none, and "dom" would bring a browser. */
declare namespace WebAssembly {
  // As in packages/svm and packages/wasm: where the whole workspace is checked, one of the declarations of a class counts.
  type Exports = Readonly<Record<string, unknown>>;
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

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
}
