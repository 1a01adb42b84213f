using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Staking;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

/// <summary>The test ledger at any block, with four neurons on subnet 1: Hot (the owner's), Ann, Bob, and Warm; Ann and Bob have permits.</summary>
internal sealed class Bench
{
    private readonly LedgerScope _scope;

    public Bench(ulong block = 1_000, Action<TestLedger>? change = null)
    {
        var ledger = new TestLedger();
        change?.Invoke(ledger);
        _scope = new LedgerScope(new At(ledger.Build(), new BlockNumber(block)));
        Metagraph = new Metagraph { Neurons = [Neuron(Hot, false), Neuron(Ann, true), Neuron(Bob, true), Neuron(Warm, false)] };
    }

    public LedgerScope Scope => _scope;

    public Metagraph Metagraph
    {
        get => _scope.GetMetagraph(One);
        set => _scope.SetMetagraph(One, value);
    }

    public SubnetHyperparameters Hyper
    {
        get => _scope.Books(One).Hyper;
        set => _scope.Books(One).Hyper = value;
    }

    public SubnetBooks Books => _scope.Books(One);

    /// <summary>The same state at another block.</summary>
    public Bench At(ulong block) => new(new LedgerScope(new At(_scope, new BlockNumber(block))));

    public void Spoil(int uid, Func<Neuron, Neuron> change) => Metagraph = Metagraph.WithNeuron(uid, change(Metagraph.Neurons[uid]));

    /// <summary>Executes a call; a refused one leaves no trace.</summary>
    public LedgerError Call(AccountId signer, Call call)
    {
        var child = new LedgerScope(_scope);
        var outcome = StakingCalls.Execute(child, signer, call);
        if (outcome.IsOk) _scope.Merge(child);
        return outcome.Error;
    }

    public static WeightsDetail Weights(ushort[] uids, ushort[] values, byte mechanism = 0, ushort[]? salt = null, ulong version = 0) =>
        new([.. uids], [.. values], version, mechanism, [.. salt ?? []]);

    public static Call SetChildren(AccountId hotkey, params ChildLink[] children) =>
        new() { Kind = CallKind.SetChildren, Netuid = One, Hotkey = hotkey, Detail = new ChildrenDetail([.. children]) };

    public static Call SetWeights(WeightsDetail weights, NetUid? netuid = null) =>
        new() { Kind = CallKind.SetWeights, Netuid = netuid ?? One, Detail = weights };

    private Bench(LedgerScope scope) => _scope = scope;

    private static Neuron Neuron(AccountId hotkey, bool permit) => new() { Hotkey = hotkey, HasPermit = permit };
}

/// <summary>A source as it would be at another block.</summary>
internal sealed class At(ILedgerSource source, BlockNumber block) : ILedgerSource
{
    public BlockNumber Block => block;
    public NetworkParameters Parameters => source.Parameters;
    public IReadOnlyList<NetUid> Subnets => source.Subnets;
    public bool KeepsStakingHotkeys => source.KeepsStakingHotkeys;
    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books) => source.TryGetBooks(netuid, out books);
    public Tao GetFree(AccountId account) => source.GetFree(account);
    public HotkeyRecord? GetHotkey(AccountId hotkey) => source.GetHotkey(hotkey);
    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => source.GetHotkeyPool(netuid, hotkey);
    public SafeFloat GetShare(PositionKey position) => source.GetShare(position);
    public Metagraph GetMetagraph(NetUid netuid) => source.GetMetagraph(netuid);
    public IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey) => source.PositionsOf(netuid, coldkey);
    public IReadOnlyList<AccountId> StakingHotkeys(AccountId coldkey) => source.StakingHotkeys(coldkey);
}
