// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Reads handwritten digits of 28 x 28 pixels, a byte each: 0 is paper, 255 is ink.
interface IDigitNet {
    /// The digit that the image shows.
    function classify(bytes calldata image) external view returns (uint8);

    /// The scores of the ten digits, for one or more images one behind the other.
    function logits(bytes calldata images) external view returns (int32[] memory);
}

/// What both nets in Solidity share: the model, which is the code of two accounts, and the last layer.
abstract contract DigitNetBase is IDigitNet {
    uint256 internal constant PIXELS = 784;
    uint256 internal constant HIDDEN = 32;
    uint256 internal constant DIGITS = 10;
    // Places in the model: 784 x 32 weights, 10 x 32 weights, 32 and 10 biases and the multiplier of 4 bytes each.
    uint256 internal constant OUTPUT_WEIGHTS = 25088;
    uint256 internal constant HIDDEN_BIASES = 25408;
    uint256 internal constant OUTPUT_BIASES = 25536;
    uint256 internal constant MULTIPLIER = 25576;
    uint256 internal constant MODEL_LENGTH = 25580;

    address private immutable FIRST;
    address private immutable SECOND;

    /// The halves of the model, each behind a zero byte that makes it no program.
    constructor(address first, address second) {
        require(first.code.length + second.code.length == MODEL_LENGTH + 2, "not the model");
        FIRST = first;
        SECOND = second;
    }

    function classify(bytes calldata image) external view returns (uint8 digit) {
        require(image.length == PIXELS, "expected 784 pixels");
        int32[] memory scores = new int32[](DIGITS);
        score(loadModel(), image, scores, 0);
        for (uint8 other = 1; other < DIGITS; ++other) if (scores[other] > scores[digit]) digit = other;
    }

    function logits(bytes calldata images) external view returns (int32[] memory scores) {
        require(images.length % PIXELS == 0, "expected 784 pixels each");
        uint256 count = images.length / PIXELS;
        scores = new int32[](count * DIGITS);
        uint256 model = loadModel();
        for (uint256 index = 0; index < count; ++index) {
            score(model, images[index * PIXELS:(index + 1) * PIXELS], scores, index * DIGITS);
        }
    }

    /// Puts the model into memory and gives its place.
    function loadModel() private view returns (uint256 model) {
        (address first, address second) = (FIRST, SECOND);
        assembly ("memory-safe") {
            model := mload(0x40)
            let half := sub(extcodesize(first), 1)
            extcodecopy(first, model, 1, half)
            extcodecopy(second, add(model, half), 1, sub(MODEL_LENGTH, half))
            mstore(0x40, and(add(add(model, MODEL_LENGTH), 63), not(31)))
        }
    }

    function score(uint256 model, bytes calldata image, int32[] memory scores, uint256 from) private pure {
        int256[HIDDEN] memory layer;
        accumulate(model, image, layer);
        assembly ("memory-safe") {
            let multiplier := shr(224, mload(add(model, MULTIPLIER)))
            let end := add(layer, 1024)
            let bias := add(model, HIDDEN_BIASES)
            for { let at := layer } lt(at, end) { at := add(at, 32) } {
                let sum := add(mload(at), sar(224, mload(bias)))
                bias := add(bias, 4)
                let value := sar(24, add(mul(sum, multiplier), 0x800000))
                if slt(value, 0) { value := 0 }
                if sgt(value, 255) { value := 255 }
                mstore(at, value)
            }
            let weight := add(model, OUTPUT_WEIGHTS)
            let result := add(add(scores, 32), mul(from, 32))
            for { let digit := 0 } lt(digit, DIGITS) { digit := add(digit, 1) } {
                let sum := sar(224, mload(add(add(model, OUTPUT_BIASES), mul(digit, 4))))
                for { let at := layer } lt(at, end) { at := add(at, 32) } {
                    sum := add(sum, mul(mload(at), sar(248, mload(weight))))
                    weight := add(weight, 1)
                }
                mstore(result, sum)
                result := add(result, 32)
            }
        }
    }

    /// Sums of pixels times weights for each neuron of the hidden layer, without its biases.
    function accumulate(uint256 model, bytes calldata image, int256[HIDDEN] memory layer) internal pure virtual;
}

/// One product after the other, as in any other language: no checks, no bounds, pixels that are paper left out.
contract DigitNet is DigitNetBase {
    constructor(address first, address second) DigitNetBase(first, second) {}

    function accumulate(uint256 model, bytes calldata image, int256[HIDDEN] memory layer) internal pure override {
        assembly ("memory-safe") {
            let end := add(layer, 1024)
            let weight := model
            for { let at := image.offset } lt(at, add(image.offset, PIXELS)) { at := add(at, 1) } {
                let value := shr(248, calldataload(at))
                switch value
                case 0 { weight := add(weight, HIDDEN) }
                default {
                    for { let sum := layer } lt(sum, end) { sum := add(sum, 32) } {
                        mstore(sum, add(mload(sum), mul(value, sar(248, mload(weight)))))
                        weight := add(weight, 1)
                    }
                }
            }
        }
    }
}

/// Eight products at a time: the weights of a pixel are one word, whose bytes become four words of eight lanes. Weights are
/// taken as w + 128, so that no lane borrows from its neighbour; 128 times the sum of the pixels comes off at the end.
contract PackedDigitNet is DigitNetBase {
    constructor(address first, address second) DigitNetBase(first, second) {}

    function accumulate(uint256 model, bytes calldata image, int256[HIDDEN] memory layer) internal pure override {
        assembly ("memory-safe") {
            let a := 0
            let b := 0
            let c := 0
            let d := 0
            let ink := 0
            {
                let lanes := 0x000000ff000000ff000000ff000000ff000000ff000000ff000000ff000000ff
                let weights := model
                let end := add(image.offset, PIXELS)
                for { let at := image.offset } lt(at, end) { at := add(at, 16) } {
                    // Sixteen pixels; where all are paper, as most are, none is looked at.
                    for { let pixels := shl(128, shr(128, calldataload(at))) let next := weights } pixels { pixels := shl(8, pixels) } {
                        let value := shr(248, pixels)
                        if value {
                            ink := add(ink, value)
                            let word := xor(mload(next), 0x8080808080808080808080808080808080808080808080808080808080808080)
                            a := add(a, mul(and(shr(24, word), lanes), value))
                            b := add(b, mul(and(shr(16, word), lanes), value))
                            c := add(c, mul(and(shr(8, word), lanes), value))
                            d := add(d, mul(and(word, lanes), value))
                        }
                        next := add(next, 32)
                    }
                    weights := add(weights, 512)
                }
            }
            ink := mul(ink, 128)
            for { let shift := 224 } 1 { shift := sub(shift, 32) } {
                mstore(layer, sub(and(shr(shift, a), 0xffffffff), ink))
                mstore(add(layer, 32), sub(and(shr(shift, b), 0xffffffff), ink))
                mstore(add(layer, 64), sub(and(shr(shift, c), 0xffffffff), ink))
                mstore(add(layer, 96), sub(and(shr(shift, d), 0xffffffff), ink))
                layer := add(layer, 128)
                if iszero(shift) { break }
            }
        }
    }
}
