/** Compiles one AssemblyScript source for speed, with one page of memory and without a runtime. */
export declare function compileAssembly(source: string): Promise<Uint8Array>;
