namespace Dtao.Cluster.Tests;

/// <summary>What is read from the emulator's output, and from what reaches it.</summary>
public sealed class EmulatorOutputTests
{
    [Fact]
    public void ConnectionString_OfWhatItPrints_HasThePortsThatItIsStartedAgainWith()
    {
        const string Printed = """
            Azurite Blob service is successfully listening at http://127.0.0.1:21001
            Azurite Queue service is successfully listening at http://127.0.0.1:21002
            Azurite Table service is successfully listening at http://127.0.0.1:21003
            """;

        var ports = AzuriteServer.PortsOf(AzuriteServer.ConnectionStringOf(Printed)!);

        Assert.Equal([21_001, 21_002, 21_003], ports);
        var arguments = AzuriteServer.Arguments("folder", ports);
        Assert.Equal(["21001", "21002", "21003"], ((string[])["--blobPort", "--queuePort", "--tablePort"]).Select(name => arguments[arguments.ToList().IndexOf(name) + 1]));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("Azurite Table service is closing...", 0)]
    [InlineData("Azurite Table service successfully closed", 1)]
    [InlineData("Azurite Table service successfully closed\nAzurite Blob service successfully closed\nAzurite Queue service successfully closed\n", AzuriteServer.ServicesCount)]
    public void ServicesClosed_AnyOutput_CountsThoseThatHaveSaved(string printed, int count) => Assert.Equal(count, AzuriteServer.ServicesClosed(printed));
}
