using Xunit;

namespace Dtao.AzuriteKit;

/// <summary>
/// One emulator for all tests of a test program, started when the first test asks for it. Tests stay apart by names: take
/// a fresh <see cref="NewName"/> for each table, container, or service id.
/// </summary>
/// <remarks>Register it with <c>[assembly: AssemblyFixture(typeof(AzuriteFixture))]</c> and take it in the constructor.</remarks>
public sealed class AzuriteFixture : IAsyncDisposable
{
    /// <summary>When this variable is 1, a machine that cannot run the emulator fails its tests instead of skipping them.</summary>
    public const string RequiredVariable = "DTAO_AZURITE_REQUIRED";

    private static int names;
    private readonly Lock gate = new();
    private Task<AzuriteServer>? server;

    /// <summary>A name that no other test has, good for a table and for a container: lower-case letters and digits.</summary>
    public static string NewName(string prefix = "t") => $"{prefix}{Environment.ProcessId}n{Interlocked.Increment(ref names)}";

    /// <summary>The running emulator. Skips the test, with the reason, on a machine that cannot run it.</summary>
    public async Task<AzuriteServer> ServerAsync()
    {
        try
        {
            Task<AzuriteServer> starting;
            lock (gate) starting = server ??= AzuriteServer.StartAsync();
            return await starting.ConfigureAwait(false);
        }
        catch (AzuriteUnavailableException e) when (Environment.GetEnvironmentVariable(RequiredVariable) != "1")
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>Stops the emulator, if a test had it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server is { IsCompletedSuccessfully: true }) await (await server.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }
}
