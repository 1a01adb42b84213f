using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Staking;

namespace Dtao.Economics.Tests.Registration;

/// <summary>The small test network with neurons, and with a clock that stands anywhere.</summary>
internal static class RegistrationLedger
{
    public static Neuron Neuron(AccountId hotkey, ulong registered = 0, ulong emission = 0) => new()
    {
        Hotkey = hotkey,
        RegisteredAt = registered,
        Emission = new Alpha(emission),
        Rows = [NeuronRow.Empty with { LastUpdate = registered }],
    };

    public static SequentialNetwork Build(this TestLedger ledger, params (NetUid Netuid, Metagraph Metagraph)[] metagraphs) =>
        new(ledger.Genesis() with { Metagraphs = [.. metagraphs.Select(entry => KeyValuePair.Create(entry.Netuid, entry.Metagraph))] });

    public static Metagraph Of(params Neuron[] neurons) => Metagraph.Empty with { Neurons = [.. neurons] };

    /// <summary>Lets blocks pass until this one.</summary>
    public static SequentialNetwork At(this SequentialNetwork network, ulong block)
    {
        while (network.Block.Value < block) network.MakeBlock();
        return network;
    }
}

/// <summary>A network of which only a few facts are asked.</summary>
internal sealed class FixedSource(BlockNumber block, NetworkParameters parameters, params SubnetBooks[] subnets) : ILedgerSource
{
    public Dictionary<NetUid, Metagraph> Metagraphs { get; } = [];

    public Dictionary<AccountId, AccountId> Owners { get; } = [];

    public BlockNumber Block => block;

    public NetworkParameters Parameters => parameters;

    public IReadOnlyList<NetUid> Subnets { get; } =
        [.. subnets.Select(books => books.Netuid).Order(Comparer<NetUid>.Create(NetUid.CompareInStorageOrder))];

    public bool TryGetBooks(NetUid netuid, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SubnetBooks? books)
    {
        books = Array.Find(subnets, candidate => candidate.Netuid == netuid);
        return books is not null;
    }

    public Metagraph GetMetagraph(NetUid netuid) => Metagraphs.GetValueOrDefault(netuid, Metagraph.Empty);

    public Tao GetFree(AccountId account) => Tao.Zero;

    public HotkeyRecord? GetHotkey(AccountId hotkey) => Owners.TryGetValue(hotkey, out var owner) ? new HotkeyRecord(owner) : null;

    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => default;

    public SafeFloat GetShare(PositionKey position) => default;
}
