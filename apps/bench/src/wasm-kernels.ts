/** Loops in AssemblyScript that do nothing but compute: `kernel` takes how often, and gives a checksum of 32 bits. */

/** A loop to measure. */
export interface Kernel {
  readonly name: string;
  readonly source: () => string;
  /** Rounds of one run: some milliseconds of work. */
  readonly rounds: number;
}

/** A loop that Kernels.sol has too. */
export interface SolidityKernel extends Kernel {
  /** What one round is. */
  readonly unit: string;
  readonly signature: string;
  /** Arguments behind the rounds. */
  readonly more: readonly bigint[];
  /** Rounds of one run of the EVM, and of the run by which both must come to one checksum. */
  readonly evmRounds: number;
}

/** The loops that are measured with and without a meter. */
export const kernels: readonly Kernel[] = [
  { name: "keccak-f", source: keccakSource, rounds: 4000 },
  { name: "sha-256", source: sha256Source, rounds: 4000 },
  { name: "sieve of 32,768", source: () => sieveSource(32_768), rounds: 10 },
  { name: "matrix product of 48 x 48", source: () => matrixSource(48), rounds: 20 },
];

/** The loops that are measured against Solidity: what takes longer in the EVM is smaller. */
export const solidityKernels: readonly SolidityKernel[] = [
  {
    name: "keccak-f",
    source: keccakSource,
    rounds: 4000,
    unit: "permutation",
    signature: "keccakF(uint256)",
    more: [],
    evmRounds: 5,
  },
  { name: "sha-256", source: sha256Source, rounds: 4000, unit: "block", signature: "sha256Loop(uint256)", more: [], evmRounds: 20 },
  {
    name: "sieve of 8,192",
    source: () => sieveSource(8192),
    rounds: 50,
    unit: "sieve",
    signature: "sieve(uint256,uint256)",
    more: [8192n],
    evmRounds: 1,
  },
  {
    name: "matrix product of 24 x 24",
    source: () => matrixSource(24),
    rounds: 200,
    unit: "product",
    signature: "matrix(uint256,uint256)",
    more: [24n],
    evmRounds: 1,
  },
];

/** A module whose entrypoint is the loop itself: it takes the rounds, and gives the checksum. */
export function asLoop({ source }: Kernel): string {
  return `${source()}
    export function user_entrypoint(rounds: i32): i32 { return kernel(rounds); }`;
}

/** A contract: the calldata is the rounds, the output the checksum, both in 4 bytes of little-endian order. */
export function asContract({ source }: Kernel): string {
  return `${source()}
    @external("vm_hooks", "read_args") declare function read_args(to: usize): void;
    @external("vm_hooks", "write_result") declare function write_result(from: usize, length: i32): void;
    const inOut = memory.data(4);
    export function user_entrypoint(length: i32): i32 {
      read_args(inOut);
      store<i32>(inOut, kernel(load<i32>(inOut)));
      write_result(inOut, 4);
      return 0;
    }`;
}

/** Permutation with all 25 lanes in locals; theta, rho with pi, chi and iota written out. */
function keccakSource(): string {
  const lanes = Array.from({ length: 25 }, (_, lane) => lane);
  const lines: string[] = [];
  for (let x = 0; x < 5; x++) lines.push(`let c${x} = ${[0, 5, 10, 15, 20].map((y) => `a${x + y}`).join(" ^ ")};`);
  for (let x = 0; x < 5; x++) lines.push(`let d${x} = c${(x + 4) % 5} ^ rotl<u64>(c${(x + 1) % 5}, 1);`);
  for (const lane of lanes) {
    const [x, y] = [lane % 5, Math.floor(lane / 5)];
    lines.push(`let b${y + 5 * ((2 * x + 3 * y) % 5)} = rotl<u64>(a${lane} ^ d${x}, ${rotations[lane] ?? 0});`);
  }
  for (const lane of lanes) {
    const row = lane - (lane % 5);
    lines.push(`a${lane} = b${lane} ^ (~b${row + ((lane + 1) % 5)} & b${row + ((lane + 2) % 5)});`);
  }
  const constants = roundConstants().map((value) => `0x${value.toString(16)}`);
  return `const constants = memory.data<u64>([${constants.join(", ")}]);
    function kernel(rounds: i32): i32 {
      ${lanes.map((lane) => `let a${lane}: u64 = ${lane};`).join(" ")}
      for (let i = 0; i < rounds; i++) {
        for (let round = 0; round < 24; round++) {
          ${lines.join("\n")}
          a0 ^= load<u64>(constants + (round << 3));
        }
      }
      return <i32>a0;
    }`;
}

