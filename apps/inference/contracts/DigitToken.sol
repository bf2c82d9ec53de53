// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./DigitNet.sol";

/// A token for whoever can write: the image has to show the digit that is asked for, and a net in another VM is the judge.
contract DigitToken {
    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);

    error NotTheDigit(uint8 asked, uint8 seen);
    error SeenBefore(uint256 tokenId);
    error NotAllowed(address account, uint256 tokenId);
    error NoSuchToken(uint256 tokenId);

    string public constant name = "Trireme Digits";
    string public constant symbol = "DIGIT";

    IDigitNet public immutable net;
    uint256 public totalSupply;
    mapping(address owner => uint256) public balanceOf;
    mapping(uint256 tokenId => address) public getApproved;
    /// The token of an image, by its hash.
    mapping(bytes32 image => uint256 tokenId) public tokenOf;
    mapping(uint256 tokenId => address) private owners;

    constructor(IDigitNet judge) {
        net = judge;
    }

    /// The digit that the next token needs.
    function asked() public view returns (uint8) {
        return uint8(uint256(keccak256(abi.encode(totalSupply))) % 10);
    }

    /// Mints the next token, numbered from 1, for 28 x 28 pixels.
    function mint(bytes calldata image) external returns (uint256 tokenId) {
        uint8 digit = asked();
        uint8 seen = net.classify(image);
        if (seen != digit) revert NotTheDigit(digit, seen);
        bytes32 hash = keccak256(image);
        if (tokenOf[hash] != 0) revert SeenBefore(tokenOf[hash]);
        tokenId = ++totalSupply;
        tokenOf[hash] = tokenId;
        owners[tokenId] = msg.sender;
        balanceOf[msg.sender]++;
        emit Transfer(address(0), msg.sender, tokenId);
    }

    function ownerOf(uint256 tokenId) public view returns (address owner) {
        owner = owners[tokenId];
        if (owner == address(0)) revert NoSuchToken(tokenId);
    }

    function approve(address account, uint256 tokenId) external {
        if (msg.sender != ownerOf(tokenId)) revert NotAllowed(msg.sender, tokenId);
        getApproved[tokenId] = account;
        emit Approval(msg.sender, account, tokenId);
    }

    function transferFrom(address from, address to, uint256 tokenId) external {
        address owner = ownerOf(tokenId);
        bool isAllowed = msg.sender == owner || msg.sender == getApproved[tokenId];
        if (!isAllowed || from != owner || to == address(0)) revert NotAllowed(msg.sender, tokenId);
        delete getApproved[tokenId];
        owners[tokenId] = to;
        balanceOf[from]--;
        balanceOf[to]++;
        emit Transfer(from, to, tokenId);
    }
}
