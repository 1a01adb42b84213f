using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;

namespace Dtao.Benchmarks.Micro;

/// <summary>
/// A subnet's whole epoch with 256 neurons, of which 64 are validators that weigh everybody: reading the ledger, Yuma, and paying out. One
/// validator has few stakers or very many, which must not show.
/// </summary>
public class SubnetEpochBenchmarks
{
    private const int Neurons = 256;
    private const int Validators = 64;
    private const int Popular = 7;
    private const int EpochsBefore = 4;

    private static readonly NetUid s_subnet = new(1);
    private static readonly EpochPot s_pot = new(new(147_600_000_000), new(120_000_000_000), new(27_600_000_000), new(64_800_000_000));

    private readonly EpochWorkspace _workspace = new();
    private SequentialNetwork _network = null!;
    private Metagraph _metagraph = Metagraph.Empty;
    private EpochFindings _findings = null!;

    /// <summary>How many coldkeys stake to one of the validators.</summary>
    [Params(1_000, 1_000_000)]
    public int Stakers { get; set; }

    /// <summary>Lets bonds grow over a few epochs, so that the measured one has as many as weights.</summary>
    [GlobalSetup]
    public void Grow()
    {
        _network = new SequentialNetwork(GenesisBuilder.Build(Genesis()));
        _metagraph = Metagraph.Empty with { Neurons = [.. Enumerable.Range(0, Neurons).Select(Neuron)] };
        for (var epoch = 0; epoch < EpochsBefore; epoch++)
        {
            var scope = Scope();
            SubnetEpoch.Run(scope, s_subnet, s_pot, _workspace);
            _metagraph = scope.GetMetagraph(s_subnet);
        }

        _findings = EpochFindings.Of(Gather(), s_pot.ForNeurons, _workspace);
    }

    [Benchmark(Baseline = true)]
    public IReadOnlyList<RootAccrual> Whole()
    {
        var scope = Scope();
        var accruals = SubnetEpoch.Run(scope, s_subnet, s_pot, _workspace);
        RootAccruals.Apply(scope, s_subnet, accruals);
        return accruals;
    }

    [Benchmark]
    public EpochInput[] Gather() => EpochGather.Inputs(Scope(), s_subnet, s_pot);

    [Benchmark]
    public IReadOnlyList<RootAccrual> Payout() => EpochPayout.Apply(Scope(), s_subnet, s_pot, _findings);

    /// <summary>A block's scope over the subnet as it is, so that every run pays out the same epoch.</summary>
    private LedgerScope Scope()
    {
        var scope = new LedgerScope(_network);
        scope.SetMetagraph(s_subnet, _metagraph);
        return scope;
    }

    private GenesisState Genesis()
    {
        var stakes = new List<GenesisStake>(Stakers + 2 * Validators);
        for (var uid = 0; uid < Validators; uid++)
        {
            stakes.Add(new(new(s_subnet, Key('h', uid), Key('c', uid)), new Alpha(1_000_000_000_000 + (ulong)uid * 77_777_777_777)));
            stakes.Add(new(new(NetUid.Root, Key('h', uid), Key('c', uid)), new Alpha(50_000_000_000_000 / (ulong)(uid + 1))));
        }

        for (var staker = 0; staker < Stakers; staker++)
            stakes.Add(new(new(s_subnet, Key('h', Popular), Key('s', staker)), new Alpha(5_000_000_000_000 / (ulong)Stakers)));
        return new GenesisState
        {
            Parameters = NetworkParameters.Default,
            Hotkeys = [.. Enumerable.Range(0, Neurons).Select(uid => new GenesisHotkey(Key('h', uid), new HotkeyRecord(Key('c', uid))))],
            Subnets = [new(new SubnetBooks { Mechanism = 0 }, null, Tao.Zero), new(Books(), null, Tao.Zero)],
            Stakes = stakes,
        };
    }

    private static SubnetBooks Books() => new()
    {
        Netuid = s_subnet,
        Owner = Key('c', Neurons - 1),
        OwnerHotkey = Key('h', Neurons - 1),
        TaoReserve = new(1_000_000_000_000),
        AlphaReserve = new(1_000_000_000_000),
    };

    private static Neuron Neuron(int uid) => new()
    {
        Hotkey = Key('h', uid),
        HasPermit = uid < Validators,
        Rows = [new NeuronRow { LastUpdate = 1, Weights = uid < Validators ? [.. Enumerable.Range(0, Neurons).Select(j => Opinion(uid, j))] : [] }],
    };

    /// <summary>Validators agree on a neuron's quality up to a tenth.</summary>
    private static WeightEntry Opinion(int validator, int neuron)
    {
        var quality = 1_000 + (neuron * 7_919 % 50_000);
        var noise = ((validator * 4_099) + (neuron * 257)) % 2_001 - 1_000;
        return new WeightEntry((ushort)neuron, (ushort)(quality + quality * noise / 10_000));
    }

    private static AccountId Key(char kind, int number)
    {
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        bytes.Clear();
        bytes[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], number);
        return new AccountId(bytes);
    }
}
