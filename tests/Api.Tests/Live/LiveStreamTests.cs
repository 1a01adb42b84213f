using Dtao.Api.Live;
using Dtao.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Dtao.Api.Tests.Live;

/// <summary>What subscribers hear, from a source that a test moves.</summary>
public sealed class LiveStreamTests : IAsyncLifetime
{
    private const int Kept = 8;
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);
    private readonly FakeLiveSource _source = new();
    private readonly LiveHub _hub;

    public LiveStreamTests() => _hub = new LiveHub(
        _source, new LiveLimits { StreamsMax = 3, StreamsOfClientMax = 2, BlocksKept = Kept, BlocksReadMax = 5, PollMilliseconds = 1 }, TimeProvider.System, NullLogger<LiveHub>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(_hub.StartAsync(Token));

    public async ValueTask DisposeAsync()
    {
        await _hub.StopAsync(CancellationToken.None);
        _hub.Dispose();
    }

    [Theory]
    [InlineData("7", 7, 0, true)]
    [InlineData("7.2", 7, 2, false)]
    public void Place_Text_IsReadBack(string text, ulong block, int seen, bool isWhole)
    {
        Assert.True(LivePlace.TryParse(text, out var place));
        Assert.Equal((new LivePlace(block, seen, isWhole), text), (place, place.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.")]
    [InlineData("1.x")]
    [InlineData("99999999999999999999")]
    public void Place_OtherText_IsRefused(string text) => Assert.False(LivePlace.TryParse(text, out _));

    /// <summary>From every place, past blocks and those to come are the rest of one sequence.</summary>
    [Fact]
    public async Task Run_FromEveryPlace_IsTheRestOfOneSequence()
    {
        using var subscriber = _hub.Enter("one");
        _source.Close(20);
        var all = await Hear(LivePlace.After(0), LiveFilter.Everything, 20 * 4);

        Assert.Equal(20, all.Count(message => message.Event == LiveStream.Block));
        Assert.Equal(["trade", "price", "price", "block"], all.Take(4).Select(message => message.Event));
        for (var seen = 0; seen < all.Count - 4; seen += 3)
        {
            Assert.True(LivePlace.TryParse(all[seen].Id, out var place));
            Assert.Equal(all[seen + 1], (await Hear(place, LiveFilter.Everything, 1))[0]);
        }

        var toCome = Hear(LivePlace.After(20), LiveFilter.Everything with { Trades = false, Netuid = new(2) }, 6);
        for (ulong block = 21; block <= 23; block++) _source.Close(block);
        Assert.Equal(["21.3", "21", "22.3", "22", "23.3", "23"], (await toCome).Select(message => message.Id));
    }

    /// <summary>What comes is read once for all.</summary>
    [Fact]
    public async Task Run_ManySubscribers_AreServedByOneReading()
    {
        using var subscriber = _hub.Enter("one");
        _source.Close(1);
        await Hear(LivePlace.After(0), LiveFilter.Everything, 4);
        var before = _source.Readings;

        var hearing = Enumerable.Range(0, 20).Select(_ => Hear(LivePlace.After(1), LiveFilter.Everything, 4)).ToArray();
        _source.Close(2);
        var heard = await Task.WhenAll(hearing);

        Assert.All(heard, messages => Assert.Equal(heard[0], messages));
        Assert.Equal(before + 1, _source.Readings);
    }

    /// <summary>Whoever was at the newest block and does not read is told where to go on, and goes on there without a gap.</summary>
    [Fact]
    public async Task Run_FellBehind_IsCutAndResumes()
    {
        using var subscriber = _hub.Enter("one");
        _source.Close(1);
        var blocks = LiveFilter.Everything with { Trades = false, Prices = false };
        await using var slow = LiveStream.Run(_hub, blocks, LivePlace.After(0), s_never, TimeProvider.System, Token).GetAsyncEnumerator(Token);
        Assert.True(await slow.MoveNextAsync());
        _source.Close(1 + Kept + 1);
        await Patience.Until(() => Task.FromResult(_hub.IsBehind(1)), "The hub never moved on.");

        Assert.True(await slow.MoveNextAsync());
        var end = slow.Current;
        Assert.False(await slow.MoveNextAsync());

        Assert.Equal((LiveStream.End, new LiveEndView("too_slow", "1")), (end.Event, end.Data));
        Assert.True(LivePlace.TryParse(end.Id, out var place));
        Assert.Equal(["2", "3", "4"], (await Hear(place, blocks, 3)).Select(message => message.Id));
    }

    [Fact]
    public async Task Run_NothingComes_SaysThatItIsThere()
    {
        using var subscriber = _hub.Enter("one");
        await foreach (var message in LiveStream.Run(_hub, LiveFilter.Everything, LivePlace.After(7), TimeSpan.FromMilliseconds(1), TimeProvider.System, Token))
        {
            Assert.Equal(("7", null), (message.Id, message.Data));
            break;
        }
    }

    [Fact]
    public void Enter_AsManyAsThereMayBe_MoreAreRefused()
    {
        var (first, second) = (_hub.Enter("one"), _hub.Enter("one"));
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(_hub.Enter("one"));
        using var other = _hub.Enter("two");
        Assert.NotNull(other);
        Assert.Null(_hub.Enter("three"));
        first.Dispose();
        first.Dispose();
        using var third = _hub.Enter("three");
        Assert.NotNull(third);
        second.Dispose();
    }

    private async Task<List<LiveOut>> Hear(LivePlace from, LiveFilter filter, int count)
    {
        List<LiveOut> heard = [];
        await foreach (var message in LiveStream.Run(_hub, filter, from, s_never, TimeProvider.System, Token))
        {
            heard.Add(message);
            if (heard.Count == count) break;
        }

        return heard;
    }
}
