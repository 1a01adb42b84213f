using System.Text;
using Dtao.Cli;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;

namespace Dtao.Client.Tests;

/// <summary>Runs the command line in this process over a fake network, and keeps what it printed.</summary>
internal sealed class CliRun
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public FakeNetwork Network { get; } = WithTwoSubnets();

    public Queue<string?> Answers { get; } = new();

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public bool HasPerson { get; set; }

    public Exception? ConnectFailure { get; set; }

    public int Connections { get; private set; }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public Task<int> RunAsync(params string[] args) => DtaoCommand.RunAsync(args, Context(), Xunit.TestContext.Current.CancellationToken);

    private CliContext Context() => new()
    {
        Output = new StringWriter(_output) { NewLine = "\n" },
        Error = new StringWriter(_error) { NewLine = "\n" },
        HasPerson = HasPerson,
        HasColour = false,
        Width = 1_000,
        ReadLine = () => Answers.Dequeue(),
        ReadSecret = question =>
        {
            _output.Append(question).Append('\n');
            return Answers.Dequeue();
        },
        Variable = name => Variables.GetValueOrDefault(name),
        Connect = (_, _) =>
        {
            Connections++;
            return ConnectFailure is null
                ? Task.FromResult(new DtaoClient(Network.Grains, new DtaoClientOptions { TriesMax = 2, RetryPauseMilliseconds = 0 }))
                : Task.FromException<DtaoClient>(ConnectFailure);
        },
    };

    private static FakeNetwork WithTwoSubnets()
    {
        var network = new FakeNetwork();
        var root = new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0, TaoReserve = new(7_000_000_000), AlphaOutstanding = new(7_000_000_000), SubtokenEnabled = true };
        var one = new SubnetBooks
        {
            Netuid = new NetUid(1),
            Owner = DevAccounts.Charlie,
            TaoReserve = new(500_000_000_000),
            AlphaReserve = new(1_000_000_000_000),
            AlphaOutstanding = new(234_567_890_123),
            MovingPrice = new I96F32(1L << 30),
            TaoInEmission = new(250_000_000),
            ExcessTao = new(1),
            BlocksSinceLastStep = 42,
            SubtokenEnabled = true,
        };
        network.Subnets.Add(new(new SubnetEntry(NetUid.Root, 0, "root", "Τ"), new PoolView(root, network.Head, UInt128.One << 64, 3, [], Tao.Zero, 0, 1)
        {
            Identity = new IdentityDetail("", "https://example.org/root", "root\u001b[31m@example.org", "", "", "All of it.", "", ""),
        }));
        network.Subnets.Add(new(new SubnetEntry(new NetUid(1), 1, "apex\u001b[31m", "α"), new PoolView(one, network.Head, UInt128.One << 63, 9, [], Tao.Zero, 5, 2)));
        network.Positions.Add(new(network.Subnets[0].Entry, DevAccounts.Bob, DevAccounts.Alice, new Alpha(7_000_000_000)));
        network.Positions.Add(new(network.Subnets[1].Entry, DevAccounts.Bob, DevAccounts.Alice, new Alpha(3_000_000_001)));
        network.Accounts[DevAccounts.Alice] = new(DevAccounts.Alice, new Tao(1_234_567_890_123), new Tao(1_000_000_000), 1, network.Head);
        network.Headers.Add(new BlockHeader(
            network.Head, [0xab, 0xcd], [0x01], new Tao(1_000_000_000), new Tao(5), new Tao(9_000_000_000_000), [0x02], "2026-06", 2, 1_750_000_000_000, [])
        { RequiresSignatures = false });
        network.WithValidators();
        network.Quote = new(LedgerError.None, 1_500_000_000, 2_990_000_000, 755_000, UInt128.One << 63, (UInt128.One << 63) + (UInt128.One << 54), 3_456, network.Head);
        return network;
    }
}
