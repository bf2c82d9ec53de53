// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Calls one account again and again, with the same bytes.
contract CallLoop {
    function run(address target, uint32 count, bytes calldata data) external {
        assembly {
            let input := mload(0x40)
            calldatacopy(input, data.offset, data.length)
            for { let index := 0 } lt(index, count) { index := add(index, 1) } {
                if iszero(call(gas(), target, 0, input, data.length, 0, 0)) { revert(0, 0) }
            }
        }
    }
}

/// Takes every call and does nothing.
contract Nothing {
    fallback() external {}
}
