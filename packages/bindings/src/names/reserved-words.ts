/** Words that generated code cannot use as names. */

const split = (text: string): string[] => text.trim().split(/\s+/);

const sizes = (prefix: string, step: number, last: number): string[] =>
  Array.from({ length: last / step }, (_, index) => `${prefix}${(index + 1) * step}`);

/**
 * Words that Solidity takes for no function.
 * https://docs.soliditylang.org/en/v0.8.30/cheatsheet.html#reserved-keywords
 */
export const solidityKeywords: ReadonlySet<string> = new Set([
  ...split(`
    abstract address after alias anonymous apply as assembly auto bool break byte bytes calldata case catch constant constructor
    continue contract copyof days default define delete do else emit enum ether event external false final fixed for function
    gwei hex hours if immutable implements import in indexed inline int interface internal is let library macro mapping match
    memory minutes modifier mutable new null of override partial payable pragma private promise public pure reference
    relocatable return returns sealed seconds sizeof static storage string struct supports switch throw true try type typedef
    typeof ufixed uint unchecked unicode using var view virtual weeks wei while years
  `),
  ...sizes("uint", 8, 256),
  ...sizes("int", 8, 256),
  ...sizes("bytes", 1, 32),
]);

/** Words that are no names for parameters, fields, types or functions of generated Solidity: keywords and the globals it may use. */
export const solidityWords: ReadonlySet<string> = new Set([
  ...solidityKeywords,
  ...split("fallback receive super this abi assert block keccak256 msg now require revert sha256 tx"),
]);

const scriptWords = split(`
  abstract any arguments as asserts async await bigint boolean break case catch class const constructor continue debugger declare
  default delete do else enum eval export extends false finally for from function get global if implements import in infer
  instanceof interface is keyof let module namespace never new null number object of override package private protected public
  readonly require return satisfies set static string super switch symbol this throw true try type typeof undefined unique
  unknown using var void while with yield
`);

/** TypeScript's words and the globals that generated code uses. */
export const typescriptWords: ReadonlySet<string> = new Set([
  ...scriptWords,
  ...split("Array BigInt Error Infinity NaN Number Object Promise RangeError ReadonlyUint8Array String TextEncoder Uint8Array"),
]);

/** Words that no member of a class is called. */
export const memberWords: ReadonlySet<string> = new Set(
  split(`
    abstract as async await break case catch class const constructor continue debugger declare default delete do else enum export
    extends false finally for function get if implements import in instanceof interface let new null operator package private
    protected prototype public readonly return set static super switch this throw true try type typeof var void while with yield
  `),
);

/** AssemblyScript's words, types and built-in functions that generated code uses or that a class may not be called. */
export const assemblyscriptWords: ReadonlySet<string> = new Set([
  ...scriptWords,
  ...split(`
    i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 v128 bool isize usize anyref funcref externref eqref i31ref stringref auto
    abort assert atomic bswap changetype clz ctz drop heap idof instantiate isArray isInteger isReference isString load memory
    nameof offsetof popcnt rotl rotr select sizeof store table trace unchecked unmanaged unreachable valueof operator
    Array ArrayBuffer Boolean DataView Date Error Function I8 I16 I32 I64 JSON Map Math NaN Infinity Number Object RangeError
    Set StaticArray String Symbol TypeError U8 U16 U32 U64 Uint8Array
  `),
]);
