// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The ERC-20 face that every mint of SPL Token and Token-2022 has at its own address (`SplToken.erc20Of`). Nothing is wrapped: a
/// balance is what lies in the associated token account of `pubkeyOf(account)`, and whoever moves it, from whichever side,
/// moves the one balance. Tokens that SPL programs move, mint or burn make no event here.
interface IErc20Face {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidSender(address sender);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidApprover(address approver);
    error ERC20InvalidSpender(address spender);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);

    /// Nobody has opened the receiver's token account, and the caller does not pay for it unasked: see `openAccount`.
    error TokenAccountMissing(address owner, bytes32 tokenAccount);
    /// The receiver has handed its token account to another owner.
    error TokenAccountForeign(address owner, bytes32 tokenAccount);
    /// The caller has not the lamports that a new token account needs.
    error TokenAccountRent(address payer, bytes32 tokenAccount);
    /// The call is none that a face takes.
    error TokenFaceError(string reason);
    /// The token program said no: a frozen account, tokens that may not be transferred.
    error SvmError(bytes32 program, uint32 code, string reason);

    function name() external view returns (string memory);

    function symbol() external view returns (string memory);

    function decimals() external view returns (uint8);

    function totalSupply() external view returns (uint256);

    function balanceOf(address account) external view returns (uint256);

    function allowance(address owner, address spender) external view returns (uint256);

    /// A wallet that calls this itself pays the rent of the receiver's token account where there is none; a contract pays for
    /// none but its own.
    function transfer(address to, uint256 value) external returns (bool);

    function transferFrom(address from, address to, uint256 value) external returns (bool);

    function approve(address spender, uint256 value) external returns (bool);

    /// ERC-2612; the version of the domain is "1".
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    function nonces(address owner) external view returns (uint256);

    function DOMAIN_SEPARATOR() external view returns (bytes32);

    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );

    /// The pubkey whose face this is.
    function mint() external view returns (bytes32);

    /// The associated token account of an address, opened or not.
    function tokenAccountOf(address account) external view returns (bytes32);

    /// Opens the token account of an address where there is none; the caller pays its rent.
    function openAccount(address owner) external returns (bytes32 tokenAccount);

    /// The balance of a pubkey: of a Solana wallet, which its address alone does not name.
    function balanceOfKey(bytes32 owner) external view returns (uint256);

    /// Transfers to a pubkey: to a Solana wallet. The event names its address.
    function transferToKey(bytes32 owner, uint256 value) external returns (bool);

    function openAccountOfKey(bytes32 owner) external returns (bytes32 tokenAccount);
}
