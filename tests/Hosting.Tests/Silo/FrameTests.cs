using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Silo.Display;
using Spectre.Console.Testing;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

public class FrameTests
{
    private const string Rendered = """
        demo  block 42  TAO issued 42.000 (of 9,500,042.000)  swaps/s 19.8

         #  subnet               price  60 blocks  TAO pool  alpha pool  emission  swaps/s  epoch   seat
        ──────────────────────────────────────────────────────────────────────────────────────────────────
         1  Lantern LAN       0.210000     +1.23%    62,000     295,238    22.34%     12.3     17  1.234
         2  Quarry of a [lo…  0.148000     -0.25%    47,500     320,945     0.00%      0.0      -  0.000


         validator           take     root TAO   weight TAO  nominators       root APY 1 h
        ────────────────────────────────────────────────────────────────────────────────────
         validator-hot-07  18.00%  812,345.600  146,123.400        1032             12.34%
         5GrwvF..utQY       9.00%        0.000    4,200.000           3  1,234.56% (4 min)
         validator-hot-30   0.00%        0.000        0.000           0                  -

        audit clean at block 40  last block closed in 12.3 ms  a new subnet costs 1,987.654 TAO
        economy: Applied 800, SlippageTooHigh 2
        Ctrl-C stops; starting again continues here.
        """;

    private static readonly NetworkFrame Frame = new()
    {
        Network = "demo",
        Block = new(42),
        TotalIssuance = new(9_500_042_000_000_000),
        IssuedRao = 42_000_000_000,
        CloseMicroseconds = 12_345,
        Subnets =
        [
            new(new(1), "Lantern", "LAN", Price(210), 12_345, new(62_000_500_000_000), new(295_238_000_000_000), 223_400, 123) { EpochIn = 17, Burn = new(1_234_567_890) },
            new(new(2), "Quarry of a [long] name", "QRY", Price(148), -2_500, new(47_500_000_000_000), new(320_945_000_000_000), 0, 0),
        ],
        SwapsPerSecondTenths = 198,
        Audit = new(AuditOutcome.Clean, new(40)),
        SubnetCost = new(1_987_654_321_000),
        Validators =
        [
            new("validator-hot-07", new(11_796), new(812_345_600_000_000), new(146_123_400_000_000), 1_032, new Yield(new(1), new(40), 3_700_000, true, 1, 123_456)),
            new("5GrwvF..utQY", new(5_898), new(0), new(4_200_000_000_000), 3, new Yield(new(1), new(40), 240_000, false, 1, 12_345_678)),
            new("validator-hot-30", new(0), new(0), new(0), 0, null),
        ],
        Economy = "Applied 800, SlippageTooHigh 2",
    };

