using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>One subnet before an epoch, put together by names, and what the epoch made of it as lines of text.</summary>
/// <remarks>Root TAO counts like alpha unless a case says otherwise, and nobody takes anything.</remarks>
internal sealed class EpochCase
{
    public static readonly NetUid Subnet = new(1);

    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Hotkey, string Owner, ushort? Take)> _hotkeys = [];
    private readonly List<Neuron> _neurons = [];
    private readonly List<GenesisStake> _stakes = [];

    public SubnetBooks Books { get; } = new() { Netuid = Subnet };

    public NetworkParameters Parameters { get; set; } = NetworkParameters.Default with { TaoWeight = ulong.MaxValue };

    public Metagraph Metagraph { get; set; } = Metagraph.Empty;

    public EpochPot Pot { get; set; }

    /// <summary>What each uid earned, for cases that begin after Yuma.</summary>
    public List<(ulong Server, ulong Validator)> Found { get; } = [];

    /// <summary>An account whose bytes sort as its name does.</summary>
    public static AccountId Key(string name)
    {
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        bytes.Clear();
        Encoding.ASCII.GetBytes(name, bytes);
        return new AccountId(bytes);
    }

    public EpochCase Hotkey(string hotkey, string owner, ushort? take = 0)
    {
        _names.UnionWith([hotkey, owner]);
        _hotkeys.Add((hotkey, owner, take));
        return this;
    }

    /// <summary>A hotkey with the next uid, and what it earned.</summary>
    public EpochCase Neuron(string hotkey, string owner, ulong server = 0, ulong validator = 0, ushort? take = 0)
    {
        Hotkey(hotkey, owner, take);
        _neurons.Add(new Neuron { Hotkey = Key(hotkey), HasPermit = true });
        Found.Add((server, validator));
        return this;
    }

    public EpochCase Stake(string hotkey, string coldkey, ulong alpha, bool onRoot = false)
    {
        _names.UnionWith([hotkey, coldkey]);
        _stakes.Add(new GenesisStake(new PositionKey(onRoot ? NetUid.Root : Subnet, Key(hotkey), Key(coldkey)), new Alpha(alpha)));
        return this;
    }

    public EpochCase Link(string parent, string child, ulong proportion)
    {
        Metagraph = Metagraph with
        {
            Children = Metagraph.Children.SetItem(Key(parent), Links(Metagraph.Children, parent).Add(new ChildLink(proportion, Key(child)))),
            Parents = Metagraph.Parents.SetItem(Key(child), Links(Metagraph.Parents, child).Add(new ChildLink(proportion, Key(parent)))),
        };
        return this;
    }

    public EpochCase ChildTake(string hotkey, ushort take)
    {
        Metagraph = Metagraph with { ChildTakes = Metagraph.ChildTakes.SetItem(Key(hotkey), take) };
        return this;
    }

    public EpochCase AutoStake(string coldkey, string hotkey)
    {
        _names.UnionWith([hotkey, coldkey]);
        Metagraph = Metagraph with { AutoStake = Metagraph.AutoStake.SetItem(Key(coldkey), Key(hotkey)) };
        return this;
    }

    public EpochCase Owner(string coldkey, string hotkey)
    {
        _names.UnionWith([hotkey, coldkey]);
        (Books.Owner, Books.OwnerHotkey) = (Key(coldkey), Key(hotkey));
        return this;
    }

    public EpochCase Pay(ulong server = 0, ulong validator = 0, ulong root = 0, ulong ownerCut = 0)
    {
        Pot = new EpochPot(new Alpha(server), new Alpha(validator), new Alpha(root), new Alpha(ownerCut));
        return this;
    }

    /// <summary>The subnet with root beside it, at block 0, what is paid out being outstanding already.</summary>
    public SequentialNetwork Network()
    {
        var paid = Pot.ForNeurons.Rao + Pot.OwnerCut.Rao;
        var staked = _stakes.Where(stake => stake.Position.Netuid == Subnet).Aggregate(0UL, (sum, stake) => sum + stake.Amount.Rao);
        return new SequentialNetwork(GenesisBuilder.Build(new GenesisState
        {
            Parameters = Parameters,
            Hotkeys = [.. _hotkeys.Select(entry =>
                new GenesisHotkey(Key(entry.Hotkey), new HotkeyRecord(Key(entry.Owner)) { StoredTake = entry.Take is { } take ? new Take(take) : null }))],
            Subnets =
            [
                new GenesisSubnet(new SubnetBooks { Mechanism = 0 }, null, Tao.Zero),
                new GenesisSubnet(Books, new Alpha(staked + paid), Tao.Zero),
            ],
            Stakes = _stakes,
        }));
    }

    public LedgerScope Scope() => Scope(Network());

    public LedgerScope Scope(ILedgerSource source)
    {
        var scope = new LedgerScope(source);
        scope.SetMetagraph(Subnet, Metagraph with { Neurons = [.. _neurons] });
        return scope;
    }

    /// <summary>What Yuma would hand back.</summary>
    public EpochFindings Findings() => new(
        [.. Found.Select(found => new NeuronFinding(true, true, 0, 0, 0, 0, new Alpha(found.Server), new Alpha(found.Validator), Alpha.Zero))],
        [new MechanismFinding([.. Found.Select(_ => (ushort)0)], [.. Found.Select(_ => ImmutableArray<WeightEntry>.Empty)])]);

    /// <summary>Pays out and tells, in one line, every figure that is not zero.</summary>
    public string PaidOut()
    {
        var scope = Scope();
        var before = scope.Books(Subnet).AlphaOutstanding;
        RootAccruals.Apply(scope, Subnet, EpochPayout.Apply(scope, Subnet, Pot, Findings()));
        return string.Join("; ", Positions(scope).Concat(Counters(scope, before)).Concat(Dividends(scope)));
    }

    private IEnumerable<string> Positions(LedgerScope scope) =>
        from hotkey in _names
        from coldkey in _names
        let value = ShareLedger.Position(scope, new PositionKey(Subnet, Key(hotkey), Key(coldkey)))
        where !value.IsZero
        select $"{hotkey}/{coldkey} {value}";

    private IEnumerable<string> Counters(LedgerScope scope, Alpha before)
    {
        var books = scope.Books(Subnet);
        (string Name, ulong Value)[] counters =
        [
            ("taken out", before.Rao - books.AlphaOutstanding.Rao), ("recycled", books.RecycledAlpha.Rao), ("burned", books.BurnedAlpha.Rao),
            ("burned by children", books.ChildBurnedAlpha.Rao), ("unclaimed", books.RootUnclaimed.Rao), ("withheld", (ulong)books.MinerBurned.Bits),
        ];
        return counters.Where(counter => counter.Value != 0).Select(counter => $"{counter.Name} {counter.Value}");
    }

    private IEnumerable<string> Dividends(LedgerScope scope)
    {
        var metagraph = scope.GetMetagraph(Subnet);
        foreach (var name in _names)
        {
            var (alpha, root) = (metagraph.AlphaDividends.GetValueOrDefault(Key(name)), metagraph.RootDividends.GetValueOrDefault(Key(name)));
            if (!alpha.IsZero || !root.IsZero) yield return $"{name} shared {alpha} and {root}";
            if (scope.GetClaimRates(Key(name)).BySubnet.TryGetValue(Subnet, out var rate))
                yield return $"{name} rate {rate.Bits.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    private static ImmutableArray<ChildLink> Links(ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> links, string hotkey) =>
        links.TryGetValue(Key(hotkey), out var found) ? found : [];
}
