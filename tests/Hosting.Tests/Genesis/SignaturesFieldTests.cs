using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>Whether a network takes signed operations only is its genesis' to say.</summary>
public sealed class SignaturesFieldTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("off", false)]
    [InlineData("required", true)]
    public void Read_Signatures_AreAsTheDocumentSays(string? written, bool expected)
    {
        var document = GenesisDocuments.Valid(With(written));

        Assert.Equal(expected, document.RequiresSignatures);
        Assert.Equal(expected, document.ToNetworkGenesis().RequiresSignatures);
        Assert.Equal(expected, GenesisDocumentReader.Read(GenesisWriter.Write(document)).Document!.RequiresSignatures);
    }

    [Fact]
    public void Read_SignaturesSayNeither_IsAFault()
    {
        var result = GenesisDocumentReader.Read(With("on"));

        var fault = Assert.Single(result.Faults);
        Assert.Equal(("$.signatures", GenesisFaultCode.OutOfRange), (fault.Path, fault.Code));
    }

    private static string With(string? written) => written is null
        ? GenesisDocuments.Small
        : GenesisDocuments.Small.Replace("\"ruleSet\"", $"\"signatures\": \"{written}\", \"ruleSet\"", StringComparison.Ordinal);
}
