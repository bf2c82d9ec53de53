// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Takes deposits from whoever calls, in whichever VM the caller lives.
contract Ledger {
    mapping(address => uint256) public deposits;
    address public lastOrigin;
    uint256 public lastGasPrice;

    event Deposited(address indexed from, uint256 amount);

    error TooSmall(uint256 amount);

    function deposit(uint256 least) external payable returns (uint256) {
        if (msg.value < least) revert TooSmall(msg.value);
        deposits[msg.sender] += msg.value;
        lastOrigin = tx.origin;
        lastGasPrice = tx.gasprice;
        emit Deposited(msg.sender, msg.value);
        return deposits[msg.sender];
    }

    function withdraw(uint256 amount) external {
        require(deposits[msg.sender] >= amount, "not that much here");
        deposits[msg.sender] -= amount;
        (bool done, ) = msg.sender.call{value: amount}("");
        require(done);
    }
}
