using System.Diagnostics.CodeAnalysis;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Stakers;

/// <summary>A ledger of two accounts: a transfer of free TAO reads nothing else, and neither does what an account decides about its announcement.</summary>
/// <remarks>
/// The account of a subnet stands here like any other, under what its pool holds for it. For how a coldkey presents itself there is besides one hotkey of the
/// sender that has a uid, if there is one.
/// </remarks>
public sealed class TransferSource(
    (AccountId Account, Tao Free) sender, (AccountId Account, Tao Free) receiver, NetworkParameters parameters, BlockNumber now, ColdkeySwap? announced = null)
    : ILedgerSource
{
    public BlockNumber Block => now;
    public NetworkParameters Parameters => parameters;
    public IReadOnlyList<NetUid> Subnets => Seat is null ? [] : [Seat.Netuid];

    /// <summary>A hotkey of the sender that has a uid; null when there is none, or when nobody asks.</summary>
    public Seat? Seat { get; init; }

    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
    {
        books = null;
        return false;
    }

    public Tao GetFree(AccountId account) =>
        account == sender.Account ? sender.Free : account == receiver.Account ? receiver.Free : throw Unknown();

    public ColdkeySwap? GetColdkeySwap(AccountId coldkey) => coldkey == sender.Account ? announced : throw Unknown();

    public IEnumerable<AccountId> OwnedHotkeys(AccountId coldkey) => Seat is null ? [] : [Seat.Hotkey];

    public Metagraph GetMetagraph(NetUid netuid) => Metagraph.Empty with { Neurons = [new Neuron { Hotkey = Seat!.Hotkey }] };

    public HotkeyRecord? GetHotkey(AccountId hotkey) => Seat?.Hotkey == hotkey ? new HotkeyRecord(sender.Account) : throw Unknown();
    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => throw Unknown();
    public SafeFloat GetShare(PositionKey position) => throw Unknown();

    private static InvalidOperationException Unknown() => new("A transfer read more than its two accounts.");
}

/// <summary>A hotkey that has a uid on a subnet.</summary>
public sealed record Seat(NetUid Netuid, AccountId Hotkey);
