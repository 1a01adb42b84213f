using Xunit;

namespace Dtao.RedisKit;

/// <summary>
/// One Redis server for all tests of a test program, started when the first test asks for it. Tests stay apart by names: take
/// a fresh <see cref="NewName"/> for each service or cluster id.
/// </summary>
/// <remarks>Register it with <c>[assembly: AssemblyFixture(typeof(RedisFixture))]</c> and take it in the constructor.</remarks>
public sealed class RedisFixture : IAsyncDisposable
{
    private static int names;
    private readonly Lock gate = new();
    private Task<RedisServer>? server;

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => $"r{Environment.ProcessId}n{Interlocked.Increment(ref names)}";

    /// <summary>The running server. Skips the test, and says what to install, on a machine that has none.</summary>
    public async Task<RedisServer> ServerAsync()
    {
        if (RedisServer.FindProgram() is not { } program)
        {
            Assert.Skip(RedisServer.HowToInstall);
            throw new InvalidOperationException(RedisServer.HowToInstall);
        }

        Task<RedisServer> starting;
        lock (gate) starting = server ??= RedisServer.StartAsync(program);
        return await starting.ConfigureAwait(false);
    }

    /// <summary>Stops the server, if a test had it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server is { IsCompletedSuccessfully: true }) await (await server.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }
}
