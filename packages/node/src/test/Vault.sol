// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IErc20Face} from "@trireme/svm/IErc20Face.sol";
import {SplToken} from "@trireme/svm/Svm.sol";

/// Calls to tokens of which some give true, some nothing, and some false.
library SafeToken {
    error TokenRefused(address token);

    function safeTransfer(address token, address to, uint256 value) internal {
        _mustSucceed(token, abi.encodeCall(IErc20Face.transfer, (to, value)));
    }

    function safeTransferFrom(address token, address from, address to, uint256 value) internal {
        _mustSucceed(token, abi.encodeCall(IErc20Face.transferFrom, (from, to, value)));
    }

    /// A refusal keeps the token's own error.
    function _mustSucceed(address token, bytes memory data) private {
        (bool succeeded, bytes memory result) = token.call(data);
        if (!succeeded) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
        bool isToken = result.length == 0 ? token.code.length > 0 : abi.decode(result, (bool));
        if (!isToken) revert TokenRefused(token);
    }
}

/// Takes deposits of any ERC-20, as contracts do that have never heard of the SVM.
contract Vault {
    using SafeToken for address;

    mapping(address token => mapping(address owner => uint256)) public deposits;

    receive() external payable {}

    function deposit(address token, uint256 value) external {
        token.safeTransferFrom(msg.sender, address(this), value);
        deposits[token][msg.sender] += value;
    }

    function withdraw(address token, address to, uint256 value) external {
        deposits[token][msg.sender] -= value;
        token.safeTransfer(to, value);
    }

    /// Pays and then fails: the tokens stay where they are.
    function withdrawAndFail(address token, uint256 value) external {
        deposits[token][msg.sender] -= value;
        token.safeTransfer(msg.sender, value);
        revert("changed my mind");
    }

    /// Tries to have the face's power for itself.
    function borrow(address token, bytes calldata data) external returns (bytes memory result) {
        bool succeeded;
        (succeeded, result) = token.delegatecall(data);
        if (!succeeded) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
    }

    function faceOf(bytes32 mint) external pure returns (address) {
        return SplToken.erc20Of(mint);
    }
}
