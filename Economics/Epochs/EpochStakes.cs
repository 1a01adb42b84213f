using System.Collections.Immutable;
using Dtao.Economics.Children;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>Stakes, owners, takes, and links of one subnet's hotkeys, as an epoch reads them.</summary>
/// <remarks>
/// Source: rule book 02, 7.2 and section 8. A hotkey without a record belongs to the account of zeros and has the default take, as on the
/// chain. A stake is the total of a hotkey, of all its stakers.
/// </remarks>
public sealed class EpochStakes
{
    private readonly ILedgerSource _source;
    private readonly NetUid _netuid;
    private readonly SubnetBooks _books;

    public EpochStakes(ILedgerSource source, NetUid netuid)
    {
        if (!source.TryGetBooks(netuid, out var books)) throw new InvalidOperationException($"Subnet {netuid} is not at hand.");
        (_source, _netuid, _books) = (source, netuid, books);
        Metagraph = source.GetMetagraph(netuid);
        TaoWeight = U96F32.FromRatio(source.Parameters.TaoWeight, ulong.MaxValue);
        ChildBurn = U96F32.FromRatio(source.Parameters.ChildBurn, ulong.MaxValue);
    }

    public Metagraph Metagraph { get; }

    /// <summary>How much root TAO counts beside alpha.</summary>
    public U96F32 TaoWeight { get; }

    /// <summary>The part that is burned of what a child of another owner hands to its parent.</summary>
    public U96F32 ChildBurn { get; }

    /// <summary>The hotkey's alpha on this subnet.</summary>
    public Alpha AlphaOf(AccountId hotkey) => _source.GetHotkeyPool(_netuid, hotkey).Value;

    /// <summary>The hotkey's TAO on root.</summary>
    public Tao RootOf(AccountId hotkey) => new(_source.GetHotkeyPool(NetUid.Root, hotkey).Value.Rao);

    public AccountId OwnerOf(AccountId hotkey) => _source.GetHotkey(hotkey)?.Owner ?? default;

    /// <summary>The part of dividends that the hotkey keeps before its stakers share.</summary>
    public U96F32 TakeOf(AccountId hotkey) => U96F32.FromRatio((_source.GetHotkey(hotkey)?.Take ?? Take.Default).Parts, ushort.MaxValue);

    /// <summary>The part that the hotkey keeps of the dividends that it earns with its parents' stake; the subnet's and the network's minimum at least.</summary>
    public U96F32 ChildTakeOf(AccountId hotkey) =>
        U96F32.FromRatio(ChildTake.Of(_books, _source.Parameters, Metagraph, hotkey).Parts, ushort.MaxValue);

    public ImmutableArray<ChildLink> ChildrenOf(AccountId hotkey) => Links(Metagraph.Children, hotkey);

    /// <summary>In stored order.</summary>
    public ImmutableArray<ChildLink> ParentsOf(AccountId hotkey) => Links(Metagraph.Parents, hotkey);

    /// <summary>A part of a hotkey's stake: alpha, and root TAO by its weight.</summary>
    public U96F32 Contribution(AccountId hotkey, U96F32 proportion) =>
        U96F32.FromInteger(AlphaOf(hotkey).Rao).MultiplySaturating(proportion).AddSaturating(
            U96F32.FromInteger(RootOf(hotkey).Rao).MultiplySaturating(proportion).MultiplySaturating(TaoWeight));

    private static ImmutableArray<ChildLink> Links(ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> links, AccountId hotkey) =>
        links.TryGetValue(hotkey, out var found) ? found : [];
}
