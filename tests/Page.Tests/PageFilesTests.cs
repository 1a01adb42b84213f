using System.Net;

namespace Dtao.Page.Tests;

/// <summary>How the page's files are served.</summary>
[Collection<OnOneNetwork>]
public sealed class PageFilesTests(PageNetwork network)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/subnets/1")]
    [InlineData("/accounts/%2F%2FAlice")]
    [InlineData("/blocks/12")]
    [InlineData("/cluster")]
    [InlineData("/swap")]
    public async Task Page_AtEachOfItsAddresses_IsServedWithItsPolicy(string path)
    {
        using var response = await network.Http.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<div id=\"app\">", text, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl?.NoCache);
    }

    [Fact]
    public async Task Files_ThatThePageNames_AreThereAndKept()
    {
        var index = await network.Http.GetStringAsync("/", TestContext.Current.CancellationToken);
        var named = index.Split('"').Where(part => part.StartsWith("/assets/", StringComparison.Ordinal)).ToArray();

        Assert.Equal(2, named.Length);
        foreach (var path in named)
        {
            using var response = await network.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(TimeSpan.FromDays(365), response.Headers.CacheControl?.MaxAge);

            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            using var known = await network.Http.SendAsync(again, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        }
    }

    [Fact]
    public async Task Address_OfNothing_IsNotThePage()
    {
        using var response = await network.Http.GetAsync("/nothing/here", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }
}
