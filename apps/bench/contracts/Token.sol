// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A plain ERC-20 whose whole supply starts with the deployer; `mint` funds the benchmark's accounts.
contract Token {
    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address owner => uint256 amount) public balanceOf;
    uint256 public totalSupply;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        totalSupply += amount;
        emit Transfer(address(0), to, amount);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }
}
