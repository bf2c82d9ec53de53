// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Visitors sign once and may leave a tip; the owner collects the tips.
contract Guestbook {
    error AlreadySigned(address visitor);
    error NotOwner(address caller);

    event Signed(address indexed visitor, string message, uint256 tip);
    event Collected(address indexed owner, uint256 amount);

    address public immutable owner;
    uint256 public entries;
    mapping(address visitor => string message) public messageOf;

    constructor() {
        owner = msg.sender;
    }

    function sign(string calldata message) external payable {
        if (bytes(messageOf[msg.sender]).length != 0) revert AlreadySigned(msg.sender);
        messageOf[msg.sender] = message;
        entries += 1;
        emit Signed(msg.sender, message, msg.value);
    }

    function collect() external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        uint256 amount = address(this).balance;
        (bool sent,) = owner.call{value: amount}("");
        require(sent, "transfer failed");
        emit Collected(owner, amount);
    }
}
