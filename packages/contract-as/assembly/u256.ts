import { math_add_mod, math_div, math_mod, math_mul_mod, math_pow } from "./hostio";
import { panic, panicDivision, panicOverflow } from "./revert";
import { Reader } from "./abi/reader";
import { Writer } from "./abi/writer";

const A: usize = memory.data(32);
const B: usize = memory.data(32);
const M: usize = memory.data(32);
/** A value with zeros on both sides: a shift is an unaligned read. */
const WINDOW: usize = memory.data(112);

// @ts-ignore: decorator
@inline
function swapped(value: u64): u64 {
  const pairs = ((value >> 8) & 0x00ff00ff00ff00ff) | ((value & 0x00ff00ff00ff00ff) << 8);
  return rotr(((pairs >> 16) & 0x0000ffff0000ffff) | ((pairs & 0x0000ffff0000ffff) << 16), 32);
}

/** Copies 32 bytes in reverse order: a u256 lies in memory as little-endian. */
function reverseWord(source: usize, target: usize): void {
  const a = load<u64>(source);
  const b = load<u64>(source, 8);
  const c = load<u64>(source, 16);
  const d = load<u64>(source, 24);
  store<u64>(target, swapped(d));
  store<u64>(target, swapped(c), 8);
  store<u64>(target, swapped(b), 16);
  store<u64>(target, swapped(a), 24);
}

/** The upper 64 bits of a 128-bit product. */
// @ts-ignore: decorator
@inline
function upper(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  return a1 * b1 + (middle >> 32) + ((a0 * b1 + (middle & 0xffffffff)) >> 32);
}

/**
 * An unsigned integer of 256 bits; immutable. `+`, `-`, `*` revert with Panic(0x11) when the result does not fit, `/` and
 * `%` with Panic(0x12) for a zero divisor, as Solidity's do; the functions named `...Wrapping` work modulo 2^256.
 */
@final
export class u256 {
  /** 64 bits each, the least significant in w0. */
  constructor(
    public w0: u64 = 0,
    public w1: u64 = 0,
    public w2: u64 = 0,
    public w3: u64 = 0,
  ) {}

  // @ts-ignore: decorator
  @lazy
  static readonly zero: u256 = new u256();
  // @ts-ignore: decorator
  @lazy
  static readonly one: u256 = new u256(1);
  // @ts-ignore: decorator
  @lazy
  static readonly max: u256 = new u256(u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE);

  // @ts-ignore: decorator
  @inline
  static from(value: u64): u256 {
    return new u256(value);
  }

  /** Of decimal digits; where the text is a constant of the module, this runs at build time. */
  static parse(text: string): u256 {
    const ten = u256.from(10);
    let value = new u256();
    for (let index = 0; index < text.length; index++) {
      const digit = <u32>text.charCodeAt(index) - 48;
      if (digit > 9) panic(0x21);
      value = value * ten + u256.from(digit);
    }
    return value;
  }

  /** Of 32 big-endian bytes at `pointer`. */
  static load(pointer: usize): u256 {
    const value = new u256();
    reverseWord(pointer, changetype<usize>(value));
    return value;
  }

  /** Becomes the 32 big-endian bytes at `pointer`: for the decoders, which make the object. */
  readWord(pointer: usize): void {
    reverseWord(pointer, changetype<usize>(this));
  }

  /** Writes 32 big-endian bytes. */
  writeWord(pointer: usize): void {
    reverseWord(changetype<usize>(this), pointer);
  }

  get isZero(): bool {
    return (this.w0 | this.w1 | this.w2 | this.w3) == 0;
  }

  /** True when it is below 2^64. */
  get isSmall(): bool {
    return (this.w1 | this.w2 | this.w3) == 0;
  }

  /** As 64 bits; reverts with Panic(0x11) when it does not fit. */
  toU64(): u64 {
    if (!this.isSmall) panicOverflow();
    return this.w0;
  }

  /** Number of bits without leading zeros. */
  get bitLength(): i32 {
    if (this.w3) return 256 - <i32>clz(this.w3);
    if (this.w2) return 192 - <i32>clz(this.w2);
    if (this.w1) return 128 - <i32>clz(this.w1);
    return 64 - <i32>clz(this.w0);
  }

