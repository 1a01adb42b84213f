namespace Dtao.Cluster.Tests;

/// <summary>Tests of processes start the emulator themselves; where it cannot run they are skipped, unless it is required.</summary>
internal static class EmulatorOrSkip
{
    public static async Task Check()
    {
        try
        {
            await AzuriteInstallation.EntryFileAsync();
        }
        catch (AzuriteUnavailableException missing) when (Environment.GetEnvironmentVariable(AzuriteKit.AzuriteFixture.RequiredVariable) != "1")
        {
            Assert.Skip(missing.Message);
        }
    }
}
