/** Compiles one AssemblyScript source, for speed unless told otherwise, with one page of memory and without a runtime. */
export declare function compileAssembly(source: string, optimization?: "-O0" | "-O3"): Promise<Uint8Array>;
