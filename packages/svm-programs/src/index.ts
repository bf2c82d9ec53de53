export { splPrograms, type SplProgram } from "./spl-programs.ts";
