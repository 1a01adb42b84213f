using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Client;

/// <summary>Every call of the ledger, made from typed arguments. The signer is named when the call is submitted or quoted.</summary>
/// <remarks>Source of each rule: rule book 01, the section named at the method.</remarks>
public static partial class Calls
{
    /// <summary>Buys alpha with TAO at the market price and puts it on a hotkey; on root, stakes the TAO itself. Rule book 01, 6.1.</summary>
    /// <param name="amount">At least 0.002 TAO plus the swap fee.</param>
    public static Call AddStake(AccountId hotkey, NetUid netuid, Tao amount) =>
        new() { Kind = CallKind.AddStake, Hotkey = hotkey, Netuid = netuid, Amount = amount.Rao };

    /// <summary>As <see cref="AddStake"/>, never above a price; what would pass it is left out when partial fills are allowed, else all is refused. Rule book 01, 6.2.</summary>
    public static Call AddStakeLimit(AccountId hotkey, NetUid netuid, Tao amount, LimitPrice limit, bool allowPartial) => new()
    {
        Kind = CallKind.AddStakeLimit,
        Hotkey = hotkey,
        Netuid = netuid,
        Amount = amount.Rao,
        Limit = limit.RaoPerAlpha,
        AllowPartial = allowPartial,
    };

    /// <summary>Sells alpha of a position for TAO; more than the position means all of it. Rule book 01, 6.3.</summary>
    public static Call RemoveStake(AccountId hotkey, NetUid netuid, Alpha amount) =>
        new() { Kind = CallKind.RemoveStake, Hotkey = hotkey, Netuid = netuid, Amount = amount.Rao };

    /// <summary>As <see cref="RemoveStake"/>, never below a price; here more than the position is refused. Rule book 01, 6.4.</summary>
    public static Call RemoveStakeLimit(AccountId hotkey, NetUid netuid, Alpha amount, LimitPrice limit, bool allowPartial) => new()
    {
        Kind = CallKind.RemoveStakeLimit,
        Hotkey = hotkey,
        Netuid = netuid,
        Amount = amount.Rao,
        Limit = limit.RaoPerAlpha,
        AllowPartial = allowPartial,
    };

    /// <summary>Sells a whole position, with a limit all or nothing. Rule book 01, 6.5.</summary>
    public static Call RemoveStakeFullLimit(AccountId hotkey, NetUid netuid, LimitPrice? limit) =>
        new() { Kind = CallKind.RemoveStakeFullLimit, Hotkey = hotkey, Netuid = netuid, Limit = limit?.RaoPerAlpha };

    /// <summary>Sells every position on a hotkey, root included. Rule book 01, 6.6.</summary>
    public static Call UnstakeAll(AccountId hotkey) => new() { Kind = CallKind.UnstakeAll, Hotkey = hotkey };

    /// <summary>Sells every alpha position on a hotkey and stakes the TAO on root. Rule book 01, 6.7.</summary>
    public static Call UnstakeAllAlpha(AccountId hotkey) => new() { Kind = CallKind.UnstakeAllAlpha, Hotkey = hotkey };

    /// <summary>Moves stake to another hotkey, another subnet, or both. Rule book 01, 6.8.</summary>
    /// <param name="amount">Alpha of the origin subnet; more than the position means all of it.</param>
    public static Call MoveStake(AccountId fromHotkey, AccountId toHotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount) => new()
    {
        Kind = CallKind.MoveStake,
        Hotkey = fromHotkey,
        Netuid = fromNetuid,
        Amount = amount.Rao,
        ToHotkey = toHotkey,
        ToNetuid = toNetuid,
    };

    /// <summary>Gives stake to another coldkey, on the same hotkey. Rule book 01, 6.8.</summary>
    /// <param name="amount">Alpha of the origin subnet; more than the position means all of it.</param>
    public static Call TransferStake(AccountId toColdkey, AccountId hotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount) => new()
    {
        Kind = CallKind.TransferStake,
        Hotkey = hotkey,
        Netuid = fromNetuid,
        Amount = amount.Rao,
        ToNetuid = toNetuid,
        ToColdkey = toColdkey,
    };

    /// <summary>Changes alpha of one subnet into alpha of another, on the same hotkey. Rule book 01, 6.8.</summary>
    /// <param name="amount">Alpha of the origin subnet; more than the position means all of it.</param>
    public static Call SwapStake(AccountId hotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount) =>
        new() { Kind = CallKind.SwapStake, Hotkey = hotkey, Netuid = fromNetuid, Amount = amount.Rao, ToNetuid = toNetuid };

