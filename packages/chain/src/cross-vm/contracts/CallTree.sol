// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {AccountMeta, ISvmGateway, Svm} from "@trireme/svm/Svm.sol";

/// Plays the script in its calldata: what a node of a call tree does. Scripts: `tree-script.mts`.
contract CallTree {
    event Noted(uint64 indexed topic, uint64 digest);

    /// Pubkeys of all accounts of the trees, 32 bytes each; the test puts them here.
    bytes private constant KEYS = hex"00";

    uint256 private constant PRIME = 0x100000001b3;

    /// Where the script is read, and what it came to so far.
    struct Play {
        uint256 at;
        uint64 digest;
    }

    fallback() external payable {
        // A payment says nothing.
        if (msg.data.length == 0) return;
        Play memory play = Play(0, 0);
        while (step(play)) {}
    }

    /// Runs one operation; false after the last one, of which the return data is none.
    function step(Play memory play) private returns (bool) {
        uint256 op = take(play, 1);
        if (op == 0x01) {
            write(play);
        } else if (op == 0x02) {
            emit Noted(uint64(take(play, 1)), play.digest);
        } else if (op == 0x03) {
            fold(play, uint64(uint160(address(this))));
            fold(play, uint64(uint160(msg.sender)));
            fold(play, uint64(msg.value));
        } else if (op == 0x04) {
            remember(play);
        } else if (op == 0x05) {
            fold(play, uint64(address(uint160(take(play, 20))).balance));
        } else if (op == 0x06) {
            readData(play);
        } else if (op == 0x10) {
            callContract(play);
        } else if (op == 0x11) {
            invoke(play);
        } else if (op == 0x20 || op == 0x21) {
            end(play, op == 0x20);
        } else if (op == 0x22) {
            assembly {
                invalid()
            }
        } else if (op == 0x23) {
            while (true) {}
        } else {
            return false;
        }
        return true;
    }

    function write(Play memory play) private {
        uint256 slot = take(play, 1);
        uint256 value = take(play, 1);
        assembly {
            value := add(sload(slot), value)
            sstore(slot, value)
        }
        fold(play, uint64(value));
    }

    function remember(Play memory play) private {
        uint256 slot = take(play, 1);
        uint256 value = take(play, 1);
        assembly {
            value := add(tload(slot), value)
            tstore(slot, value)
        }
        fold(play, uint64(value));
    }

    function readData(Play memory play) private view {
        bytes32 key = keyOf(KEYS, take(play, 1));
        (bool succeeded, bytes memory data) = address(Svm.GATEWAY).staticcall(abi.encodeCall(ISvmGateway.accountData, (key, 0, 8)));
        finish(play, 0, succeeded, succeeded ? abi.decode(data, (bytes)) : data);
    }

    function callContract(Play memory play) private {
        uint256 flags = take(play, 1);
        uint256 limit = takeLimit(play);
        uint256 value = take(play, 8);
        address target = address(uint160(take(play, 20)));
        bytes memory data = takeBytes(play);
        bool succeeded;
        bytes memory output;
        if (flags & 1 == 0) (succeeded, output) = target.call{value: value, gas: limit}(data);
        else (succeeded, output) = target.staticcall{gas: limit}(data);
        finish(play, flags, succeeded, output);
    }

    function invoke(Play memory play) private {
        uint256 flags = take(play, 1);
        uint256 limit = takeLimit(play);
        bytes memory keys = KEYS;
        bytes32 program = keyOf(keys, take(play, 1));
        AccountMeta[] memory accounts = new AccountMeta[](take(play, 1));
        for (uint256 index = 0; index < accounts.length; index++) {
            bytes32 key = keyOf(keys, take(play, 1));
            uint256 rights = take(play, 1);
            accounts[index] = AccountMeta(key, rights & 1 != 0, rights & 2 != 0);
        }
        bytes memory data = abi.encodeCall(ISvmGateway.invoke, (program, accounts, takeBytes(play)));
        bool succeeded;
        bytes memory output;
        if (flags & 1 == 0) (succeeded, output) = address(Svm.GATEWAY).call{gas: limit}(data);
        else (succeeded, output) = address(Svm.GATEWAY).staticcall{gas: limit}(data);
        finish(play, flags, succeeded, succeeded ? abi.decode(output, (bytes)) : output);
    }

    /// Notes what a call came to; a failure that is not caught goes on as this frame's own.
    function finish(Play memory play, uint256 flags, bool succeeded, bytes memory output) private pure {
        if (!succeeded && flags & 2 != 0) {
            assembly {
                revert(add(output, 32), mload(output))
            }
        }
        fold(play, succeeded ? 1 : 0);
        fold(play, uint64(output.length));
        uint256 digest = play.digest;
        assembly {
            let start := add(output, 32)
            let left := mload(output)
            for {} gt(left, 7) { left := sub(left, 8) } {
                digest := and(mul(xor(digest, shr(192, mload(start))), PRIME), 0xffffffffffffffff)
                start := add(start, 8)
            }
            if left {
                // Filled up with zeros.
                let unused := sub(64, mul(8, left))
                digest := and(mul(xor(digest, shl(unused, shr(add(192, unused), mload(start)))), PRIME), 0xffffffffffffffff)
            }
        }
        play.digest = uint64(digest);
    }

    /// Returns or reverts with so many words of 8 bytes, each of them the digest.
    function end(Play memory play, bool succeeds) private pure {
        uint256 length = 8 * take(play, 1);
        bytes memory output = new bytes(length + 32);
        uint256 word = play.digest;
        word |= word << 64;
        word |= word << 128;
        for (uint256 at = 0; at < length; at += 32) {
            assembly {
                mstore(add(add(output, 32), at), word)
            }
        }
        assembly {
            if succeeds {
                return(add(output, 32), length)
            }
            revert(add(output, 32), length)
        }
    }

    function fold(Play memory play, uint64 value) private pure {
        unchecked {
            play.digest = uint64((play.digest ^ value) * PRIME);
        }
    }

    /// A number of so many bytes, the first one the highest.
    function take(Play memory play, uint256 length) private pure returns (uint256 value) {
        uint256 at = play.at;
        assembly {
            value := shr(sub(256, mul(8, length)), calldataload(at))
        }
        play.at = at + length;
    }

    function takeLimit(Play memory play) private view returns (uint256 limit) {
        limit = take(play, 4);
        if (limit == 0xffffffff) limit = gasleft();
    }

    function takeBytes(Play memory play) private pure returns (bytes memory) {
        uint256 length = take(play, 2);
        uint256 start = play.at;
        play.at = start + length;
        return msg.data[start:start + length];
    }

    function keyOf(bytes memory keys, uint256 index) private pure returns (bytes32 key) {
        assembly {
            key := mload(add(add(keys, 32), mul(32, index)))
        }
    }
}
