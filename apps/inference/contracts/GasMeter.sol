// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./DigitNet.sol";

/// What a net costs whoever calls it.
contract GasMeter {
    /// Gas of one call, the call's own price included, and what it gave.
    function measure(IDigitNet net, bytes calldata images) external view returns (uint256 used, int32[] memory logits) {
        uint256 before = gasleft();
        logits = net.logits(images);
        used = before - gasleft();
    }
}