    [Fact]
    public void RenderTable_Frame_ShowsEveryFigure()
    {
        using var console = new TestConsole();
        console.Profile.Width = 160;

        console.Write(FrameTable.Render(Frame));

        string[] parts =
        [
            "demo  block 42  TAO issued 42.000 (of 9,500,042.000)  swaps/s 19.8", "Lantern LAN", "0.210000", "+1.23%", "62,000", "295,238", "22.34%",
            "12.3", "Quarry of a [lo…", "-0.25%", "audit clean at block 40", "12.3 ms", "economy: Applied 800, SlippageTooHigh 2",
        ];
        Assert.All(parts, part => Assert.Contains(part, console.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void RenderTable_AHundredColumns_FitsLineByLine()
    {
        using var console = new TestConsole();
        console.Profile.Width = 100;

        console.Write(FrameTable.Render(Frame));

        var lines = console.Output.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()).ToArray();
        Assert.Equal(Rendered.ReplaceLineEndings("\n").Split('\n'), lines);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
    }

    [Theory]
    [InlineData(AuditOutcome.Pending, "audit pending")]
    [InlineData(AuditOutcome.Off, "audit OFF at block 9")]
    [InlineData(AuditOutcome.Failed, "audit could not be run at block 9")]
    internal void RenderTable_AuditState_IsNamed(AuditOutcome outcome, string text)
    {
        using var console = new TestConsole();
        console.Profile.Width = 160;

        console.Write(FrameTable.Render(Frame with { Audit = new(outcome, new(9)) }));

        Assert.Contains(text, console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void RenderLine_Frame_IsOnePlainLine() =>
        Assert.Equal(
            "block 42  issued 42.000 TAO  swaps/s 19.8  audit clean at block 40  economy Applied 800, SlippageTooHigh 2",
            FrameLines.Render(Frame));

    [Theory]
    [InlineData(null, "-")]
    [InlineData(0L, "+0.00%")]
    [InlineData(99L, "+0.00%")]
    [InlineData(-1_234_567L, "-123.45%")]
    [InlineData(10_000L, "+1.00%")]
    public void Change_PartsPerMillion_IsSignedPerCent(long? ppm, string text) => Assert.Equal(text, FrameText.Change(ppm));

    [Fact]
    public void Make_TwoFrames_ComputesChangeRateAndShare()
    {
        var time = new ManualTime();
        var reader = new FrameReader(time);
        reader.Make("n", new(1_000), Head(10, 1_000), [Subnet(0, 1_000, 0, 0), Subnet(1, 200, 50, 30), Subnet(2, 100, 7, 10)]);
        time.Advance(TimeSpan.FromSeconds(2));

        var frame = reader.Make("n", new(1_000), Head(11, 1_700), [Subnet(0, 1_000, 0, 99), Subnet(1, 210, 90, 30), Subnet(2, 100, 7, 10)]);

        Assert.Equal((new BlockNumber(11), (Int128)700), (frame.Block, frame.IssuedRao));
        Assert.Equal([1, 2], frame.Subnets.Select(subnet => (int)subnet.Netuid.Value));
        // The price in the raw form is floored, so a change of 5 % reads one part per million less.
        Assert.InRange(frame.Subnets[0].PriceChangePpm!.Value, 49_990, 50_010);
        Assert.Equal(0, frame.Subnets[1].PriceChangePpm);
        Assert.Equal((200UL, 0UL, 200UL), (frame.Subnets[0].SwapsPerSecondTenths, frame.Subnets[1].SwapsPerSecondTenths, frame.SwapsPerSecondTenths));
        Assert.Equal((750_000UL, 250_000UL), (frame.Subnets[0].EmissionSharePpm, frame.Subnets[1].EmissionSharePpm));
        Assert.Equal(60, frame.CloseMicroseconds);
    }

    [Fact]
    public void Make_ManyBlocks_ComparesWithSixtyBlocksAgo()
    {
        var reader = new FrameReader(new ManualTime());
        NetworkFrame? frame = null;

        for (ulong block = 0; block <= 200; block++) frame = reader.Make("n", default, Head(block, 0), [Subnet(1, 1_000 + block, 0, 1)]);

        // Block 140 had a price of 1.140, block 200 has 1.200.
        Assert.InRange(frame!.Subnets[0].PriceChangePpm!.Value, 52_600, 52_650);
    }

    private static UInt128 Price(ulong thousandths) => ((UInt128)thousandths << 64) / 1_000 + 1;

    private static ChainHead Head(ulong block, ulong issuance) => new(
        new(block), new(issuance), new(issuance), new BlockHeader(new(block), [], [], default, default, new(issuance), [], "2026-06", 2, 0, [10, 20, 30]));

    private static SubnetInfo Subnet(ushort netuid, ulong priceThousandths, ulong swaps, ulong emission) => new(
        new SubnetEntry(new(netuid), netuid, $"subnet {netuid}", "s"),
        new(
            new SubnetBooks { Netuid = new(netuid), TaoInEmission = new(emission / 2), ExcessTao = new(emission - (emission / 2)) },
            new(1), Price(priceThousandths), 0, [], default, swaps, 0));

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan span) => _ticks += span.Ticks;
    }
}
