using Dtao.Economics;

namespace Dtao.Client;

/// <content>One method for each call of the ledger; the bounds and rules stand at <see cref="Calls"/>.</content>
public sealed partial class DtaoClient
{
    /// <inheritdoc cref="Calls.AddStake"/>
    public Task<OperationResult> AddStakeAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Tao amount, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.AddStake(hotkey, netuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.AddStakeLimit"/>
    public Task<OperationResult> AddStakeLimitAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Tao amount, LimitPrice limit, bool allowPartial, OperationTicket? ticket = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.AddStakeLimit(hotkey, netuid, amount, limit, allowPartial), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.RemoveStake"/>
    public Task<OperationResult> RemoveStakeAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Alpha amount, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.RemoveStake(hotkey, netuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.RemoveStakeLimit"/>
    public Task<OperationResult> RemoveStakeLimitAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Alpha amount, LimitPrice limit, bool allowPartial, OperationTicket? ticket = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.RemoveStakeLimit(hotkey, netuid, amount, limit, allowPartial), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.RemoveStakeFullLimit"/>
    public Task<OperationResult> RemoveStakeFullLimitAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, LimitPrice? limit, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.RemoveStakeFullLimit(hotkey, netuid, limit), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.UnstakeAll"/>
    public Task<OperationResult> UnstakeAllAsync(
        AccountId coldkey, AccountId hotkey, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.UnstakeAll(hotkey), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.UnstakeAllAlpha"/>
    public Task<OperationResult> UnstakeAllAlphaAsync(
        AccountId coldkey, AccountId hotkey, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.UnstakeAllAlpha(hotkey), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.MoveStake"/>
    public Task<OperationResult> MoveStakeAsync(
        AccountId coldkey, AccountId fromHotkey, AccountId toHotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount, OperationTicket? ticket = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.MoveStake(fromHotkey, toHotkey, fromNetuid, toNetuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.TransferStake"/>
    public Task<OperationResult> TransferStakeAsync(
        AccountId coldkey, AccountId toColdkey, AccountId hotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount, OperationTicket? ticket = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.TransferStake(toColdkey, hotkey, fromNetuid, toNetuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.SwapStake"/>
    public Task<OperationResult> SwapStakeAsync(
        AccountId coldkey, AccountId hotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount, OperationTicket? ticket = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.SwapStake(hotkey, fromNetuid, toNetuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.SwapStakeLimit"/>
    public Task<OperationResult> SwapStakeLimitAsync(
        AccountId coldkey, AccountId hotkey, NetUid fromNetuid, NetUid toNetuid, Alpha amount, ulong limitRate, bool allowPartial,
        OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.SwapStakeLimit(hotkey, fromNetuid, toNetuid, amount, limitRate, allowPartial), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.RecycleAlpha"/>
    public Task<OperationResult> RecycleAlphaAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Alpha amount, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.RecycleAlpha(hotkey, netuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.BurnAlpha"/>
    public Task<OperationResult> BurnAlphaAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Alpha amount, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.BurnAlpha(hotkey, netuid, amount), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.AddStakeBurn"/>
    public Task<OperationResult> AddStakeBurnAsync(
        AccountId coldkey, AccountId hotkey, NetUid netuid, Tao amount, LimitPrice? limit = null, OperationTicket? ticket = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.AddStakeBurn(hotkey, netuid, amount, limit), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.Transfer"/>
    public Task<OperationResult> TransferAsync(
        AccountId coldkey, AccountId toColdkey, Tao amount, bool keepAlive = true, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.Transfer(toColdkey, amount, keepAlive), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.TransferAll"/>
    public Task<OperationResult> TransferAllAsync(
        AccountId coldkey, AccountId toColdkey, bool keepAlive = true, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.TransferAll(toColdkey, keepAlive), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.IncreaseTake"/>
    public Task<OperationResult> IncreaseTakeAsync(
        AccountId coldkey, AccountId hotkey, Take take, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.IncreaseTake(hotkey, take), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.DecreaseTake"/>
    public Task<OperationResult> DecreaseTakeAsync(
        AccountId coldkey, AccountId hotkey, Take take, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.DecreaseTake(hotkey, take), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.TryAssociateHotkey"/>
    public Task<OperationResult> TryAssociateHotkeyAsync(
        AccountId coldkey, AccountId hotkey, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.TryAssociateHotkey(hotkey), ticket, cancellationToken);

    /// <inheritdoc cref="Calls.StartCall"/>
    public Task<OperationResult> StartCallAsync(
        AccountId coldkey, NetUid netuid, OperationTicket? ticket = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(coldkey, Calls.StartCall(netuid), ticket, cancellationToken);
}