/** Rotation of each lane (FIPS 202, 3.2.2). */
const rotations: readonly number[] = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/** The constants of the 24 rounds, from the shift register of FIPS 202, 3.2.5. */
function roundConstants(): readonly bigint[] {
  let register = 1;
  return Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let bit = 0; bit < 7; bit++) {
      if ((register & 1) === 1) constant |= 1n << BigInt(2 ** bit - 1);
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    }
    return constant;
  });
}

/** The compression function over one block that begins with the round's number. */
function sha256Source(): string {
  return `const k = memory.data<u32>([${sha256Constants().join(", ")}]);
    const w = memory.data(256);
    const h = memory.data<u32>([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
    function word(at: i32): u32 { return load<u32>(w + (at << 2)); }
    function kernel(rounds: i32): i32 {
      for (let i = 0; i < rounds; i++) {
        store<u32>(w, i);
        for (let t = 16; t < 64; t++) {
          const x = word(t - 15), y = word(t - 2);
          const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
          const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
          store<u32>(w + (t << 2), word(t - 16) + s0 + word(t - 7) + s1);
        }
        let a = load<u32>(h, 0), b = load<u32>(h, 4), c = load<u32>(h, 8), d = load<u32>(h, 12);
        let e = load<u32>(h, 16), f = load<u32>(h, 20), g = load<u32>(h, 24), z = load<u32>(h, 28);
        for (let t = 0; t < 64; t++) {
          const t1 = z + (rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25)) + ((e & f) ^ (~e & g)) + load<u32>(k + (t << 2)) + word(t);
          const t2 = (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
          z = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
        }
        store<u32>(h, load<u32>(h, 0) + a, 0); store<u32>(h, load<u32>(h, 4) + b, 4);
        store<u32>(h, load<u32>(h, 8) + c, 8); store<u32>(h, load<u32>(h, 12) + d, 12);
        store<u32>(h, load<u32>(h, 16) + e, 16); store<u32>(h, load<u32>(h, 20) + f, 20);
        store<u32>(h, load<u32>(h, 24) + g, 24); store<u32>(h, load<u32>(h, 28) + z, 28);
      }
      return load<u32>(h);
    }`;
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
function sha256Constants(): readonly number[] {
  const constants: number[] = [];
  for (let candidate = 2; constants.length < 64; candidate++) {
    let isPrime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) isPrime &&= candidate % factor !== 0;
    if (isPrime) constants.push(Math.floor((Math.cbrt(candidate) % 1) * 2 ** 32));
  }
  return constants;
}

function sieveSource(size: number): string {
  return `const flags = memory.data(${size});
    function kernel(rounds: i32): i32 {
      let count = 0;
      for (let i = 0; i < rounds; i++) {
        count = 0;
        memory.fill(flags, 0, ${size});
        for (let n = 2; n < ${size}; n++) {
          if (load<u8>(flags + n)) continue;
          count++;
          for (let m = n + n; m < ${size}; m += n) store<u8>(flags + m, 1);
        }
      }
      return count;
    }`;
}

function matrixSource(size: number): string {
  const cells = size * size;
  return `const left = memory.data(${4 * cells});
    const right = memory.data(${4 * cells});
    const product = memory.data(${4 * cells});
    function kernel(rounds: i32): i32 {
      for (let i = 0; i < ${cells}; i++) { store<i32>(left + (i << 2), i); store<i32>(right + (i << 2), ${cells} - i); }
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < ${size}; i++) for (let j = 0; j < ${size}; j++) {
          let sum = 0;
          for (let k = 0; k < ${size}; k++) sum += load<i32>(left + ((i * ${size} + k) << 2)) * load<i32>(right + ((k * ${size} + j) << 2));
          store<i32>(product + ((i * ${size} + j) << 2), sum);
        }
        store<i32>(left, load<i32>(product));
      }
      return load<i32>(product);
    }`;
}
