using Dtao.Api.Json;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Blocks;

namespace Dtao.Api.Development;

/// <summary>A development account.</summary>
/// <param name="Name">Such as //Alice: a signer that the server takes without a signature.</param>
/// <param name="Account">Its public key.</param>
/// <param name="Free">TAO that it holds, held amounts included.</param>
/// <param name="Held">Set aside for operations in flight.</param>
internal sealed record DevAccountView(string Name, AccountId Account, Tao Free, Tao Held);

/// <summary>Whom to give, and how much.</summary>
/// <param name="To">The coldkey that receives: an SS58 address, 64 hexadecimal digits, or a development account.</param>
/// <param name="Amount">TAO in whole rao; any amount that the development accounts have.</param>
internal sealed record FaucetBody(string To, Tao Amount);

/// <summary>What was given.</summary>
/// <param name="Id">The request's id; a repeat with it gives nothing more.</param>
/// <param name="To">Who received.</param>
/// <param name="Amount">All of it.</param>
/// <param name="Gifts">The transfers that it was given in.</param>
internal sealed record FaucetView(OperationId Id, AccountId To, Tao Amount, IReadOnlyList<GiftView> Gifts);

/// <summary>One transfer of the faucet.</summary>
/// <param name="From">The development account that paid.</param>
/// <param name="Amount">What it paid.</param>
/// <param name="OperationId">The transfer's own id.</param>
/// <param name="Block">The block that the account had last applied.</param>
internal sealed record GiftView(AccountId From, Tao Amount, OperationId OperationId, BlockNumber Block);

/// <summary>Asks for a block.</summary>
/// <param name="After">The newest block that the caller knows; left out, a block is closed in any case.</param>
internal sealed record CloseBlockBody(BlockNumber? After = null);

/// <summary>A block that was closed.</summary>
/// <param name="BlockNumber">Its number.</param>
/// <param name="Hash">Its hash, 0x and hexadecimal digits.</param>
/// <param name="Timestamp">When it was closed.</param>
/// <param name="IsNew">Whether this request closed it.</param>
internal sealed record ClosedBlockView(BlockNumber BlockNumber, string Hash, Timestamp Timestamp, bool IsNew)
{
    public static ClosedBlockView Of(BlockHeader header, bool isNew) =>
        new(header.Number, "0x" + Convert.ToHexStringLower(header.Hash), new Timestamp(header.ClosedAt), isNew);
}
