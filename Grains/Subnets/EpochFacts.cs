using System.Diagnostics.CodeAnalysis;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What an epoch reads of other actors, as it was when the block began: owners and takes of hotkeys, and their stake on root.</summary>
public sealed record EpochFacts(IReadOnlyDictionary<AccountId, HotkeyRecord> Records, IReadOnlyDictionary<AccountId, Tao> RootStakes)
{
    public static readonly EpochFacts None = new(new Dictionary<AccountId, HotkeyRecord>(), new Dictionary<AccountId, Tao>());

    /// <param name="records">Null for a hotkey that nobody owned.</param>
    public static EpochFacts Of(AccountId[] hotkeys, Tao[] stakes, HotkeyRecord?[] records)
    {
        var (owned, staked) = (new Dictionary<AccountId, HotkeyRecord>(hotkeys.Length), new Dictionary<AccountId, Tao>(hotkeys.Length));
        for (var i = 0; i < hotkeys.Length; i++)
        {
            if (records[i] is { } record) owned.Add(hotkeys[i], record);
            staked.Add(hotkeys[i], stakes[i]);
        }

        return new EpochFacts(owned, staked);
    }
}

/// <summary>The ledger as a pool sees it while it makes a block: itself, and the facts that were gathered for it.</summary>
internal sealed class BlockSource(PoolState state, ApplyBlock command, EpochFacts facts) : ILedgerSource
{
    public BlockNumber Block => command.Block;
    public NetworkParameters Parameters => command.Parameters;
    public IReadOnlyList<NetUid> Subnets => [state.Books!.Netuid];

    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
    {
        books = state.Books!.Netuid == netuid ? state.Books : null;
        return books is not null;
    }

    public Tao GetFree(AccountId account) => throw new InvalidOperationException("A block read the free TAO of an account.");

    public HotkeyRecord? GetHotkey(AccountId hotkey) => facts.Records.GetValueOrDefault(hotkey);

    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey)
    {
        if (netuid == state.Books!.Netuid) return state.HotkeyPools.GetValueOrDefault(hotkey);
        return facts.RootStakes.TryGetValue(hotkey, out var stake) && netuid.IsRoot
            ? new HotkeyPool(new Alpha(stake.Rao), default)
            : throw new InvalidOperationException($"The stake of {hotkey} on subnet {netuid} was not gathered.");
    }

    public SafeFloat GetShare(PositionKey position) => state.Shares.GetValueOrDefault((position.Hotkey, position.Coldkey));

    public IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey) => state.PositionsOf(netuid, coldkey);

    public Metagraph GetMetagraph(NetUid netuid) => netuid == state.Books!.Netuid ? state.Metagraph : Metagraph.Empty;

    public UInt128 GetClaimed(PositionKey position) => state.Claims.Claimed.GetValueOrDefault(position);

    public ClaimRates GetClaimRates(AccountId hotkey) => state.Claims.Rates.GetValueOrDefault(hotkey, ClaimRates.None);
}
