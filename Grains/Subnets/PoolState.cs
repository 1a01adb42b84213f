using System.Diagnostics.CodeAnalysis;
using Dtao.Economics;
using Dtao.Economics.Earnings;
using Dtao.Economics.Epochs;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Subnets;

/// <summary>A recorded answer to one message.</summary>
/// <param name="Outcome">Null when the message expired before it was decided.</param>
public sealed record PoolOutcome(CallOutcome? Outcome, long FreeChange, BlockNumber Block, ulong Order);

/// <summary>TAO that has left this pool's books for an account and is not yet known to have arrived.</summary>
public sealed record OutgoingTao(AccountId To, Tao Amount);

/// <summary>Everything that one subnet's actor owns.</summary>
public sealed class PoolState
{
    /// <summary>Null for a netuid without a subnet.</summary>
    public SubnetBooks? Books { get; set; }
    /// <summary>TAO that was sent to the account of a subnet that does not exist.</summary>
    public Tao UnclaimedTao { get; set; }
    public NetworkParameters Parameters { get; set; } = NetworkParameters.Default;
    public ulong ParametersRevision { get; set; }
    public Dictionary<AccountId, HotkeyPool> HotkeyPools { get; } = [];
    public Dictionary<(AccountId Hotkey, AccountId Coldkey), SafeFloat> Shares { get; } = [];
    /// <summary>Neurons, weights, bonds, and links of the subnet.</summary>
    public Metagraph Metagraph { get; set; } = Metagraph.Empty;
    /// <summary>What stake on the subnet's hotkeys has earned; for readers only.</summary>
    public EarningBook Earnings { get; } = new();
    /// <summary>Root's only.</summary>
    public ClaimState Claims { get; } = new();
    /// <summary>What a subnet that was dissolved here left for the next one; null when there was none.</summary>
    public SubnetRemains? Remains { get; set; }
    /// <summary>The books that the subnet was registered with; null for one of genesis. The audit counts from here.</summary>
    public SubnetBooks? Founding { get; set; }
    public BlockNumber LastBlock { get; set; }
    public byte[] LastPlanHash { get; set; } = [];
    public Tao LastConsumed { get; set; }
    /// <summary>What the epoch of the last block put aside for root's stakers; empty when none ran.</summary>
    public IReadOnlyList<RootAccrual> LastAccruals { get; set; } = [];
    /// <summary>Hash chain over everything that this pool has decided, and over its books at each block.</summary>
    public byte[] Digest { get; set; } = new byte[32];
    /// <summary>Operations decided since genesis.</summary>
    public ulong Order { get; set; }
    /// <summary>Of them, those that traded.</summary>
    public ulong Swaps { get; set; }
    public OutcomeBook<PoolOutcome> Outcomes { get; } = new(PoolCodec.WriteOutcome, PoolCodec.ReadOutcome);
    /// <summary>Fees booked for the fee account or the burn account and not yet sent.</summary>
    public SortedDictionary<AccountId, Tao> Owed { get; } = [];
    public SortedDictionary<ulong, OutgoingTao> Outbox { get; } = [];
    /// <summary>Hotkeys that a decision here made delegates and that have not yet confirmed it.</summary>
    public SortedSet<AccountId> NewDelegates { get; } = [];
    /// <summary>Hotkeys that a decision here gave an owner and that have not yet confirmed it.</summary>
    public SortedDictionary<AccountId, AccountId> NewOwners { get; } = [];
    public ulong NextSequence { get; set; } = 1;
    /// <summary>TAO that operations here destroyed since genesis.</summary>
    public Tao Destroyed { get; set; }
    public ulong LastLaneBatch { get; set; }

    public ulong SettledBelow
    {
        get
        {
            foreach (var sequence in Outbox.Keys) return sequence;
            return NextSequence;
        }
    }

    /// <summary>Who receives fees: the fee account, or the burn account where there is none.</summary>
    public AccountId Beneficiary => BeneficiaryOf(Parameters);

    public static AccountId BeneficiaryOf(NetworkParameters parameters) => parameters.Author ?? AccountId.Burn;

