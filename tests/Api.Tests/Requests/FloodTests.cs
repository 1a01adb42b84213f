using System.Net;
using System.Text;
using Dtao.Api.Errors;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.Requests;

/// <summary>More than is taken at once: refused with 429, while blocks go on and nothing grows.</summary>
public sealed class FloodTests(ApiNetwork network)
{
    private const int Requests = 3_000;
    private const long GrowthMax = 128L * 1024 * 1024;
    private const int LongMilliseconds = 600_000;

    [Fact]
    public async Task Flood_OfOneClient_IsRefusedAndHarmsNobody()
    {
        // One request a second, and fifty at once: whatever the machine does, most of the flood is beyond.
        await using var api = await network.StartApi(new ApiOptions { Limits = new ApiLimits { RequestsPerSecond = 1, RequestsBurst = 50, RequestMillisecondsMax = LongMilliseconds } });
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 128 };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var flood = Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Ask(http, "/api/subnet/latest/v1")));
        var head = (await network.CloseBlock()).Number;
        var health = await Ask(http, "/health/live");
        var answers = await flood;

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, answer.Status.ToString()));
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 1, Requests / 2);
        Assert.All(answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests), answer => Assert.True(answer.RetryAfter >= 1));
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, GrowthMax);
        Assert.Equal(head.Next, (await network.CloseBlock()).Number);
        Assert.Equal(17, (await network.GetJson("/api/subnet/latest/v1")).GetProperty("pagination").GetProperty("total_items").GetInt32());
        await Patience.Until(async () => (await Ask(http, "/api/subnet/latest/v1")).Status == HttpStatusCode.OK, "The client is never let in again.");
    }

    /// <summary>Guesses of keys and openings of streams are requests like others: a client that makes many is told to wait.</summary>
    [Theory]
    [InlineData("/api/calls/v1", HttpStatusCode.Unauthorized)]
    [InlineData("/health/live", HttpStatusCode.Unauthorized)]
    [InlineData("/api/live/v1?after=x", HttpStatusCode.Unauthorized)]
    [InlineData("/api/live/v1?after=x", HttpStatusCode.BadRequest)]
    public async Task Flood_OfWrongKeysOrOfStreams_IsBounded(string path, HttpStatusCode first)
    {
        await using var api = await network.StartApi(new ApiOptions { Limits = new ApiLimits { RequestsPerSecond = 1, RequestsBurst = 5 } });
        using var http = new HttpClient { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };
        if (first == HttpStatusCode.Unauthorized) http.DefaultRequestHeaders.Add("X-Api-Key", "guessed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => Ask(http, path)));

        Assert.All(answers, answer => Assert.True(answer.Status == first || answer.Status == HttpStatusCode.TooManyRequests, answer.Status.ToString()));
        Assert.InRange(answers.Count(answer => answer.Status == first), 5, 200);
    }

    [Fact]
    public async Task Server_WithAllRequestsUnderWay_IsBusyUntilOneIsOver()
    {
        await using var api = await network.StartApi(new ApiOptions { Limits = new ApiLimits { RequestsPerSecond = 0, RequestsMax = 1, RequestMillisecondsMax = LongMilliseconds } });
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = Patience.Max };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };
        using var body = new HeldBody();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/quotes/v1") { Content = body };
        request.Headers.ExpectContinue = true;
        var held = http.SendAsync(request, TestContext.Current.CancellationToken);

        await Patience.Until(body.IsAskedFor, "The server never asks for the body.");
        using var refused = await http.GetAsync("/errors", TestContext.Current.CancellationToken);
        var problem = await ApiNetwork.ProblemOf(refused);
        var health = await Ask(http, "/health/live");
        body.Release();
        using var answered = await held;
        await Patience.Until(async () => (await Ask(http, "/errors")).Status == HttpStatusCode.OK, "The server stays busy.");

        Assert.Equal(nameof(ApiError.Busy), problem.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.Equal(HttpStatusCode.BadRequest, answered.StatusCode);
    }

    [Fact]
    public async Task Body_BeyondTheBound_IsRefused()
    {
        using var content = new StringContent(new string(' ', new ApiLimits().BodyBytesMax + 1), Encoding.UTF8, "application/json");

        using var response = await network.Http.PostAsync("/api/quotes/v1", content, TestContext.Current.CancellationToken);

        Assert.Equal(nameof(ApiError.BodyTooLarge), (await ApiNetwork.ProblemOf(response)).GetProperty("name").GetString());
    }

    private static async Task<(HttpStatusCode Status, int RetryAfter)> Ask(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, (int)((response.Headers.RetryAfter?.Delta?.Ticks ?? 0) / TimeSpan.TicksPerSecond));
    }

    /// <summary>A body that begins when the server asks for it, and ends when the test says so.</summary>
    private sealed class HeldBody : HttpContent
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldBody() => Headers.ContentType = new("application/json");

        /// <summary>The request is under way: its endpoint reads.</summary>
        public Task IsAskedFor => _asked.Task;

        public void Release() => _released.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _asked.SetResult();
            await _released.Task;
            await stream.WriteAsync("{!"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
