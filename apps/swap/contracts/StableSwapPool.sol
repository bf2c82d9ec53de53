// SPDX-License-Identifier: MIT
pragma solidity ^0.8.27;

import {SplToken, Svm} from "@trireme/svm/Svm.sol";

/// The pricing engine: a WASM contract, see assembly/stable-swap-engine.ts.
interface IStableSwapEngine {
    struct Market {
        uint64 reserveIn;
        uint64 reserveOut;
        uint64 scaleIn;
        uint64 scaleOut;
        uint64 amplification;
        uint64 fee;
    }

    function invariant(Market calldata market) external pure returns (uint256);

    function quote(Market calldata market, uint64 amountIn) external pure returns (uint64 amountOut);
}

/// A pool of two SPL tokens that are worth the same. The price is a WASM contract's, the tokens are moved by Solana's token
/// program: this contract owns the vaults, and is the delegate of whoever trades.
contract StableSwapPool {
    error UnknownMint(bytes32 mint);
    error NotAStablePair(uint8 decimals0, uint8 decimals1);
    error SlippageExceeded(uint64 received, uint64 minimum);
    error NothingToMint();

    event Swapped(address indexed trader, bytes32 indexed mintIn, uint64 amountIn, uint64 amountOut);
    event Deposited(address indexed provider, uint64 amount0, uint64 amount1, uint256 shares);
    event Withdrawn(address indexed provider, uint64 amount0, uint64 amount1, uint256 shares);

    IStableSwapEngine public immutable engine;
    uint64 public immutable amplification;
    /// In 10^-10 of what is bought; it stays in the pool.
    uint64 public immutable fee;
    bytes32 public immutable mint0;
    bytes32 public immutable mint1;
    bytes32 public immutable vault0;
    bytes32 public immutable vault1;
    uint64 private immutable scale0;
    uint64 private immutable scale1;

    uint64 public reserve0;
    uint64 public reserve1;
    uint64 public swaps;
    uint256 public totalShares;
    mapping(address => uint256) public sharesOf;

    /// Opens the pool's token accounts; the value sent pays their rent.
    constructor(IStableSwapEngine engine_, bytes32 mint0_, bytes32 mint1_, uint64 amplification_, uint64 fee_) payable {
        engine = engine_;
        amplification = amplification_;
        fee = fee_;
        mint0 = mint0_;
        mint1 = mint1_;
        bytes32 self = Svm.self();
        vault0 = SplToken.createAssociatedAccount(self, mint0_);
        vault1 = SplToken.createAssociatedAccount(self, mint1_);
        uint8 decimals0 = decimalsOf(mint0_);
        uint8 decimals1 = decimalsOf(mint1_);
        uint8 most = decimals0 > decimals1 ? decimals0 : decimals1;
        require(most - decimals0 <= 3 && most - decimals1 <= 3, NotAStablePair(decimals0, decimals1));
        scale0 = uint64(10 ** (most - decimals0));
        scale1 = uint64(10 ** (most - decimals1));
    }

    /// Sells `amountIn` of one token for the other: SVM, WASM, EVM and SVM in turn, and what one of them refuses is undone in
    /// all. The trader, a wallet of either kind, has approved this pool as the delegate of its token account.
    function swap(bytes32 mintIn, uint64 amountIn, uint64 minimumOut) external returns (uint64 amountOut) {
        require(mintIn == mint0 || mintIn == mint1, UnknownMint(mintIn));
        bool isFirst = mintIn == mint0;
        bytes32 trader = Svm.pubkeyOf(msg.sender);
        bytes32 target = SplToken.associatedAccount(trader, isFirst ? mint1 : mint0);

        SplToken.transfer(SplToken.associatedAccount(trader, mintIn), isFirst ? vault0 : vault1, amountIn);
        amountOut = engine.quote(market(isFirst), amountIn);
        (reserve0, reserve1) = isFirst
            ? (reserve0 + amountIn, reserve1 - amountOut)
            : (reserve0 - amountOut, reserve1 + amountIn);
        swaps++;

        uint64 before = SplToken.balanceOf(target);
        SplToken.transfer(isFirst ? vault1 : vault0, target, amountOut);
        // Judged by what has arrived.
        uint64 received = SplToken.balanceOf(target) - before;
        require(received >= minimumOut, SlippageExceeded(received, minimumOut));
        emit Swapped(msg.sender, mintIn, amountIn, amountOut);
    }

    /// What a swap would give.
    function quote(bytes32 mintIn, uint64 amountIn) external view returns (uint64) {
        require(mintIn == mint0 || mintIn == mint1, UnknownMint(mintIn));
        return engine.quote(market(mintIn == mint0), amountIn);
    }

    /// Adds liquidity: the first deposit sets the proportion, later ones take at most these amounts in that proportion.
    function deposit(uint64 maximum0, uint64 maximum1) external returns (uint256 shares) {
        (uint64 amount0, uint64 amount1) = (maximum0, maximum1);
        if (totalShares == 0) {
            (reserve0, reserve1) = (amount0, amount1);
            shares = engine.invariant(market(true));
        } else {
            uint256 by0 = (uint256(maximum0) * totalShares) / reserve0;
            uint256 by1 = (uint256(maximum1) * totalShares) / reserve1;
            shares = by0 < by1 ? by0 : by1;
            amount0 = uint64(quotientUp(shares * reserve0, totalShares));
            amount1 = uint64(quotientUp(shares * reserve1, totalShares));
            (reserve0, reserve1) = (reserve0 + amount0, reserve1 + amount1);
        }
        require(shares > 0, NothingToMint());
        totalShares += shares;
        sharesOf[msg.sender] += shares;
        bytes32 provider = Svm.pubkeyOf(msg.sender);
        SplToken.transfer(SplToken.associatedAccount(provider, mint0), vault0, amount0);
        SplToken.transfer(SplToken.associatedAccount(provider, mint1), vault1, amount1);
        emit Deposited(msg.sender, amount0, amount1, shares);
    }

    /// Gives liquidity back in the pool's proportion.
    function withdraw(uint256 shares) external returns (uint64 amount0, uint64 amount1) {
        amount0 = uint64((shares * reserve0) / totalShares);
        amount1 = uint64((shares * reserve1) / totalShares);
        sharesOf[msg.sender] -= shares;
        totalShares -= shares;
        (reserve0, reserve1) = (reserve0 - amount0, reserve1 - amount1);
        bytes32 provider = Svm.pubkeyOf(msg.sender);
        SplToken.transfer(vault0, SplToken.associatedAccount(provider, mint0), amount0);
        SplToken.transfer(vault1, SplToken.associatedAccount(provider, mint1), amount1);
        emit Withdrawn(msg.sender, amount0, amount1, shares);
    }

    function market(bool isFirst) private view returns (IStableSwapEngine.Market memory) {
        return
            isFirst
                ? IStableSwapEngine.Market(reserve0, reserve1, scale0, scale1, amplification, fee)
                : IStableSwapEngine.Market(reserve1, reserve0, scale1, scale0, amplification, fee);
    }

    function quotientUp(uint256 dividend, uint256 divisor) private pure returns (uint256) {
        return (dividend + divisor - 1) / divisor;
    }

    /// Of an SPL mint.
    function decimalsOf(bytes32 mint) private view returns (uint8) {
        (bytes32 owner, , , ) = Svm.GATEWAY.accountInfo(mint);
        require(owner == SplToken.TOKEN_PROGRAM, UnknownMint(mint));
        return uint8(Svm.GATEWAY.accountData(mint, 44, 1)[0]);
    }
}