    /// <summary>The hotkeys that a coldkey has a position on here. Looks at every hotkey with stake, and is asked of coldkeys with locks only.</summary>
    public IEnumerable<AccountId> HotkeysOf(AccountId coldkey) => HotkeyPools.Keys.Where(hotkey => Shares.ContainsKey((hotkey, coldkey)));

    /// <summary>Of root: the hotkeys on which a coldkey has, or had, stake, without those where a swap of keys has left but a rest.</summary>
    public IReadOnlyList<AccountId> RootHotkeysOf(AccountId coldkey)
    {
        var hotkeys = Claims.HotkeysOf(coldkey);
        if (Metagraph.SwappedAway.IsEmpty) return hotkeys;
        return [.. hotkeys.Where(hotkey => !KeySwapMarks.IsRest(
            Metagraph, hotkey, SharePool.Value(HotkeyPools.GetValueOrDefault(hotkey), Shares.GetValueOrDefault((hotkey, coldkey)))))];
    }

    public IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey) =>
        Books?.Netuid == netuid ? HotkeysOf(coldkey).Select(hotkey => new PositionKey(netuid, hotkey, coldkey)) : [];
}

/// <summary>What a pool decides on: its own state, and the facts that came with the message.</summary>
/// <param name="beneficiaryExists">
/// Whether the receiver of fees is known to exist. Then its balance is answered as <see cref="ExistingBalance"/>, and what it gains is booked as owed;
/// otherwise it is answered as nothing, so that the existential deposit is held against a first fee.
/// </param>
/// <param name="parameters">The network's, for a netuid without a subnet.</param>
public class PoolSource(
    PoolState state, BlockNumber block, AccountId signer, Tao free, bool beneficiaryExists, IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys,
    NetworkParameters? parameters = null) : ILedgerSource
{
    /// <summary>Stands for any balance at or above the existential deposit, with room to gain.</summary>
    public static readonly Tao ExistingBalance = new(1UL << 62);

    /// <summary>Another account that is known to exist: the receiver of an order's fee.</summary>
    public AccountId? Existing { get; init; }

    public BlockNumber Block => block;
    public NetworkParameters Parameters { get; } = state.Books is null ? parameters ?? state.Parameters : state.Parameters;
    public IReadOnlyList<NetUid> Subnets => state.Books is { } books ? [books.Netuid] : [];

    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
    {
        books = state.Books is { } own && own.Netuid == netuid ? own : null;
        return books is not null;
    }

    public virtual Tao GetFree(AccountId account)
    {
        if (account == signer) return free;
        return account == Existing || (beneficiaryExists && account == PoolState.BeneficiaryOf(Parameters)) ? ExistingBalance : Tao.Zero;
    }

    public HotkeyRecord? GetHotkey(AccountId hotkey) => hotkeys.GetValueOrDefault(hotkey);

    /// <summary>Stake on other subnets is not at hand, and counts as none.</summary>
    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) =>
        state.Books?.Netuid == netuid ? state.HotkeyPools.GetValueOrDefault(hotkey) : default;

    public SafeFloat GetShare(PositionKey position) => state.Shares.GetValueOrDefault((position.Hotkey, position.Coldkey));

    public IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey) => state.PositionsOf(netuid, coldkey);

    public Metagraph GetMetagraph(NetUid netuid) => state.Books?.Netuid == netuid ? state.Metagraph : Metagraph.Empty;

    public IReadOnlyList<AccountId> StakingHotkeys(AccountId coldkey) => state.RootHotkeysOf(coldkey);

    public ClaimRates GetClaimRates(AccountId hotkey) => state.Claims.Rates.GetValueOrDefault(hotkey, ClaimRates.None);

    public UInt128 GetClaimed(PositionKey position) => state.Claims.Claimed.GetValueOrDefault(position);

    public RootClaimType? GetClaimType(AccountId coldkey) => state.Claims.Types.GetValueOrDefault(coldkey);

    public bool IsClaimIndexed(AccountId coldkey) => state.Claims.IsIndexed(coldkey);
}
