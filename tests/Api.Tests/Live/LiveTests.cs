using System.Net;
using Dtao.Api.Live;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.Live;

/// <summary>Streams over HTTP and over a WebSocket, while blocks close and hosts come and go.</summary>
public sealed class LiveTests(ApiNetwork network)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A client that loses its host in the middle, and goes on at another one, has what one has who reads it all at once.</summary>
    [Fact]
    public async Task Stream_HostGoesWhileBlocksClose_ResumesWithoutGapOrRepetition()
    {
        await CloseBlocks(3);
        var first = await network.StartApi(new ApiOptions());
        List<LiveSeen> seen = [];
        string? last;
        using (var http = Of(first))
        {
            await using var reader = await LiveReader.Open(http, "?from_block=1");
            seen.AddRange(await reader.Read(2));
            var closing = CloseBlocks(2);
            seen.AddRange(await reader.Read(1));
            await closing;
            await first.DisposeAsync();
            while (await reader.Read() is { } rest) seen.Add(rest);
            last = reader.LastId;
        }

        // A host that has the time says why it ends; one that was cut off cannot.
        if (seen[^1].Event == LiveStream.End)
        {
            Assert.Equal(("shutting_down", last), (seen[^1].Data.GetProperty("reason").GetString(), seen[^1].Data.GetProperty("resume").GetString()));
            seen.RemoveAt(seen.Count - 1);
        }

        var head = await CloseBlocks(2);
        await using (var reader = await LiveReader.Open(network.Http, string.Empty, last)) seen.AddRange(await reader.ReadTo(head));
        await using var other = await network.StartApi(new ApiOptions());
        using var another = Of(other);
        await using var whole = await LiveReader.Open(another, "?from_block=1");

        Assert.Equal((await whole.ReadTo(head)).Select(message => (message.Id, message.Content)), seen.Select(message => (message.Id, message.Content)));
        Assert.Equal(Enumerable.Range(1, (int)head).Select(block => (ulong)block), seen.Where(message => message.Event == "block").Select(message => message.Data.GetProperty("block_number").GetUInt64()));
    }

    [Fact]
    public async Task Socket_SameMessages_AsServerSentEvents()
    {
        var head = await CloseBlocks(1);
        await using var reader = await LiveReader.Open(network.Http, "?from_block=1&topics=blocks");
        var events = await reader.ReadTo(head);
        var messages = await LiveReader.ReadSocket(new Uri(network.Api.Address), "?topics=blocks&after=0", events.Count);

        Assert.Equal(events.Select(message => (message.Id, message.Content)), messages.Select(message => (message.Id, message.Content)));
    }

    /// <summary>As many streams as there may be: one more is told to come back, and has a place when another has gone.</summary>
    [Fact]
    public async Task Stream_MoreThanThereMayBe_AreTold()
    {
        await using var api = await network.StartApi(new ApiOptions { Live = new LiveLimits { StreamsMax = 2 } });
        using var http = Of(api);
        await using var first = await LiveReader.Open(http, string.Empty);
        var second = await LiveReader.Open(http, string.Empty);
        using var refused = await http.GetAsync("/api/live/v1", Token);
        var problem = await ApiNetwork.ProblemOf(refused);
        await second.DisposeAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, "TooManySubscribers"), (refused.StatusCode, problem.GetProperty("name").GetString()));
        Assert.NotNull(refused.Headers.RetryAfter);
        await Patience.Until(async () =>
        {
            using var trial = await http.GetAsync("/api/live/v1", HttpCompletionOption.ResponseHeadersRead, Token);
            return trial.IsSuccessStatusCode;
        }, "The place of a stream that ended was never free.");
    }

    [Theory]
    [InlineData("/api/live/v1?topics=gossip", 400, "ParameterInvalid")]
    [InlineData("/api/live/v1?after=x", 400, "ParameterInvalid")]
    [InlineData("/api/live/v1?from=1", 400, "ParameterUnknown")]
    [InlineData("/api/live/socket/v1", 426, "WebSocketRequired")]
    public async Task Stream_WhatCannotBeRead_IsNamed(string path, int status, string name)
    {
        var problem = await network.GetProblem(path);

        Assert.Equal((status, name), (problem.GetProperty("status").GetInt32(), problem.GetProperty("name").GetString()));
    }

    private static HttpClient Of(ApiHost api) => new() { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };

    private async Task<ulong> CloseBlocks(int count)
    {
        ulong block = 0;
        for (var i = 0; i < count; i++) block = (await network.CloseBlock()).Number.Value;
        return block;
    }
}
