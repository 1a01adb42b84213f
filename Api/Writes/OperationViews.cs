using System.Text.Json.Serialization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>What became of an operation; durable.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="Signer">The coldkey that called.</param>
/// <param name="Status">Applied: it took effect. Refused: a rule said no.</param>
/// <param name="Block">The block that the deciding actor had last applied.</param>
/// <param name="Order">The operation's place in the deciding actor's order, from 1 since genesis.</param>
/// <param name="DecidedBy">The subnet that decided; null when an account, a hotkey, or several subnets did.</param>
/// <param name="Error">Why it was refused; null when it was not.</param>
/// <param name="Moves">Stake events in the order in which they happened.</param>
/// <param name="Amount">Alpha recycled or burned, where the call reports it.</param>
/// <param name="Uid">The uid that a neuron was given.</param>
/// <param name="Netuid">The netuid that a subnet was given.</param>
/// <param name="Paid">TAO that a registration, or a swap of keys, cost.</param>
/// <param name="TransactionFee">The transaction fee that was paid, also by a refused call; null where there was none.</param>
/// <param name="Orders">What became of each order of a relayer's call.</param>
/// <param name="Parts">What became of each subnet's part of a batch.</param>
internal sealed record ReceiptView(
    OperationId OperationId, AccountId Signer, string Status, BlockNumber Block, ulong Order, NetUid? DecidedBy, RefusalView? Error, IReadOnlyList<MoveView> Moves,
    Alpha? Amount, ushort? Uid, NetUid? Netuid, Tao? Paid, FeeView? TransactionFee, IReadOnlyList<OrderView> Orders, IReadOnlyList<PartView> Parts)
{
    /// <summary>The last block in which it might have been decided; told to whoever sent it. A repeat that names it is the same operation for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BlockNumber? LastValidBlock { get; init; }

    /// <summary>The nonce of a signed operation; told to whoever sent it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? Nonce { get; init; }

    public static ReceiptView Of(AccountId signer, Receipt receipt)
    {
        var outcome = receipt.Outcome;
        return new(
            receipt.Id, signer, receipt.Status.ToString(), receipt.Block, receipt.Order, receipt.DecidedBy, receipt.IsApplied ? null : RefusalView.Of(receipt.Code),
            [.. (outcome?.Moves ?? []).Select(MoveView.Of)], outcome?.Amount is { } amount ? new Alpha(amount) : null, outcome?.Uid, outcome?.Netuid, outcome?.Paid,
            outcome is { Fee: { IsPaid: true } fee } ? new FeeView(fee.Tao, fee.Alpha, fee.Netuid) : null,
            [.. (outcome?.Orders ?? []).Select(OrderView.Of)], [.. (outcome?.Parts ?? []).Select(part => new PartView(part.Netuid, RefusalView.Of(part.Error)))]);
    }
}

/// <summary>A refusal by its name.</summary>
/// <param name="Code">Stable number.</param>
/// <param name="Name">Stable name; the chain's where the chain has one.</param>
/// <param name="Advice">What to do.</param>
internal sealed record RefusalView(int Code, string Name, string Advice)
{
    public static RefusalView Of(RefusalCode code) => Enum.IsDefined(code) && code != RefusalCode.None
        ? new((ushort)code, code.ToString(), Client.Advice.For(code))
        : new((ushort)code, ((LedgerError)(ushort)code).ToString(), Client.Advice.For((LedgerError)(ushort)code));

    /// <summary>Null where nothing was refused.</summary>
    public static RefusalView? Of(LedgerError error) => error == LedgerError.None ? null : new((ushort)error, error.ToString(), Client.Advice.For(error));
}

/// <summary>One stake event.</summary>
/// <param name="Event">StakeAdded or StakeRemoved.</param>
/// <param name="Netuid">The subnet.</param>
/// <param name="Hotkey">Where the stake is.</param>
/// <param name="Coldkey">Whose it is.</param>
/// <param name="Tao">TAO that was paid, or came out.</param>
/// <param name="Alpha">Alpha that came, or was sold.</param>
/// <param name="Fee">The pool's fee in rao of what went in: TAO when stake was added, alpha when it was removed.</param>
internal sealed record MoveView(string Event, NetUid Netuid, AccountId Hotkey, AccountId Coldkey, Tao Tao, Alpha Alpha, Tao Fee)
{
    public static MoveView Of(StakeMove move) => new(
        move.Kind == StakeMoveKind.In ? "StakeAdded" : "StakeRemoved", move.Netuid, move.Hotkey, move.Coldkey, move.Tao, move.Alpha, new Tao(move.Fee));
}

/// <summary>A transaction fee.</summary>
/// <param name="Tao">What left the signer, or what the alpha was sold for.</param>
/// <param name="Alpha">Alpha that was sold for it.</param>
/// <param name="Netuid">The alpha's subnet; null when TAO paid it.</param>
internal sealed record FeeView(Tao Tao, Alpha Alpha, NetUid? Netuid);

/// <summary>What became of one order of a relayer's call.</summary>
/// <param name="OrderId">The order's hash.</param>
/// <param name="Error">Why it was passed over; null when it was executed.</param>
/// <param name="AmountIn">Rao of the input: TAO without the order's fee, or alpha.</param>
/// <param name="AmountOut">Rao of the output: alpha, or TAO without the order's fee.</param>
/// <param name="Fee">The order's own fee, in TAO.</param>
internal sealed record OrderView(string OrderId, RefusalView? Error, Tao AmountIn, Tao AmountOut, Tao Fee)
{
    public static OrderView Of(OrderResult order) => new(order.Id.ToString(), RefusalView.Of(order.Error), new Tao(order.AmountIn), new Tao(order.AmountOut), order.Fee);
}

/// <summary>What became of one subnet's part of a batch.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Error">Why it was refused; null when it was done.</param>
internal sealed record PartView(NetUid Netuid, RefusalView? Error);
