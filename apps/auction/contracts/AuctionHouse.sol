// SPDX-License-Identifier: MIT
pragma solidity ^0.8.27;

import {SplToken, Svm} from "@trireme/svm/Svm.sol";

/// Computes the price: a WASM contract, see assembly/clearing-engine.ts.
interface IClearingEngine {
    struct Order {
        bool isBuy;
        uint64 limit;
        uint32 lots;
    }

    struct Clearing {
        uint64 price;
        uint64 volume;
        uint32[] fills;
    }

    function clear(Order[] calldata orders) external pure returns (Clearing memory);
}

/// What is used of a mint's ERC-20 face.
interface IErc20 {
    function allowance(address owner, address spender) external view returns (uint256);

    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// One batch auction of an SPL token against another. Orders come from Ethereum and Solana wallets, with their deposit; at the end
/// all trade at one price. Amounts are whole lots and the price is for a lot: no sum of tokens is ever rounded.
contract AuctionHouse {
    struct Order {
        /// Whose token accounts pay and are paid.
        bytes32 owner;
        bool isBuy;
        bool isPaid;
        uint32 lots;
        uint32 filled;
        /// Quote units for a lot.
        uint64 limit;
    }

    error NotYourName(bytes32 owner, address sender);
    error NotATokenAccount(bytes32 account);
    error BadOrder(uint32 lots, uint64 limit);
    error BookFull(uint256 orders);
    error TooLate(uint256 closesAt);
    error TooEarly(uint256 closesAt);
    error NotClosed();
    error AlreadyClosed();
    error AlreadyPaid(uint256 order);
    error BadClearing();
    error NotEnoughGas();

    event Placed(uint256 indexed order, bytes32 indexed owner, bool isBuy, uint32 lots, uint64 limit);
    event Cleared(uint64 price, uint64 volume);
    event Paid(uint256 indexed order, bytes32 indexed owner, uint64 baseAmount, uint64 quoteAmount);
    /// The owner's token account cannot take it now; `pay` does it later.
    event Unpaid(uint256 indexed order, bytes reason);

    uint256 public constant MOST_ORDERS = 64;
    /// More than one payment takes.
    uint256 private constant PAYMENT_GAS = 200_000;

    IClearingEngine public immutable engine;
    bytes32 public immutable baseMint;
    bytes32 public immutable quoteMint;
    bytes32 public immutable baseVault;
    bytes32 public immutable quoteVault;
    /// Base units of a lot.
    uint64 public immutable lotSize;
    uint256 public immutable closesAt;

    bool public isClosed;
    uint64 public price;
    uint64 public volume;
    Order[] private orders;

    /// Opens the vaults; the value sent pays their rent.
    constructor(IClearingEngine engine_, bytes32 baseMint_, bytes32 quoteMint_, uint64 lotSize_, uint256 closesAt_) payable {
        engine = engine_;
        baseMint = baseMint_;
        quoteMint = quoteMint_;
        lotSize = lotSize_;
        closesAt = closesAt_;
        baseVault = SplToken.createAssociatedAccount(Svm.self(), baseMint_);
        quoteVault = SplToken.createAssociatedAccount(Svm.self(), quoteMint_);
    }

    /// Takes an order and its deposit: `lots` at the limit for a buyer, `lots` of the base for a seller. The sender has allowed
    /// it, as the token's ERC-20 or as Solana's token program has it. `owner` is the sender's pubkey: an address
    /// alone does not tell the key of a Solana wallet, and tokens sent to another name of it would not reach it.
    function place(bytes32 owner, bool isBuy, uint32 lots, uint64 limit) external returns (uint256 order) {
        require(block.timestamp < closesAt, TooLate(closesAt));
        require(Svm.GATEWAY.addressOf(owner) == msg.sender, NotYourName(owner, msg.sender));
        order = orders.length;
        require(order < MOST_ORDERS, BookFull(order));
        uint256 deposit = isBuy ? uint256(lots) * limit : uint256(lots) * lotSize;
        require(lots > 0 && limit > 0 && deposit <= type(uint64).max, BadOrder(lots, limit));
        // Where the trade will be paid; what is left of the deposit goes back to where it came from.
        bytes32 target = SplToken.associatedAccount(owner, isBuy ? baseMint : quoteMint);
        (bytes32 program, , , ) = Svm.GATEWAY.accountInfo(target);
        require(program == SplToken.TOKEN_PROGRAM, NotATokenAccount(target));
        orders.push(Order({owner: owner, isBuy: isBuy, isPaid: false, lots: lots, filled: 0, limit: limit}));
        emit Placed(order, owner, isBuy, lots, limit);
        take(owner, isBuy ? quoteMint : baseMint, isBuy ? quoteVault : baseVault, uint64(deposit));
    }

    /// Ends the auction, computes its price and pays everybody who can be paid. Anybody may call it.
    function close() external {
        require(block.timestamp >= closesAt, TooEarly(closesAt));
        require(!isClosed, AlreadyClosed());
        isClosed = true;
        uint256 count = orders.length;
        IClearingEngine.Order[] memory asked = new IClearingEngine.Order[](count);
        for (uint256 index = 0; index < count; ++index) {
            Order storage order = orders[index];
            asked[index] = IClearingEngine.Order(order.isBuy, order.limit, order.lots);
        }
        IClearingEngine.Clearing memory clearing = engine.clear(asked);
        record(asked, clearing);
        emit Cleared(clearing.price, clearing.volume);
        for (uint256 index = 0; index < count; ++index) {
            // One who cannot be paid holds up nobody else, and nobody makes him so by giving too little gas.
            require(gasleft() > PAYMENT_GAS, NotEnoughGas());
            try this.pay(index) {} catch (bytes memory reason) {
                emit Unpaid(index, reason);
            }
        }
    }

    /// Pays what an order bought or sold and what is left of its deposit, to its owner. Anybody may call it.
    function pay(uint256 index) external {
        require(isClosed, NotClosed());
        Order storage order = orders[index];
        require(!order.isPaid, AlreadyPaid(index));
        order.isPaid = true;
        uint64 traded = order.filled * lotSize;
        uint64 worth = order.filled * price;
        (uint64 baseAmount, uint64 quoteAmount) = order.isBuy
            ? (traded, order.lots * order.limit - worth)
            : (order.lots * lotSize - traded, worth);
        emit Paid(index, order.owner, baseAmount, quoteAmount);
        give(baseVault, order.owner, baseMint, baseAmount);
        give(quoteVault, order.owner, quoteMint, quoteAmount);
    }

    /// All orders, by the time of their arrival.
    function book() external view returns (Order[] memory) {
        return orders;
    }

    /// Keeps the fills; what the engine may not decide is checked before a token moves.
    function record(IClearingEngine.Order[] memory asked, IClearingEngine.Clearing memory clearing) private {
        uint256 bought;
        uint256 sold;
        require(clearing.fills.length == asked.length, BadClearing());
        for (uint256 index = 0; index < asked.length; ++index) {
            uint32 filled = clearing.fills[index];
            if (filled == 0) continue;
            IClearingEngine.Order memory order = asked[index];
            bool isWithin = order.isBuy ? clearing.price <= order.limit : clearing.price >= order.limit;
            require(isWithin && filled <= order.lots, BadClearing());
            if (order.isBuy) bought += filled;
            else sold += filled;
            orders[index].filled = filled;
        }
        require(bought == sold && bought == clearing.volume, BadClearing());
        (price, volume) = (clearing.price, clearing.volume);
    }

    /// Takes a deposit from the sender, by whichever allowance there is.
    function take(bytes32 owner, bytes32 mint, bytes32 vault, uint64 amount) private {
        IErc20 face = IErc20(Svm.GATEWAY.addressOf(mint));
        if (face.allowance(msg.sender, address(this)) >= amount) face.transferFrom(msg.sender, address(this), amount);
        else SplToken.transfer(SplToken.associatedAccount(owner, mint), vault, amount);
    }

    function give(bytes32 vault, bytes32 owner, bytes32 mint, uint64 amount) private {
        if (amount > 0) SplToken.transfer(vault, SplToken.associatedAccount(owner, mint), amount);
    }
}