  addWrapping(other: u256): u256 {
    const w0 = this.w0 + other.w0;
    let carry = u64(w0 < this.w0);
    let sum = this.w1 + other.w1;
    const w1 = sum + carry;
    carry = u64(sum < other.w1) | u64(w1 < sum);
    sum = this.w2 + other.w2;
    const w2 = sum + carry;
    carry = u64(sum < other.w2) | u64(w2 < sum);
    return new u256(w0, w1, w2, this.w3 + other.w3 + carry);
  }

  subWrapping(other: u256): u256 {
    const w0 = this.w0 - other.w0;
    let borrow = u64(this.w0 < other.w0);
    let rest = this.w1 - other.w1;
    const w1 = rest - borrow;
    borrow = u64(this.w1 < other.w1) | u64(rest < borrow);
    rest = this.w2 - other.w2;
    const w2 = rest - borrow;
    borrow = u64(this.w2 < other.w2) | u64(rest < borrow);
    return new u256(w0, w1, w2, this.w3 - other.w3 - borrow);
  }

  mulWrapping(other: u256): u256 {
    const a0 = this.w0;
    const b0 = other.w0;
    if (this.isSmall && other.isSmall) return new u256(a0 * b0, upper(a0, b0));
    const a1 = this.w1;
    const a2 = this.w2;
    const b1 = other.w1;
    const b2 = other.w2;
    // Row by row; what is above 256 bits is never computed.
    let carry = upper(a0, b0);
    let low = a0 * b1;
    let w1 = low + carry;
    carry = upper(a0, b1) + u64(w1 < low);
    low = a0 * b2;
    let w2 = low + carry;
    carry = upper(a0, b2) + u64(w2 < low);
    let w3 = a0 * other.w3 + carry;

    low = a1 * b0;
    w1 += low;
    carry = upper(a1, b0) + u64(w1 < low);
    low = a1 * b1;
    w2 += low;
    let next = upper(a1, b1) + u64(w2 < low);
    w2 += carry;
    next += u64(w2 < carry);
    w3 += a1 * b2 + next;

    low = a2 * b0;
    w2 += low;
    w3 += upper(a2, b0) + u64(w2 < low) + a2 * b1 + this.w3 * b0;
    return new u256(a0 * b0, w1, w2, w3);
  }

  // @ts-ignore: decorator
  @operator("+")
  add(other: u256): u256 {
    const sum = this.addWrapping(other);
    if (sum < this) panicOverflow();
    return sum;
  }

  // @ts-ignore: decorator
  @operator("-")
  sub(other: u256): u256 {
    if (this < other) panicOverflow();
    return this.subWrapping(other);
  }

  // @ts-ignore: decorator
  @operator("*")
  mul(other: u256): u256 {
    const product = this.mulWrapping(other);
    // a x b has bitLength(a) + bitLength(b) bits or one less: only one sum leaves a doubt.
    const bits = this.bitLength + other.bitLength;
    if (bits > 256 && (bits > 257 || product.div(other) != this)) panicOverflow();
    return product;
  }

  // @ts-ignore: decorator
  @operator("/")
  div(divisor: u256): u256 {
    if (divisor.isZero) panicDivision();
    // The host's division costs as much as 34 of the machine's.
    if (this.isSmall && divisor.isSmall) return new u256(this.w0 / divisor.w0);
    this.writeWord(A);
    divisor.writeWord(B);
    math_div(A, B);
    return u256.load(A);
  }

  // @ts-ignore: decorator
  @operator("%")
  mod(modulus: u256): u256 {
    if (modulus.isZero) panicDivision();
    if (this.isSmall && modulus.isSmall) return new u256(this.w0 % modulus.w0);
    this.writeWord(A);
    modulus.writeWord(B);
    math_mod(A, B);
    return u256.load(A);
  }

  /** (this + addend) mod modulus, without overflow in between. */
  addMod(addend: u256, modulus: u256): u256 {
    if (modulus.isZero) panicDivision();
    this.writeWord(A);
    addend.writeWord(B);
    modulus.writeWord(M);
    math_add_mod(A, B, M);
    return u256.load(A);
  }

  /** (this x multiplier) mod modulus, without overflow in between. */
  mulMod(multiplier: u256, modulus: u256): u256 {
    if (modulus.isZero) panicDivision();
    this.writeWord(A);
    multiplier.writeWord(B);
    modulus.writeWord(M);
    math_mul_mod(A, B, M);
    return u256.load(A);
  }