    /// <summary>As <see cref="SwapStake"/>, never below a rate. Rule book 01, 6.8 and 4.8.</summary>
    /// <param name="limitRate">Price of the origin's alpha in the destination's alpha, x 10^9.</param>
    public static Call SwapStakeLimit(AccountId hotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount, ulong limitRate, bool allowPartial) => new()
    {
        Kind = CallKind.SwapStakeLimit,
        Hotkey = hotkey,
        Netuid = fromNetuid,
        Amount = amount.Rao,
        Limit = limitRate,
        AllowPartial = allowPartial,
        ToNetuid = toNetuid,
    };

    /// <summary>Takes alpha out of existence so that it can be emitted again. Rule book 01, 6.10.</summary>
    public static Call RecycleAlpha(AccountId hotkey, NetUid netuid, Alpha amount) =>
        new() { Kind = CallKind.RecycleAlpha, Hotkey = hotkey, Netuid = netuid, Amount = amount.Rao };

    /// <summary>Takes alpha from its holder for good; the supply stays counted. Rule book 01, 6.10.</summary>
    public static Call BurnAlpha(AccountId hotkey, NetUid netuid, Alpha amount) =>
        new() { Kind = CallKind.BurnAlpha, Hotkey = hotkey, Netuid = netuid, Amount = amount.Rao };

    /// <summary>Buys alpha and burns exactly what came out. Rule book 01, 6.11.</summary>
    public static Call AddStakeBurn(AccountId hotkey, NetUid netuid, Tao amount, LimitPrice? limit) =>
        new() { Kind = CallKind.AddStakeBurn, Hotkey = hotkey, Netuid = netuid, Amount = amount.Rao, Limit = limit?.RaoPerAlpha };

    /// <summary>Sends free TAO. Rule book 01, 2.9.</summary>
    /// <param name="keepAlive">Refuse rather than leave the sender under the existential deposit.</param>
    public static Call Transfer(AccountId toColdkey, Tao amount, bool keepAlive) =>
        new() { Kind = CallKind.Transfer, ToColdkey = toColdkey, Amount = amount.Rao, KeepAlive = keepAlive };

    /// <summary>Sends all free TAO, or with keep-alive all but the existential deposit. Rule book 01, 2.9.</summary>
    public static Call TransferAll(AccountId toColdkey, bool keepAlive) =>
        new() { Kind = CallKind.TransferAll, ToColdkey = toColdkey, KeepAlive = keepAlive };

    /// <summary>Raises a hotkey's delegate take. Rule book 01, 6.12.</summary>
    public static Call IncreaseTake(AccountId hotkey, Take take) => new() { Kind = CallKind.IncreaseTake, Hotkey = hotkey, Take = take };

    /// <summary>Lowers a hotkey's delegate take. Rule book 01, 6.12.</summary>
    public static Call DecreaseTake(AccountId hotkey, Take take) => new() { Kind = CallKind.DecreaseTake, Hotkey = hotkey, Take = take };

    /// <summary>Makes the signer the owner of a hotkey that nobody owns; changes nothing when somebody does. Rule book 01, 6.14.</summary>
    public static Call TryAssociateHotkey(AccountId hotkey) => new() { Kind = CallKind.TryAssociateHotkey, Hotkey = hotkey };

    /// <summary>Starts a subnet's emission and trading; its owner's call. Rule book 01, 10.7.</summary>
    public static Call StartCall(NetUid netuid) => new() { Kind = CallKind.StartCall, Netuid = netuid };

    /// <summary>Hands a subnet whose lease has ended to the lease's beneficiary, who signs.</summary>
    /// <param name="hotkey">Owned by the signer; the subnet's owner hotkey from then on.</param>
    public static Call TerminateLease(NetUid netuid, AccountId hotkey) => new() { Kind = CallKind.TerminateLease, Netuid = netuid, Hotkey = hotkey };

    /// <summary>An administrator's setting of one subnet field, or with no subnet of one network parameter.</summary>
    /// <param name="parameter">Named as in a genesis document.</param>
    /// <param name="value">As text; null clears.</param>
    public static Call Administer(string parameter, string? value, NetUid? netuid) => new()
    {
        Kind = CallKind.Admin,
        Parameter = parameter,
        Value = value,
        Netuid = netuid ?? NetUid.Root,
        IsSubnetParameter = netuid is not null,
    };
}
