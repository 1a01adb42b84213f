using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.ReadSide.Sql;
using Dtao.AzuriteKit;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains;
using Dtao.Grains.Feed;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Xunit;
using static Dtao.TestKit.SmallNetwork;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Dtao.Api.Tests.ReadSide;

/// <summary>The read side beside two silos that share nothing but a storage account.</summary>
public sealed class ClusterReadSideTests(AzuriteFixture azurite)
{
    private const int Rounds = 3;

    [Fact]
    public async Task ReadSide_OfTwoSilosOfWhichOneStops_KilledAndResumed_HasEveryBalanceAndStakeOfTheLedger()
    {
        var options = await Options();
        var folder = Directory.CreateTempSubdirectory("dtao-cluster-read-");
        var genesis = SmallDocument.Agreed("cluster-read") with { BlockIntervalMilliseconds = NetworkGenesis.Manual };
        var silos = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ClusterSilo.StartAsync(options, genesis, cancellationToken: ReadStores.Cancelled)));
        try
        {
            await using var client = new DtaoClient(silos[0].Client);
            var network = new RunningNetwork(silos[0].Grains);
            var file = Path.Combine(folder.FullName, "read.db");
            var (applied, deaths) = (0, 0);
            for (var round = 0; round < Rounds; round++)
            {
                applied += await Operate(client, round);
                await network.Coordinator.CloseBlock();
                deaths += await TakeIn(client, file, diesAfter: 1);
                if (round == 1) await silos[1].DisposeAsync();
            }

            // Fees that are owed are paid when somebody looks.
            foreach (var account in Accounts) await client.GetBalanceAsync(account, ReadStores.Cancelled);
            await network.Coordinator.CloseBlock();
            await TakeIn(client, file, diesAfter: int.MaxValue);
            await using var store = await ReadStores.OpenAsync(new ReadSideOptions { Store = file });
            await using (var view = await store.ReadAsync(ReadStores.Cancelled))
            {
                await CompareBalances(client, view);
                await CompareStakes(network, view);
                Assert.Equal((long)applied, await view.ScalarAsync("SELECT COUNT(*) FROM operations WHERE status = @status", ReadStores.Cancelled, ("@status", (long)ReceiptStatus.Applied)));
                Assert.Equal((Rounds + 1UL, Rounds + 1UL, true), (view.Position.Head, view.Position.Complete, view.Position.IsAtEnd));
            }

            var anew = Path.Combine(folder.FullName, "anew.db");
            await TakeIn(client, anew, diesAfter: int.MaxValue);
            await using var rebuilt = await ReadStores.OpenAsync(new ReadSideOptions { Store = anew });
            Assert.Equal(await rebuilt.DigestAsync(ReadStores.Cancelled), await store.DigestAsync(ReadStores.Cancelled));
            Assert.True(deaths >= Rounds, $"{deaths} deaths");
        }
        finally
        {
            foreach (var silo in silos) await silo.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<AccountId> Accounts => [Owner, Author, Nobody, .. Enumerable.Range(0, SmallDocument.Stakers).Select(Staker)];

    private async Task<ClusterSiloOptions> Options()
    {
        var server = await azurite.ServerAsync();
        var name = AzuriteFixture.NewName();
        return new()
        {
            Account = new() { ConnectionString = server.ConnectionString },
            Table = name,
            MembershipTable = name + "m",
            Container = name,
            BucketCount = 4,
            // Nobody dies in this test who is not stopped, however busy the machine.
            ProbeMilliseconds = 30_000,
            DrivesBlocks = false,
        };
    }

    /// <returns>How many operations were applied.</returns>
    private static async Task<int> Operate(DtaoClient client, int round)
    {
        var results = new List<OperationResult>();
        for (var number = round; number < round + 3; number++)
        {
            var (signer, next) = (Staker(number), Staker((number + 1) % SmallDocument.Stakers));
            foreach (var call in new[]
            {
                Calls.AddStake(Hot, round % 2 == 0 ? One : Two, new Tao(OneTao + (ulong)number)), Calls.Transfer(next, new Tao(OneTao / 10), keepAlive: true),
                Calls.RemoveStake(Hot, One, new Alpha(OneTao / 2)), Calls.Transfer(next, new Tao(ulong.MaxValue / 4), keepAlive: true),
            }) results.Add(await client.SubmitAsync(signer, call, cancellationToken: ReadStores.Cancelled));
        }

        results.Add(await client.SubmitAsync(Staker(round), Calls.Transfer(Nobody, new Tao(OneTao), keepAlive: true), cancellationToken: ReadStores.Cancelled));
        Assert.All(results, result => Assert.NotNull(result.Receipt));
        Assert.Contains(results, result => !result.IsApplied);
        return results.Count(result => result.IsApplied);
    }

    /// <summary>Takes in everything; the process that does dies after some pages, with one that it has read and not written, and another goes on.</summary>
    /// <returns>How often it died.</returns>
    private static async Task<int> TakeIn(DtaoClient client, string file, int diesAfter)
    {
        for (var deaths = 0; ; deaths++)
        {
            await using var store = await ReadStores.OpenAsync(new ReadSideOptions { Store = file });
            try
            {
                await store.CatchUpAsync(new Mortal(new ClientFacts(client), deaths < 2 ? diesAfter : int.MaxValue), pageFacts: 53).WaitAsync(Patience.Max, ReadStores.Cancelled);
                return deaths;
            }
            catch (EndOfStreamException)
            {
                // The next one begins where the database stands.
            }
        }
    }

    private static async Task CompareBalances(DtaoClient client, ReadView view)
    {
        var rows = await view.QueryAsync("SELECT account, free FROM accounts_now", row => (Cells.Account((byte[])row.GetValue(0)), Cells.UInt64(row.GetInt64(1))), ReadStores.Cancelled);
        var kept = rows.ToDictionary();
        foreach (var account in Accounts.Where(account => account != Author))
        {
            Assert.Equal((account, (await client.GetBalanceAsync(account, ReadStores.Cancelled)).Free.Rao), (account, kept[account]));
        }

        foreach (var (account, free) in kept) Assert.Equal((account, (await client.GetBalanceAsync(account, ReadStores.Cancelled)).Free.Rao), (account, free));
    }

    private static async Task CompareStakes(RunningNetwork network, ReadView view)
    {
        var kept = await view.QueryAsync(
            """
            SELECT shares_now.netuid, shares_now.hotkey, shares_now.coldkey, share, value, denominator
            FROM shares_now JOIN hotkey_pools_now ON hotkey_pools_now.netuid = shares_now.netuid AND hotkey_pools_now.hotkey = shares_now.hotkey
            """,
            row => (
                Key: new PositionKey(new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1)), Cells.Account((byte[])row.GetValue(2))),
                Value: SharePool.Value(new HotkeyPool(new Alpha(Cells.UInt64(row.GetInt64(4))), Cells.Share((byte[])row.GetValue(5))), Cells.Share((byte[])row.GetValue(3)))),
            ReadStores.Cancelled);
        var there = new List<(PositionKey, Alpha)>();
        foreach (var netuid in new[] { Root, One, Two, Stable, Unstarted })
        {
            var page = await network.Pool(netuid).GetPositions(new PositionFilter(null, null, null, null), 1_000);
            there.AddRange(page.Positions.Select(position => (new PositionKey(netuid, position.Hotkey, position.Coldkey), position.Value)));
        }

        Assert.True(there.Count > SmallDocument.Stakers, "There are hardly any positions.");
        Assert.Equal(there.Where(position => !position.Item2.IsZero).ToHashSet(), kept.Where(position => !position.Value.IsZero).ToHashSet());
    }

    /// <summary>Ends the process, as far as a test can, when it has read so many pages: the last is read and not written.</summary>
    private sealed class Mortal(IFactSource inner, int pagesMax) : IFactSource
    {
        private int _pages;

        public async Task<FeedPage> ReadAsync(string? cursor, int factsMax, CancellationToken cancellationToken)
        {
            var page = await inner.ReadAsync(cursor, factsMax, cancellationToken);
            return ++_pages > pagesMax ? throw new EndOfStreamException() : page;
        }
    }
}
