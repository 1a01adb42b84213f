using System.Collections.Frozen;
using Azure.Storage;
using Azure.Storage.Sas;
using Dtao.AzuriteKit;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Wire;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Emulator;
using Dtao.Hosting.Genesis;
using Dtao.Keys;
using Dtao.TestKit;
using Orleans.Hosting;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Cluster.Tests;

/// <summary>Silos of one cluster, all in this process, with nothing in common but the storage account.</summary>
public sealed class ClusterSiloTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Start_ThreeAtOnce_MakeOneNetworkAndCloseOneChainOfBlocks()
    {
        var options = await Options();
        var silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(number => ClusterSilo.StartAsync(options, SmallDocument.Agreed($"network-{number}"), cancellationToken: Cancel)));
        try
        {
            var ours = Assert.Single(silos, silo => silo.MadeNetwork);
            await using var client = await Connect(options);
            Assert.Equal(ours.Genesis.NetworkId, (await client.GetNetworkAsync(Cancel)).NetworkId);
            await WaitForBlock(client, 5);

            var results = await Task.WhenAll(Enumerable.Range(0, SmallDocument.Stakers).Select(number => client.SubmitAsync(Staker(number), Calls.AddStake(Hot, One, new Tao(OneTao)))));

            Assert.All(results, result => Assert.Equal(OperationStatus.Applied, result.Status));
            await WaitUntil(async () => await Spread(silos[0].Grains) <= 1, () => "Pools are not spread evenly.");
            var spreadAt = (await client.GetHeadAsync(Cancel)).Block.Value;
            await WaitForBlock(client, spreadAt + 3);
            await WaitUntil(() => Task.FromResult(silos.All(silo => silo.Health.Ready().IsOk)), () => string.Join("; ", silos.SelectMany(silo => silo.Health.Ready().Reasons)));
            await ApiOfCluster.AssertServes(options, ours.Genesis.NetworkId, null, Cancel);
            for (var block = 2UL; block <= 5; block++)
            {
                var (parent, header) = (await client.GetBlockAsync(new(block - 1), Cancel), await client.GetBlockAsync(new(block), Cancel));
                Assert.Equal(parent!.Hash, header!.ParentHash);
            }
        }
        finally
        {
            await Stop(silos);
        }

        await EmulatedCluster.AssertClean(options);
    }

    [Fact]
    public async Task Start_AfterASiloDiedWithAnOperationInFlight_TheAccountIsWokenByNobodyButTheSweeper()
    {
        var options = await Options();
        await (await ClusterSilo.StartAsync(options with { DrivesBlocks = false }, SmallDocument.Agreed() with { BlockIntervalMilliseconds = -1 }, cancellationToken: Cancel)).DisposeAsync();
        var call = Calls.AddStake(Hot, One, new Tao(OneTao));
        await BeginAsOneThatDied(options, Staker(1), call);

        await using (var silo = await ClusterSilo.StartAsync(options with { DrivesBlocks = false }, SmallDocument.Agreed(), cancellationToken: Cancel))
        {
            await using var store = await ClusterStore.OpenAsync(options, Cancel);
            await WaitUntil(async () => (await ReadAccount(store, Staker(1))) is { HasUnfinished: false, Settled.Count: 1 }, () => "The operation was never settled.");
            await WaitUntil(async () => (await new SiloDirectory(store.Storage, () => 0).ReadAsync()).All(listed => listed.Silo != DeadSilo), () => "The dead silo stays on the list.");
            var settled = (await ReadAccount(store, Staker(1))).Settled.InOrder().Single();
            Assert.Equal(ReceiptStatus.Applied, settled.Receipt.Status);
        }

        await EmulatedCluster.AssertClean(options);
    }

    [Fact]
    public async Task Stop_ASiloWithWork_HandsItOverAndNothingIsLost()
    {
        var options = await Options();
        var first = await ClusterSilo.StartAsync(options, SmallDocument.Agreed(), cancellationToken: Cancel);
        var second = await ClusterSilo.StartAsync(options, SmallDocument.Agreed(), cancellationToken: Cancel);
        try
        {
            await using var client = await Connect(options);
            await WaitForBlock(client, 2);
            using var over = new CancellationTokenSource();
            var load = Enumerable.Range(0, 4).Select(number => Stake(client, Staker(number), over.Token)).ToArray();
            await WaitForBlock(client, 6);

            await first.DisposeAsync();

            var stoppedAt = (await client.GetHeadAsync(Cancel)).Block.Value;
            await WaitForBlock(client, stoppedAt + 4);
            await over.CancelAsync();
            var applied = (await Task.WhenAll(load)).Sum();
            Assert.True(applied > 0);
            await WaitUntil(() => Task.FromResult(second.Health.Ready().IsOk), () => string.Join("; ", second.Health.Ready().Reasons));
        }
        finally
        {
            await Stop(first, second);
        }

        await EmulatedCluster.AssertClean(options);
    }

    /// <summary>Without the account's key, a shared access signature is all that silos, audit, and clients have.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WithASharedAccessSignature_RunsAndIsAuditedWithIt(bool isConnectionString)
    {
        var server = await azurite.ServerAsync();
        var signature = SignatureOf(server);
        var options = await Options() with
        {
            Account = isConnectionString
                ? new() { ConnectionString = $"TableEndpoint={server.TableEndpoint};BlobEndpoint={server.BlobEndpoint};SharedAccessSignature={signature}" }
                : new() { TableEndpoint = new($"{server.TableEndpoint}?{signature}"), BlobEndpoint = new($"{server.BlobEndpoint}?{signature}") },
        };
        Assert.DoesNotContain(AzuriteServer.AccountKey, $"{options.Account}", StringComparison.Ordinal);
        await using (var silo = await ClusterSilo.StartAsync(options, SmallDocument.Agreed(), cancellationToken: Cancel))
        {
            await using var client = await DtaoClient.ConnectAsync(
                new() { Gateways = [new(System.Net.IPAddress.Loopback, silo.GatewayPort)], ConnectMillisecondsMax = 120_000 }, Cancel);
            await WaitForBlock(client, 2);
            Assert.Equal(OperationStatus.Applied, (await client.SubmitAsync(Staker(1), Calls.AddStake(Hot, One, new Tao(OneTao)), cancellationToken: Cancel)).Status);
        }

        await EmulatedCluster.AssertClean(options);
    }

    /// <summary>Each silo learns from the store what the genesis says of signatures, and its gateway holds clients to it.</summary>
    [Fact]
    public async Task Submit_ToAClusterOfSignedOperations_EachIsTakenWithItsSignersSignatureAndOnce()
    {
        using var alice = SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!;
        using var charlie = SecretUri.Parse("//Charlie", KeyScheme.Ed25519, out _)!;
        var options = await Options() with { Administrators = FrozenSet.Create(new AccountId(charlie.PublicKey)) };
        var genesis = SmallDocument.Agreed();
        var document = genesis.Document! with
        {
            RequiresSignatures = true,
            Balances = [.. genesis.Document.Balances, new DocumentBalance(string.Empty, DevAccounts.Alice, new Tao(1_000 * OneTao))],
        };
        var silos = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ClusterSilo.StartAsync(options, genesis with { Document = document }, cancellationToken: Cancel)));
        try
        {
            foreach (var silo in silos)
            {
                await using var client = await DtaoClient.ConnectAsync(
                    new() { Gateways = [new(System.Net.IPAddress.Loopback, silo.GatewayPort)], ConnectMillisecondsMax = 120_000 }, Cancel);
                await WaitForBlock(client, 2);
                var call = Calls.AddStake(Hot, One, new Tao(OneTao));

                var unsigned = await client.SubmitAsync(DevAccounts.Alice, call, cancellationToken: Cancel);
                client.AddSigner(new KeyPairSigner(alice));
                var signed = await client.SubmitAsync(DevAccounts.Alice, call, cancellationToken: Cancel);
                var repeated = await client.SubmitAsync(signed.Operation, Cancel);
                var altered = await client.SubmitAsync(signed.Operation with { Id = OperationId.Create() }, Cancel);
                var stranger = await client.AdministerAsync("fee_rate", "77", One, cancellationToken: Cancel);
                client.Administrator = new KeyPairSigner(charlie);
                var set = await client.AdministerAsync("fee_rate", "77", One, cancellationToken: Cancel);

                Assert.True(client.RequiresSignatures);
                Assert.Equal((RefusalCode.SignatureMissing, RefusalCode.BadSignature, RefusalCode.SignatureMissing), (unsigned.Code, altered.Code, stranger.Code));
                Assert.True(signed.IsApplied, signed.ErrorName);
                Assert.Equal(signed.Receipt!.Order, repeated.Receipt!.Order);
                Assert.True(set.IsApplied, set.ErrorName);
                Assert.True((await client.GetBlockAsync(new(1), Cancel))!.RequiresSignatures);
            }
        }
        finally
        {
            await Stop(silos);
        }

        await EmulatedCluster.AssertClean(options);
    }

    [Fact]
    public async Task Start_WithCertificates_TakesClientsThatTrustThemAndNoOthers()
    {
        Assert.SkipUnless(LongRun.IsOn, "Only in the long form.");
        var folder = Directory.CreateTempSubdirectory("dtao-tls-").FullName;
        try
        {
            var silo = Certificates.Write(folder);
            var options = await Options() with { Tls = silo };
            var silos = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ClusterSilo.StartAsync(options, SmallDocument.Agreed(), cancellationToken: Cancel)));
            try
            {
                await using (var client = await Connect(options, new DtaoTls { TrustedFile = silo.TrustedFile }))
                {
                    await WaitForBlock(client, 3);
                    Assert.Equal(OperationStatus.Applied, (await client.SubmitAsync(Staker(1), Calls.AddStake(Hot, One, new Tao(OneTao)), cancellationToken: Cancel)).Status);
                }

                await ApiOfCluster.AssertServes(options, silos[0].Genesis.NetworkId, silo.TrustedFile, Cancel);
                var plain = new DtaoConnectionOptions
                {
                    Gateways = [.. silos.Select(one => new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, one.GatewayPort))],
                    ConnectTriesMax = 1,
                };
                await Assert.ThrowsAsync<NetworkUnreachableException>(() => DtaoClient.ConnectAsync(plain, Cancel));
                var other = Certificates.Write(Directory.CreateDirectory(Path.Combine(folder, "other")).FullName);
                await Assert.ThrowsAsync<NetworkUnreachableException>(() =>
                    DtaoClient.ConnectAsync(plain with { Tls = new DtaoTls { TrustedFile = other.TrustedFile } }, Cancel));
            }
            finally
            {
                await Stop(silos);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>How many pools more the silo with most of them has than the one with fewest.</summary>
    private static async Task<int> Spread(IGrainFactory grains)
    {
        var counts = (await PoolBalancer.ReadPlaces(grains)).Values.CountBy(silo => silo).ToDictionary();
        return counts.Count < 3 ? int.MaxValue : counts.Values.Max() - counts.Values.Min();
    }

    private const string DeadSilo = "127.0.0.1:9@1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What a silo leaves that is killed after it has begun an operation and before anybody heard of it.</summary>
    private static async Task BeginAsOneThatDied(ClusterSiloOptions options, AccountId signer, Call call)
    {
        await using var store = await ClusterStore.OpenAsync(options, Cancel);
        await using (var accounts = new ActiveAccounts(store.Journals, new SiloDirectory(store.Storage, () => 0), Microsoft.Extensions.Logging.Abstractions.NullLogger<ActiveAccounts>.Instance))
        {
            accounts.BeginAs(DeadSilo);
            await accounts.EnterAsync(ActorKeys.Account(signer));
        }

        using var journal = store.Journals.Open(ActorKeys.Account(signer));
        var state = AccountModel.Instance.Restore(await journal.LoadAsync());
        state.Id = signer;
        var operation = new Operation { Id = OperationId.Create(), Signer = signer, Call = call, LastValidBlock = new BlockNumber(64) };
        var start = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, NetworkParameters.Default, BlockNumber.Genesis));
        var writer = new RecordWriter();
        AccountModel.Instance.WriteEvent(writer, start.Event);
        await journal.WhenDurable(journal.Append(writer.Written));
    }

    private static async Task<AccountState> ReadAccount(ClusterStore store, AccountId account)
    {
        using var journal = store.Journals.Open(ActorKeys.Account(account));
        return AccountModel.Instance.Restore(await journal.LoadAsync());
    }

    private static async Task<int> Stake(DtaoClient client, AccountId staker, CancellationToken over)
    {
        for (var applied = 0; ; applied++)
        {
            if (over.IsCancellationRequested) return applied;
            var result = await client.SubmitAsync(staker, Calls.AddStake(Hot, One, new Tao(OneTao / 100)), cancellationToken: Cancel);
            Assert.True(result.Status == OperationStatus.Applied, $"{result.Status} {result.ErrorName} {result.Failure}");
        }
    }

    private static Task<DtaoClient> Connect(ClusterSiloOptions options, DtaoTls? tls = null) => DtaoClient.ConnectAsync(
        new()
        {
            Clustering = client => client.UseAzureStorageClustering(gateways =>
            {
                gateways.ConfigureTableServiceClient(options.Account.ConnectionString!);
                gateways.TableName = options.MembershipTable;
            }),
            Tls = tls,
            ConnectMillisecondsMax = 120_000,
            // A gateway that stops leaves some requests unanswered; they are sent again.
            ResponseMillisecondsMax = 5_000,
            Client = new() { TriesMax = 1_000, ValidityBlocks = 4_000 },
        },
        Cancel);

    private static Task WaitForBlock(DtaoClient client, ulong block) => WaitUntil(
        async () => (await client.GetHeadAsync(Cancel)).Block.Value >= block, () => $"Block {block} was never closed.");

    private static async Task WaitUntil(Func<Task<bool>> isSo, Func<string> told)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isSo()) return;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                // Asked again: a silo may have just gone.
            }

            if (System.Diagnostics.Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(3)) throw new TimeoutException(told());
            await Task.Delay(50, Cancel);
        }
    }

    private static async Task Stop(params ClusterSilo[] silos)
    {
        foreach (var silo in silos) await silo.DisposeAsync();
    }

    /// <summary>Everything in tables and blobs of the account, for an hour.</summary>
    private static string SignatureOf(AzuriteServer server)
    {
        var builder = new AccountSasBuilder(
            AccountSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1), AccountSasServices.Blobs | AccountSasServices.Tables, AccountSasResourceTypes.All)
        {
            // The emulator speaks http.
            Protocol = SasProtocol.HttpsAndHttp,
        };
        return builder.ToSasQueryParameters(new StorageSharedKeyCredential(AzuriteServer.AccountName, AzuriteServer.AccountKey)).ToString();
    }

    private async Task<ClusterSiloOptions> Options() => await EmulatedCluster.NewAsync(azurite) with { Sweep = new(TimeSpan.FromMilliseconds(100), TimeSpan.Zero) };
}
