// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Made by a box, and by nobody else.
contract LawChild {
    uint256 public pokes;

    constructor(bool dies, address payable heir) payable {
        pokes = 1;
        if (dies) selfdestruct(heir);
    }

    function poke() external payable returns (uint256) {
        return ++pokes;
    }

    function die(address payable heir) external {
        selfdestruct(heir);
    }
}

/// Whatever a transaction may do with the state, a function each.
contract LawBox {
    mapping(uint256 => uint256) public slots;
    uint256 transient entries;

    event Seen(uint256 indexed slot, uint256 value);

    receive() external payable {}

    function put(uint256 slot, uint256 value) private {
        slots[slot] = value;
        emit Seen(slot, value);
    }

    function bump(uint256 slot) external payable {
        put(slot, slots[slot] + 1);
    }

    function clear(uint256 slot) external {
        put(slot, 0);
    }

    /// What a pool of two currencies does: everybody reads and writes both reserves.
    function swap(uint256 pool, uint256 amount) external {
        uint256 left = slots[pool] + 1000;
        uint256 right = slots[pool + 1] + 1000;
        uint256 out = (amount * right) / (left + amount);
        put(pool, left + amount - 1000);
        put(pool + 1, right - out > 1000 ? right - out - 1000 : 0);
    }

    function hashOf(uint256 back, uint256 slot) external {
        put(slot, uint256(blockhash(block.number - back)) ^ uint256(block.prevrandao) ^ gasleft());
    }

    function lookAt(address who, uint256 slot) external {
        put(slot, who.balance ^ uint256(who.codehash) ^ who.code.length);
    }

    function lookAtCoinbase(uint256 slot) external {
        put(slot, block.coinbase.balance ^ block.basefee ^ block.blobbasefee);
    }

    function payCoinbase() external payable {
        (bool paid, ) = block.coinbase.call{value: msg.value}("");
        require(paid);
    }

    function forward(address payable to) external payable {
        (bool paid, ) = to.call{value: msg.value / 2}("");
        put(uint160(address(to)) % 8, paid ? 1 : 2);
    }

    function make(uint256 salt, uint256 how, address payable heir) external payable {
        LawChild child = how & 1 == 0
            ? new LawChild{salt: bytes32(salt), value: msg.value}(how & 2 != 0, heir)
            : new LawChild{value: msg.value}(how & 2 != 0, heir);
        if (how & 4 != 0) child.poke();
        if (how & 8 != 0) child.die(heir);
        require(how & 16 == 0, "made in vain");
        put(7, uint160(address(child)));
    }

    /// Pokes a child that may be there by now, or not, or be gone.
    function poke(address payable child) external payable {
        (bool done, bytes memory output) = child.call{value: msg.value}(abi.encodeCall(LawChild.poke, ()));
        put(6, uint256(child.codehash) ^ (done ? 1 : 2) ^ output.length ^ child.balance);
    }

    function kill(address child, address payable heir) external {
        LawChild(child).die(heir);
        put(5, child.balance ^ child.code.length);
    }

    function again(uint256 times, uint256 slot) external {
        entries++;
        if (times > 0) this.again(times - 1, slot);
        else put(slot, entries);
    }

    function work(uint256 rounds, uint256 slot) external {
        bytes32 digest = bytes32(slots[slot]);
        for (uint256 round = 0; round < rounds; round++) digest = keccak256(abi.encode(digest, round));
        slots[slot] = uint256(digest);
    }

    function fail(uint256 how, uint256 slot) external {
        slots[slot]++;
        if (how == 0) revert("as was asked for");
        if (how == 1) assert(slots[slot] == 0);
        if (how == 2) assembly { invalid() }
        if (how == 3) while (true) slots[slot]++;
        if (how == 4 && slots[slot] % 2 == 0) revert("even");
    }
}
