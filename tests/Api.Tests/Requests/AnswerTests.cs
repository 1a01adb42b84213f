using System.Net;
using Xunit;

namespace Dtao.Api.Tests.Requests;

/// <summary>What every answer has: an ETag, what pages of other origins may do, and pages of lists.</summary>
public sealed class AnswerTests(ApiNetwork network)
{
    private const string Path = "/api/subnet/registration_cost/latest/v1";

    [Fact]
    public async Task Answer_ThatTheClientHas_IsNotSentAgainUntilItIsAnother()
    {
        await network.Api.WaitFor((await network.CloseBlock()).Number);
        var (first, tag) = await Ask(null);
        var (again, same) = await Ask(tag);
        await network.Api.WaitFor((await network.CloseBlock()).Number);
        var (changed, other) = await Ask(tag);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified, HttpStatusCode.OK), (first, again, changed));
        Assert.StartsWith("W/\"", tag, StringComparison.Ordinal);
        Assert.Equal(tag, same);
        Assert.NotEqual(tag, other);
    }

    [Theory]
    [InlineData("/api/subnet/latest/v1", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/api/subnet/latest/v1?netuid=x", HttpStatusCode.BadRequest)]
    [InlineData("/api/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/api/live/v1", HttpStatusCode.OK)]
    [InlineData("/api/live/v1?topics=weather", HttpStatusCode.BadRequest)]
    [InlineData("/api/live/socket/v1", HttpStatusCode.UpgradeRequired)]
    public async Task Head_OfAnAddress_IsTheAnswerWithoutItsBody(string path, HttpStatusCode status)
    {
        using var head = await network.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), TestContext.Current.CancellationToken);
        var body = await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(status, head.StatusCode);
        Assert.Empty(body);
        // A stream is asked for its head as well: it would never end.
        using var whole = await network.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(status, whole.StatusCode);
        Assert.Equal(whole.Content.Headers.ContentType, head.Content.Headers.ContentType);
        if (path == "/api/subnet/latest/v1") Assert.Equal(whole.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("POST", false)]
    [InlineData("DELETE", false)]
    public async Task Preflight_OfAnotherOrigin_AllowsReadsAlone(string method, bool isAllowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/status/v1");
        request.Headers.Add("Origin", "https://elsewhere.example");
        request.Headers.Add("Access-Control-Request-Method", method);

        using var response = await network.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var methods = response.Headers.TryGetValues("Access-Control-Allow-Methods", out var values) ? string.Join(',', values) : string.Empty;
        Assert.Equal(isAllowed, methods.Split(',').Contains(method));
    }

    [Fact]
    public async Task Pages_OfAList_HaveEachRowOnce()
    {
        var whole = await network.GetJson("/api/subnet/latest/v1?limit=200");
        var first = await network.GetJson("/api/subnet/latest/v1?limit=7");
        var rows = new List<int>();
        for (var page = first; ; page = await network.GetJson($"/api/subnet/latest/v1?limit=7&page={page.GetProperty("pagination").GetProperty("next_page").GetInt32()}"))
        {
            rows.AddRange(page.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("netuid").GetInt32()));
            if (page.GetProperty("pagination").GetProperty("next_page").ValueKind == System.Text.Json.JsonValueKind.Null) break;
        }

        Assert.Equal(whole.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("netuid").GetInt32()), rows);
        Assert.Equal(17, rows.Count);
        Assert.Equal("""{"current_page":1,"per_page":7,"total_items":17,"total_pages":3,"next_page":2,"prev_page":null}""", first.GetProperty("pagination").GetRawText());
        Assert.Empty((await network.GetJson("/api/subnet/latest/v1?limit=7&page=1000000")).GetProperty("data").EnumerateArray());
    }

    private async Task<(HttpStatusCode Status, string Tag)> Ask(string? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (tag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var response = await network.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.ETag!.ToString());
    }
}
