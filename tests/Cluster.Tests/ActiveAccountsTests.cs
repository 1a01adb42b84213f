using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>What a silo leaves about the accounts that were active in it.</summary>
public sealed class ActiveAccountsTests : IAsyncDisposable
{
    private const string Silo = "S127.0.0.1:11111:1";

    private readonly IGrainStorage _storage = MemoryStorage.Create();
    private readonly ActiveAccounts _accounts;

    public ActiveAccountsTests() => _accounts = Begin();

    private GrainStorageJournals Journals => new(_storage);

    private SiloDirectory Directory => new(_storage, () => 7);

    public ValueTask DisposeAsync() => _accounts.DisposeAsync();

    [Fact]
    public async Task Enter_ManyAtOnce_AreKnownToWhoeverComesAfter()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(number => Task.Run(async () => await _accounts.EnterAsync(Key(number)))));

        var found = await ActiveAccounts.EndAndReadAsync(Journals, Silo);

        Assert.Equal(Enumerable.Range(0, 500).Select(Key).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal([new ListedSilo(Silo, 7)], await Directory.ReadAsync());
    }

    [Fact]
    public async Task Stop_AccountsThatLeftCleanly_AreNotAmongThem()
    {
        foreach (var number in Enumerable.Range(0, 10)) await _accounts.EnterAsync(Key(number));
        await _accounts.EnterAsync(Key(3));
        foreach (var number in Enumerable.Range(0, 9)) _accounts.Leave(Key(number));

        await _accounts.StopAsync();

        Assert.Equal([Key(3), Key(9)], (await ActiveAccounts.EndAndReadAsync(Journals, Silo)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Enter_LongSurplus_KeepsTheJournalShort()
    {
        for (var round = 0; round < 12; round++)
        {
            var keys = Enumerable.Range(round * 1_000, 1_000).Select(Key).ToArray();
            await Task.WhenAll(keys.Select(key => _accounts.EnterAsync(key).AsTask()));
            foreach (var key in keys.Skip(1)) _accounts.Leave(key);
        }

        Assert.Equal(12, _accounts.Count);
        Assert.InRange((await ActiveAccounts.EndAndReadAsync(Journals, Silo)).Count, 12, 8_000);
    }

    [Fact]
    public async Task Enter_AfterTheListWasEnded_FailsBeforeAnythingBegins()
    {
        await _accounts.EnterAsync(Key(1));
        await ActiveAccounts.EndAndReadAsync(Journals, Silo);

        await Assert.ThrowsAsync<InconsistentStateException>(async () => await _accounts.EnterAsync(Key(2)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _accounts.EnterAsync(Key(2)));
        Assert.Equal(1, _accounts.Count);
    }

    [Fact]
    public async Task Directory_ManyChangeAtOnce_LosesNoSilo()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => Directory.AddAsync($"silo {number}"))));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => Directory.RemoveAsync($"silo {number}"))));

        Assert.Equal(
            Enumerable.Range(8, 8).Select(number => $"silo {number}").Order(StringComparer.Ordinal),
            (await Directory.ReadAsync()).Select(listed => listed.Silo).Order(StringComparer.Ordinal));
    }

    private static string Key(int number) => ActorKeys.AccountPrefix + number.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    private ActiveAccounts Begin()
    {
        var accounts = new ActiveAccounts(Journals, Directory, NullLogger<ActiveAccounts>.Instance);
        accounts.BeginAs(Silo);
        return accounts;
    }
}
