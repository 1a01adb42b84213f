using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>The sudo key and the switch of all limits.</summary>
public class GenesisSudoTests
{
    [Theory]
    [InlineData("sudoKey", "\"ann\"")]
    [InlineData("parameters", "{\"sudo_key\": \"ann\"}")]
    public void SudoKey_EitherName_IsTheNetworksKey(string place, string json)
    {
        var document = GenesisDocuments.Valid(GenesisDocuments.With(place, json));

        Assert.Equal(document.Aliases.Single(alias => alias.Name == "ann").Account, document.Parameters.SudoKey);
        Assert.Equal(document.Parameters, GenesisDocuments.Valid(System.Text.Encoding.UTF8.GetString(GenesisWriter.Write(document))).Parameters);
    }

    [Fact]
    public void SudoKey_Absent_IsNobody() => Assert.Null(GenesisDocuments.Valid(GenesisDocuments.Small).Parameters.SudoKey);

    [Fact]
    public void RateLimits_False_SwitchesAllOffButWhatIsGiven()
    {
        var json = GenesisDocuments.With("rateLimits", "false").Replace("\"500\"", "\"500\",\"network_rate_limit\":7", StringComparison.Ordinal);

        var document = GenesisDocuments.Valid(json);

        foreach (var name in RateLimits.OfNetwork)
        {
            Assert.True(Hyperparameters.TryRead(document.Parameters, name, out var value));
            Assert.Equal(name == "network_rate_limit" ? "7" : "0", value);
        }

        Assert.All(document.Subnets, subnet => Assert.Equal(0UL, subnet.Books.Hyper.WeightsRateLimit));
        var written = GenesisDocuments.Valid(System.Text.Encoding.UTF8.GetString(GenesisWriter.Write(document)));
        Assert.Equal(document.Parameters, written.Parameters);
        Assert.All(written.Subnets, subnet => Assert.Equal(0UL, subnet.Books.Hyper.WeightsRateLimit));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("null")]
    public void RateLimits_NotFalse_ChangesNothing(string json) =>
        Assert.Equal(NetworkParameters.Default, GenesisDocuments.Valid(GenesisDocuments.With("rateLimits", json)).Parameters);
}
