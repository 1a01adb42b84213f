using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Subnets;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>Windows of time become blocks by few reads of headers, whatever time blocks took.</summary>
public sealed class BlockTimesTests
{
    private const int Blocks = 100_000;
    private const long Second = 1_000;
    private static readonly TimeSpan[] s_windows = [TimeSpan.FromTicks(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(365)];
    private readonly FakeNetwork _network = new CliRun().Network;
    private readonly List<ulong> _read = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("even", 44)]
    [InlineData("uneven", 80)]
    [InlineData("stopped for a week", 100)]
    [InlineData("many of one instant", 140)]
    public async Task GetValidators_WindowsOfTime_BeginAtTheirBlocksAfterFewReads(string kind, int readsMax)
    {
        var times = Times(kind);
        var starts = await Ask(times, s_windows);

        foreach (var (window, start) in s_windows.Zip(starts))
        {
            var limit = times[Blocks] - (window.Ticks / TimeSpan.TicksPerMillisecond);
            // The newest block ends every window, and begins none.
            var expected = Enumerable.Range(1, Blocks - 1).LastOrDefault(block => times[block] <= limit);
            Assert.Equal((ulong)expected, start.Value);
        }

        Assert.InRange(_read.Count, 1, readsMax);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task GetValidators_YoungNetwork_LooksBackToGenesis(int blocks)
    {
        var starts = await Ask([.. Enumerable.Range(0, blocks + 1).Select(block => block * Second)], [TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)]);

        Assert.Equal([(ulong)blocks - 1, 0UL], starts.Select(start => start.Value));
    }

    private async Task<BlockNumber[]> Ask(long[] times, TimeSpan[] windows)
    {
        var newest = _network.Headers[^1];
        BlockHeader HeaderOf(ulong number) => newest with { Number = new(number), ClosedAt = times[number] };
        _network.Head = new BlockNumber((ulong)times.Length - 1);
        _network.Headers.Clear();
        _network.Headers.Add(HeaderOf(_network.Head.Value));
        _network.Answer<IBlockCoordinatorGrain>("GetHeader", asked =>
        {
            var number = ((BlockNumber)asked[1]).Value;
            lock (_read) _read.Add(number);
            return Task.FromResult<BlockHeader?>(HeaderOf(number));
        });
        _network.Answer<ISubnetViewGrain>("GetHotkeys", _ => Task.FromResult(new HotkeyPage(_network.Head, [], false)));
        await using var client = new DtaoClient(_network.Grains);

        Assert.Empty((await client.GetValidatorsAsync(new NetUid(1), windows, cancellationToken: Token))!);
        return _network.Asked.Select(asked => asked.Arguments.FirstOrDefault()).OfType<HotkeyQuery>().First().Starts;
    }

    private static long[] Times(string kind)
    {
        var random = new Random(7);
        var times = new long[Blocks + 1];
        for (var block = 1; block <= Blocks; block++)
        {
            times[block] = times[block - 1] + kind switch
            {
                "uneven" => random.NextInt64(Second / 2, 3 * Second),
                "stopped for a week" => block == Blocks - 500 ? 7 * 24 * 3_600 * Second : Second,
                "many of one instant" => block % 5_000 == 0 ? 1_800 * Second : 0,
                _ => Second,
            };
        }

        return times;
    }
}
