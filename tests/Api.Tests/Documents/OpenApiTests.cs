using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Api.Tests.Documents;

public sealed class OpenApiTests(ApiNetwork network)
{
    [Fact]
    public async Task Document_OfAllEndpoints_NamesEachOnceWithItsProblems()
    {
        var document = await network.GetJson("/openapi/v1.json");

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, Method: operation.Name, Value: operation.Value))).ToArray();
        var ids = operations.Select(operation => operation.Value.GetProperty("operationId").GetString()!).ToArray();
        Assert.Equal(ids.Distinct(), ids);
        var mapped = network.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
            .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName);
        Assert.Equal(mapped.Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        Assert.All(operations, operation => Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!));
        Assert.All(operations, operation => Assert.Single(operation.Value.GetProperty("tags").EnumerateArray()));
    }

    /// <summary>What the code says of answers and their fields stands in the document, with units; and problems are named.</summary>
    [Fact]
    public async Task Document_OfAnswers_DescribesThemAndTheirFields()
    {
        var document = await network.GetJson("/openapi/v1.json?kept=whatever");
        var schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().ToArray();

        var undescribed = schemas.Where(schema => !schema.Value.TryGetProperty("description", out _)).Select(schema => schema.Name).ToArray();
        Assert.True(undescribed.Length == 0, string.Join(' ', undescribed));
        var pool = document.GetProperty("components").GetProperty("schemas").GetProperty("PoolRow").GetProperty("properties");
        Assert.All(pool.EnumerateObject(), field => Assert.True(field.Value.TryGetProperty("description", out _) || field.Value.TryGetProperty("$ref", out _), field.Name));
        Assert.Equal("All alpha at the spot price.", pool.GetProperty("market_cap").GetProperty("description").GetString());
        Assert.Contains("ReadSideUnreachable", document.GetProperty("paths").GetProperty("/api/block/v1").GetProperty("get").GetProperty("responses").GetProperty("503").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Made once, the document still goes out with each request's own id, whatever the request shows.</summary>
    [Fact]
    public async Task Document_AskedAgain_IsTheSameUnderEachRequestsOwnId()
    {
        var answers = new List<string>();
        foreach (var id in new[] { "first", "second" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/openapi/v1.json?asked={id}");
            request.Headers.Add("X-Request-Id", id);
            request.Headers.TryAddWithoutValidation("Authorization", "tao-key");
            using var response = await network.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(id, Assert.Single(response.Headers.GetValues("X-Request-Id")));
            answers.Add(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Contains("get_blocks", answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reference_OfTheDocument_LoadsNothingFromElsewhere()
    {
        var page = await network.Http.GetStringAsync("/reference", TestContext.Current.CancellationToken);

        Assert.Contains("scalar", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }
}
