// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A token as far as a pool needs one.
contract PoolToken {
    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address owner => uint256 amount) public balanceOf;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    function transfer(address to, uint256 amount) external returns (bool) {
        move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        move(from, to, amount);
        return true;
    }

    function move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}

/// A pool of two tokens whose product of reserves never falls; 0.3 % of what comes in is its fee.
contract Pool {
    event Swap(address indexed by, bool zeroForOne, uint256 amountIn, uint256 amountOut);

    PoolToken public token0;
    PoolToken public token1;
    uint128 public reserve0;
    uint128 public reserve1;

    function swap(bool zeroForOne, uint256 amountIn, uint256 leastOut) external returns (uint256 amountOut) {
        (PoolToken tokenIn, PoolToken tokenOut) = zeroForOne ? (token0, token1) : (token1, token0);
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (reserve0, reserve1) : (reserve1, reserve0);
        uint256 net = amountIn * 997;
        amountOut = (net * reserveOut) / (reserveIn * 1000 + net);
        require(amountOut >= leastOut, "too little");
        tokenIn.transferFrom(msg.sender, address(this), amountIn);
        tokenOut.transfer(msg.sender, amountOut);
        uint256 held0 = token0.balanceOf(address(this));
        uint256 held1 = token1.balanceOf(address(this));
        (reserve0, reserve1) = (uint128(held0), uint128(held1));
        emit Swap(msg.sender, zeroForOne, amountIn, amountOut);
    }
}
