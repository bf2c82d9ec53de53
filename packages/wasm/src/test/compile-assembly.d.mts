/** Compiles one AssemblyScript source with the compiler's own options. */
export declare function compileAssembly(source: string, options: readonly string[]): Promise<Uint8Array>;
