using Dtao.Api.Requests;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Api.Tests.Requests;

/// <summary>Every parameter of every read: what cannot be read is told with its name, what was given, and what is allowed.</summary>
public sealed class ParameterTests(ApiNetwork network)
{
    [Fact]
    public async Task Parameter_ThatCannotBeRead_IsAProblemThatNamesIt()
    {
        var tried = 0;
        foreach (var (path, parameters) in Reads())
        {
            foreach (var bad in parameters.Where(parameter => parameter.Place == ParameterPlace.Query).SelectMany(BadValues))
            {
                var problem = await network.GetProblem($"{path}?{Required(parameters, bad.Parameter)}{bad.Parameter.Name}={Uri.EscapeDataString(bad.Value)}");

                Assert.Equal("ParameterInvalid", problem.GetProperty("name").GetString());
                Assert.Equal(bad.Parameter.Name, problem.GetProperty("parameter").GetString());
                Assert.Equal(bad.Value, problem.GetProperty("given").GetString());
                Assert.Equal(bad.Parameter.Allowed, problem.GetProperty("allowed").GetString());
                tried++;
            }
        }

        Assert.True(tried > 60, $"{tried} were tried.");
    }

    [Fact]
    public async Task Parameter_ThatIsMissingTwiceOrUnknown_IsAProblemThatNamesIt()
    {
        foreach (var (path, parameters) in Reads())
        {
            var unknown = await network.GetProblem($"{path}?{Required(parameters, null)}netiud=1");
            Assert.Equal(("ParameterUnknown", "netiud"), (unknown.GetProperty("name").GetString(), unknown.GetProperty("parameter").GetString()));

            foreach (var parameter in parameters.Where(parameter => parameter is { IsRequired: true, Place: ParameterPlace.Query }))
            {
                var missing = await network.GetProblem($"{path}?{Required(parameters, parameter)}");
                Assert.Equal(("ParameterMissing", parameter.Name), (missing.GetProperty("name").GetString(), missing.GetProperty("parameter").GetString()));
            }
        }

        var twice = await network.GetProblem("/api/subnet/latest/v1?netuid=1&netuid=2");
        Assert.Equal(("ParameterInvalid", "netuid"), (twice.GetProperty("name").GetString(), twice.GetProperty("parameter").GetString()));
    }

    /// <summary>Clients of taostats name their network with every question.</summary>
    [Fact]
    public async Task Network_OfAnyName_IsTakenAndNotLookedAt() =>
        Assert.Equal((await network.GetJson("/api/subnet/identity/v1?netuid=1")).GetRawText(), (await network.GetJson("/api/subnet/identity/v1?netuid=1&network=finney")).GetRawText());

    [Theory]
    [InlineData("/api/subnet/latest/v1?netuid=99")]
    [InlineData("/api/metagraph/latest/v1?netuid=99")]
    [InlineData("/api/dtao/validator/latest/v1?netuid=99")]
    [InlineData("/api/dtao/slippage/v1?netuid=99&input_tokens=1&direction=tao_to_alpha")]
    [InlineData("/api/hotkey/family/latest/v1?netuid=99&hotkey=//Alice")]
    public async Task Subnet_ThatDoesNotExist_IsNotFound(string path) => Assert.Equal("NotFound", (await network.GetProblem(path)).GetProperty("name").GetString());

    /// <summary>Each read with what it takes; parts of its path are given as in their examples.</summary>
    private IEnumerable<(string Path, IReadOnlyList<Parameter> Parameters)> Reads() =>
        from endpoint in network.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let list = endpoint.Metadata.GetMetadata<ParameterList>()
        where list is not null && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET")
            && !endpoint.RoutePattern.RawText!.StartsWith("/health", StringComparison.Ordinal)
        select (list.Parameters.Where(parameter => parameter.Place == ParameterPlace.Path)
            .Aggregate(endpoint.RoutePattern.RawText!, (path, parameter) => path.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(parameter.Example!))), list.Parameters);

    private static string Required(IReadOnlyList<Parameter> parameters, Parameter? but) => string.Concat(
        parameters.Where(parameter => parameter is { IsRequired: true, Place: ParameterPlace.Query } && parameter != but)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Example!)}&"));

    private static IEnumerable<(Parameter Parameter, string Value)> BadValues(Parameter parameter)
    {
        yield return (parameter, "");
        if (parameter.IsNumber || parameter.Words is not null) yield return (parameter, "no such");
        if (parameter.IsNumber) yield return (parameter, "1.5");
        if (parameter.Minimum is { } minimum) yield return (parameter, $"{minimum - 1}");
        if (parameter.Maximum is { } maximum and < long.MaxValue) yield return (parameter, $"{maximum + 1}");
        if (parameter.Example == "//Alice") yield return (parameter, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX");
    }
}
