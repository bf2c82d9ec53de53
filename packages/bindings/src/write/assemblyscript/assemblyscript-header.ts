/** What every generated AssemblyScript file begins with. */
export const assemblyscriptHeader = "// Made by `trireme bindings`: what is changed here is lost when it runs again.\n";
