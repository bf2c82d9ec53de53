// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The loops of `wasm-kernels.ts`, with the same checksums: lanes and words live in memory, because the stack shows 16.
contract Kernels {
    uint256 private constant MASK64 = 0xffffffffffffffff;
    uint256 private constant MASK32 = 0xffffffff;
    bytes private constant ROTATIONS = hex"00013e1c1b242c063714030a2b1927292d0f150812023d380e";
    bytes private constant POSITIONS = hex"000a14050f10010b15060711020c16170812030d0e18091304";
    bytes private constant ROUND_CONSTANTS =
        hex"00000000000000010000000000008082800000000000808a8000000080008000000000000000808b000000008000000180000000800080818000000000008009000000000000008a00000000000000880000000080008009000000008000000a000000008000808b800000000000008b8000000000008089800000000000800380000000000080028000000000000080000000000000800a800000008000000a8000000080008081800000000000808000000000800000018000000080008008";
    bytes private constant SHA_CONSTANTS =
        hex"428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca63511429296727b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa07019a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2";

    function keccakF(uint256 rounds) external pure returns (uint32) {
        unchecked {
            uint256[25] memory a;
            for (uint256 lane = 0; lane < 25; lane++) a[lane] = lane;
            uint256[24] memory constants = roundConstants();
            uint256[25] memory rotations = table(ROTATIONS);
            uint256[25] memory positions = table(POSITIONS);
            for (uint256 i = 0; i < rounds; i++) {
                for (uint256 round = 0; round < 24; round++) permute(a, rotations, positions, constants[round]);
            }
            return uint32(a[0]);
        }
    }

    function permute(uint256[25] memory a, uint256[25] memory rotations, uint256[25] memory positions, uint256 constant_) private pure {
        unchecked {
            uint256[5] memory c;
            uint256[25] memory b;
            for (uint256 x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            for (uint256 x = 0; x < 5; x++) {
                uint256 d = c[(x + 4) % 5] ^ rotateLeft(c[(x + 1) % 5], 1);
                for (uint256 lane = x; lane < 25; lane += 5) b[positions[lane]] = rotateLeft(a[lane] ^ d, rotations[lane]);
            }
            for (uint256 row = 0; row < 25; row += 5) {
                for (uint256 x = 0; x < 5; x++) a[row + x] = b[row + x] ^ (~b[row + ((x + 1) % 5)] & b[row + ((x + 2) % 5)]);
            }
            a[0] ^= constant_;
        }
    }

    function sha256Loop(uint256 rounds) external pure returns (uint32) {
        unchecked {
            uint256[8] memory h = [
                uint256(0x6a09e667), 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
            ];
            uint256[64] memory w;
            uint256[64] memory k = shaConstants();
            for (uint256 i = 0; i < rounds; i++) {
                w[0] = i;
                for (uint256 t = 16; t < 64; t++) {
                    uint256 x = w[t - 15];
                    uint256 y = w[t - 2];
                    uint256 s0 = rotateRight(x, 7) ^ rotateRight(x, 18) ^ (x >> 3);
                    uint256 s1 = rotateRight(y, 17) ^ rotateRight(y, 19) ^ (y >> 10);
                    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) & MASK32;
                }
                compress(h, w, k);
            }
            return uint32(h[0]);
        }
    }

    /// The eight working variables stay where they are: with every step the names move on by one place.
    function compress(uint256[8] memory h, uint256[64] memory w, uint256[64] memory k) private pure {
        unchecked {
            uint256[8] memory s;
            for (uint256 i = 0; i < 8; i++) s[i] = h[i];
            for (uint256 t = 0; t < 64; t++) {
                uint256 at = 64 - t;
                uint256 t1 = s[(at + 7) & 7] + choose(s[(at + 4) & 7], s[(at + 5) & 7], s[(at + 6) & 7]) + k[t] + w[t];
                uint256 t2 = majority(s[at & 7], s[(at + 1) & 7], s[(at + 2) & 7]);
                s[(at + 3) & 7] = (s[(at + 3) & 7] + t1) & MASK32;
                s[(at + 7) & 7] = (t1 + t2) & MASK32;
            }
            for (uint256 i = 0; i < 8; i++) h[i] = (h[i] + s[i]) & MASK32;
        }
    }

    function choose(uint256 e, uint256 f, uint256 g) private pure returns (uint256) {
        unchecked {
            return (rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)) + ((e & f) ^ (~e & g));
        }
    }

    function majority(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        unchecked {
            return (rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        }
    }

    function sieve(uint256 rounds, uint256 size) external pure returns (uint32 count) {
        unchecked {
            for (uint256 i = 0; i < rounds; i++) {
                count = 0;
                bytes memory flags = new bytes(size);
                for (uint256 n = 2; n < size; n++) {
                    if (flags[n] != 0) continue;
                    count++;
                    for (uint256 m = n + n; m < size; m += n) flags[m] = 0x01;
                }
            }
        }
    }

    function matrix(uint256 rounds, uint256 size) external pure returns (uint32) {
        unchecked {
            uint256 cells = size * size;
            uint256[] memory left = new uint256[](cells);
            uint256[] memory right = new uint256[](cells);
            uint256[] memory product = new uint256[](cells);
            for (uint256 i = 0; i < cells; i++) (left[i], right[i]) = (i, cells - i);
            for (uint256 round = 0; round < rounds; round++) {
                for (uint256 i = 0; i < size; i++) {
                    for (uint256 j = 0; j < size; j++) {
                        uint256 sum = 0;
                        for (uint256 k = 0; k < size; k++) sum += left[i * size + k] * right[k * size + j];
                        product[i * size + j] = sum & MASK32;
                    }
                }
                left[0] = product[0];
            }
            return uint32(product[0]);
        }
    }

    function rotateLeft(uint256 lane, uint256 bits) private pure returns (uint256) {
        unchecked {
            return ((lane << bits) | (lane >> (64 - bits))) & MASK64;
        }
    }

    function rotateRight(uint256 word, uint256 bits) private pure returns (uint256) {
        unchecked {
            return ((word >> bits) | (word << (32 - bits))) & MASK32;
        }
    }

    function table(bytes memory entries) private pure returns (uint256[25] memory values) {
        for (uint256 i = 0; i < 25; i++) values[i] = uint8(entries[i]);
    }

    function roundConstants() private pure returns (uint256[24] memory values) {
        bytes memory packed = ROUND_CONSTANTS;
        for (uint256 i = 0; i < 192; i++) values[i / 8] = (values[i / 8] << 8) | uint8(packed[i]);
    }

    function shaConstants() private pure returns (uint256[64] memory values) {
        bytes memory packed = SHA_CONSTANTS;
        for (uint256 i = 0; i < 256; i++) values[i / 4] = (values[i / 4] << 8) | uint8(packed[i]);
    }
}
