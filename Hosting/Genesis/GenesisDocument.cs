using Dtao.Economics;
using Dtao.Economics.Leases;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;

namespace Dtao.Hosting.Genesis;

/// <summary>A network at block 0 with everything that its operator chose, whole and checked. Amounts are rao.</summary>
/// <remarks>Made by <see cref="GenesisDocumentReader"/>, <see cref="SnapshotImport"/>, or <see cref="DemoGenesis"/>; all three pass <see cref="GenesisValidator"/>.</remarks>
public sealed record GenesisDocument
{
    /// <summary>The format that this version writes.</summary>
    public const string Format = "dtao-genesis/1";

    /// <summary>The chain's own time between blocks.</summary>
    public const long DefaultBlockIntervalMilliseconds = 12_000;

    /// <summary>The longest time between blocks that a document may ask for: one day.</summary>
    public const long BlockIntervalMillisecondsMax = 86_400_000;

    public required string Name { get; init; }
    /// <summary>Part of what operations sign, so that one network's operation is worth nothing on another.</summary>
    public required string NetworkId { get; init; }
    public RuleSetName RuleSet { get; init; } = RuleSetName.Default;
    /// <summary>Whether operations are taken only with their signer's signature.</summary>
    public bool RequiresSignatures { get; init; }
    /// <summary>0 = as fast as blocks close.</summary>
    public long BlockIntervalMilliseconds { get; init; } = DefaultBlockIntervalMilliseconds;
    /// <summary>Where the document came from, when it was made from another.</summary>
    public string? ImportedFrom { get; init; }
    public NetworkParameters Parameters { get; init; } = NetworkParameters.Default;
    /// <summary>Names that a person gave to accounts, in the document's order.</summary>
    public IReadOnlyList<NamedAccount> Aliases { get; init; } = [];
    /// <summary>Free TAO, dev accounts included; each account once.</summary>
    public IReadOnlyList<DocumentBalance> Balances { get; init; } = [];
    /// <summary>In the order of creation.</summary>
    public IReadOnlyList<DocumentHotkey> Hotkeys { get; init; } = [];
    /// <summary>Root included; in the document's order.</summary>
    public IReadOnlyList<DocumentSubnet> Subnets { get; init; } = [];
    /// <summary>In the order in which they are deposited.</summary>
    public IReadOnlyList<DocumentStake> Stakes { get; init; } = [];
    /// <summary>The staking ledger's own counter; null = the sum of all TAO reserves.</summary>
    public Tao? TotalStake { get; init; }

    /// <summary>All TAO in existence: free TAO, root stake, reserves, and surpluses.</summary>
    public Tao TotalIssuance { get; init; }

    /// <summary>The named rules for ever; a document cannot name changes. Unknown rules do not pass the validator.</summary>
    private RuleSchedule Schedule() => RuleSets.TryFind(RuleSet.Name, out var rules)
        ? RuleSchedule.Of(rules)
        : throw new InvalidOperationException($"There are no rules '{RuleSet.Name}'.");

    /// <summary>What the ledger is built from; names, symbols, and the clock are not part of it.</summary>
    public GenesisState ToState() => new()
    {
        Parameters = Parameters with { Rules = Schedule() },
        Balances = [.. Balances.Select(balance => (balance.Account, balance.Free))],
        Hotkeys = [.. Hotkeys.Select(hotkey => new GenesisHotkey(hotkey.Hotkey, new HotkeyRecord(hotkey.Owner) { StoredTake = hotkey.Take }))],
        Subnets = [.. Subnets.Select(subnet => subnet.ToGenesis())],
        Stakes = [.. Stakes.Select(stake => new GenesisStake(new PositionKey(stake.Netuid, stake.Hotkey, stake.Coldkey), stake.Amount))],
        TotalStake = TotalStake,
    };
}

/// <summary>The rules that a network starts under, as a document names them.</summary>
public sealed record RuleSetName(string Name, string Date)
{
    public static readonly RuleSetName Default = Of(RuleSets.All[0]);

    public static readonly IReadOnlyList<RuleSetName> Known = [.. RuleSets.All.Select(Of)];

    private static RuleSetName Of(RuleSet rules) => new(rules.Name, rules.Date);
}

public sealed record NamedAccount(string Name, AccountId Account);

public sealed record DocumentBalance(string Path, AccountId Account, Tao Free);

/// <param name="Take">Null = no delegate.</param>
public sealed record DocumentHotkey(string Path, AccountId Hotkey, AccountId Owner, Take? Take);

public sealed record DocumentStake(string Path, AccountId Hotkey, AccountId Coldkey, NetUid Netuid, Alpha Amount);

/// <summary>A seat of a subnet at block 0. Blocks are numbers of blocks.</summary>
public sealed record DocumentNeuron(string Path, AccountId Hotkey, ulong RegisteredAt, ulong LastUpdate, bool HasPermit)
{
    public Neuron ToNeuron() => new()
    {
        Hotkey = Hotkey,
        RegisteredAt = RegisteredAt,
        HasPermit = HasPermit,
        Rows = [NeuronRow.Empty with { LastUpdate = LastUpdate }],
    };
}

/// <summary>The lease that a subnet is under: its owner and its owner's hotkey are the lease's.</summary>
/// <param name="EmissionsShare">The contributors' part of the owner's cut, in percent.</param>
/// <param name="EndBlock">The block from which nothing is shared out any more; null = never.</param>
public sealed record DocumentLease(
    string Path, AccountId Beneficiary, byte EmissionsShare, BlockNumber? EndBlock, IReadOnlyList<DocumentContribution> Contributions)
{
    internal SubnetLease ToLease(SubnetBooks books) => new(
        Beneficiary, books.Owner!.Value, books.OwnerHotkey!.Value, EmissionsShare, EndBlock,
        LeaseShares.Of([.. Contributions.Select(entry => (entry.Coldkey, entry.Amount))], Beneficiary), Alpha.Zero);
}

/// <summary>What one coldkey has paid for a leased subnet. Only the ratios count.</summary>
public sealed record DocumentContribution(string Path, AccountId Coldkey, Tao Amount);

/// <summary>A subnet at block 0.</summary>
/// <param name="Books">Market, settings, and switches; what follows from the stakes is not in it yet.</param>
public sealed record DocumentSubnet(string Path, SubnetBooks Books)
{
    public string Name { get; init; } = string.Empty;
    public string Symbol { get; init; } = string.Empty;
    /// <summary>Alpha outside the pool; null = the sum of the stakes.</summary>
    public Alpha? AlphaOutstanding { get; init; }
    /// <summary>TAO that the account <c>subnet:N</c> holds beyond the pool's reserve.</summary>
    public Tao AccountSurplus { get; init; }

    /// <summary>In the order of uids.</summary>
    public IReadOnlyList<DocumentNeuron> Neurons { get; init; } = [];

    /// <summary>Null = the subnet belongs to its owner.</summary>
    public DocumentLease? Lease { get; init; }

    public NetUid Netuid => Books.Netuid;

    internal GenesisSubnet ToGenesis() => new(Books, AlphaOutstanding, AccountSurplus)
    {
        Neurons = [.. Neurons.Select(neuron => neuron.ToNeuron())],
        Lease = Lease?.ToLease(Books),
    };
}

/// <summary>What reading a document came to: the document, or every fault that it has.</summary>
public sealed record GenesisResult(GenesisDocument? Document, IReadOnlyList<GenesisFault> Faults)
{
    public bool IsValid => Document is not null;
}