  powWrapping(exponent: u256): u256 {
    this.writeWord(A);
    exponent.writeWord(B);
    math_pow(A, B);
    return u256.load(A);
  }

  // @ts-ignore: decorator
  @operator("**")
  pow(exponent: u256): u256 {
    let rest = exponent;
    let square: u256 = this;
    let power = u256.one;
    while (!rest.isZero) {
      if (rest.w0 & 1) power = power * square;
      rest = rest >> 1;
      if (!rest.isZero) square = square * square;
    }
    return power;
  }

  // @ts-ignore: decorator
  @operator("<<")
  shl(bits: i32): u256 {
    if (<u32>bits > 255) return u256.zero;
    return this.window(-(bits >> 3), bits & 7);
  }

  // @ts-ignore: decorator
  @operator(">>")
  shr(bits: i32): u256 {
    if (<u32>bits > 255) return u256.zero;
    // Right by n is left by 8 - n % 8 and right by whole bytes.
    const up = -bits & 7;
    return this.window((bits + up) >> 3, up);
  }

  /** The value moved by bytes and then up by 0 to 7 bits; `WINDOW` is zero but for bytes 32 to 64. */
  private window(bytes: i32, up: u64): u256 {
    let at = WINDOW + 32;
    store<u64>(at, this.w0);
    store<u64>(at, this.w1, 8);
    store<u64>(at, this.w2, 16);
    store<u64>(at, this.w3, 24);
    at += bytes;
    const w0 = load<u64>(at);
    const w1 = load<u64>(at, 8);
    const w2 = load<u64>(at, 16);
    const w3 = load<u64>(at, 24);
    // One byte below the window gives the bits that come in.
    const below = <u64>load<u8>(at - 1);
    const down = 64 - up;
    if (up == 0) return new u256(w0, w1, w2, w3);
    return new u256((w0 << up) | (below >> (8 - up)), (w1 << up) | (w0 >> down), (w2 << up) | (w1 >> down), (w3 << up) | (w2 >> down));
  }

  // @ts-ignore: decorator
  @operator("&")
  and(other: u256): u256 {
    return new u256(this.w0 & other.w0, this.w1 & other.w1, this.w2 & other.w2, this.w3 & other.w3);
  }

  // @ts-ignore: decorator
  @operator("|")
  or(other: u256): u256 {
    return new u256(this.w0 | other.w0, this.w1 | other.w1, this.w2 | other.w2, this.w3 | other.w3);
  }

  // @ts-ignore: decorator
  @operator("^")
  xor(other: u256): u256 {
    return new u256(this.w0 ^ other.w0, this.w1 ^ other.w1, this.w2 ^ other.w2, this.w3 ^ other.w3);
  }

  // @ts-ignore: decorator
  @operator.prefix("~")
  not(): u256 {
    return new u256(~this.w0, ~this.w1, ~this.w2, ~this.w3);
  }

  // @ts-ignore: decorator
  @operator("==")
  equals(other: u256): bool {
    return ((this.w0 ^ other.w0) | (this.w1 ^ other.w1) | (this.w2 ^ other.w2) | (this.w3 ^ other.w3)) == 0;
  }

  // @ts-ignore: decorator
  @operator("!=")
  differs(other: u256): bool {
    return !this.equals(other);
  }

  // @ts-ignore: decorator
  @operator("<")
  isBelow(other: u256): bool {
    if (this.w3 != other.w3) return this.w3 < other.w3;
    if (this.w2 != other.w2) return this.w2 < other.w2;
    if (this.w1 != other.w1) return this.w1 < other.w1;
    return this.w0 < other.w0;
  }

  // @ts-ignore: decorator
  @operator(">")
  isAbove(other: u256): bool {
    return other.isBelow(this);
  }

  // @ts-ignore: decorator
  @operator("<=")
  isAtMost(other: u256): bool {
    return !other.isBelow(this);
  }

  // @ts-ignore: decorator
  @operator(">=")
  isAtLeast(other: u256): bool {
    return !this.isBelow(other);
  }

  storageBytes(): i32 {
    return 32;
  }

  abiSize(): i32 {
    return 32;
  }

  abiDynamic(): bool {
    return false;
  }

  abiWrite(writer: Writer, at: i32): void {
    this.writeWord(writer.start + at);
  }

  abiRead(reader: Reader, at: i32): void {
    this.readWord(reader.word(at));
  }
}
