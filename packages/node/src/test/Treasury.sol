// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {AccountMeta, ISvmGateway, SplToken, Svm} from "@trireme/svm/Svm.sol";

/// Holds SPL tokens and lamports, as a Solidity contract would.
contract Treasury {
    event Paid(uint64 amount, uint64 left);
    event Refused(bytes32 program, uint32 code);

    uint256 public payments;

    receive() external payable {}

    function open(bytes32 mint) external returns (bytes32) {
        return SplToken.createAssociatedAccount(Svm.self(), mint);
    }

    function pay(bytes32 mint, bytes32 to, uint64 amount) public {
        payments++;
        bytes32 own = SplToken.associatedAccount(Svm.self(), mint);
        SplToken.transfer(own, to, amount);
        emit Paid(amount, SplToken.balanceOf(own));
    }

    /// Tries to pay, and goes on where the token program says no.
    function tryPay(bytes32 mint, bytes32 to, uint64 amount) external {
        try this.pay(mint, to, amount) {} catch (bytes memory reason) {
            require(bytes4(reason) == ISvmGateway.SvmError.selector, "another error");
            bytes memory body = new bytes(reason.length - 4);
            for (uint256 i = 0; i < body.length; i++) body[i] = reason[i + 4];
            (bytes32 program, uint32 code, ) = abi.decode(body, (bytes32, uint32, string));
            emit Refused(program, code);
        }
    }

    /// Pays and then fails: the tokens stay where they are.
    function payAndFail(bytes32 mint, bytes32 to, uint64 amount) external {
        pay(mint, to, amount);
        revert("changed my mind");
    }

    /// Names somebody else as a signer.
    function steal(bytes32 from, bytes32 to, bytes32 owner, uint64 amount) external {
        AccountMeta[] memory accounts = new AccountMeta[](3);
        accounts[0] = Svm.writable(from);
        accounts[1] = Svm.writable(to);
        accounts[2] = Svm.signer(owner);
        Svm.invoke(SplToken.TOKEN_PROGRAM, accounts, abi.encodePacked(uint8(3), Svm.littleEndian64(amount)));
    }

    function sendLamports(bytes32 to, uint64 lamports) external {
        Svm.transferLamports(to, lamports);
    }

    function tokens(bytes32 mint) external view returns (uint64) {
        return SplToken.balanceOf(SplToken.associatedAccount(Svm.self(), mint));
    }
}
