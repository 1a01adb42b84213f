using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dtao.Api.Writes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.Keys;
using Dtao.TestKit;
using Xunit;
using static Dtao.Api.Tests.Writes.Requests;

namespace Dtao.Api.Tests.Writes;

/// <summary>A network that takes signed operations only and names its administrator, with one host that signs for dev accounts and one that does not.</summary>
public sealed class SignedApi : IAsyncLifetime
{
    public const string AdminKey = "the administrator's key";
    public const string ReaderKey = "a reader's key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-api-signed-");
    private readonly List<IAsyncDisposable> _parts = [];

    public NetworkHost Host { get; private set; } = null!;

    public DtaoClient Client { get; private set; } = null!;

    /// <summary>Signs for dev accounts, and for the administrator, //Eve.</summary>
    public HttpClient Development { get; private set; } = null!;

    public HttpClient Plain { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var genesis = DemoGenesis.Create().ToNetworkGenesis(NetworkGenesis.Manual) with { RequiresSignatures = true };
        Host = await NetworkHost.StartAsync(new()
        {
            DatabasePath = Path.Combine(_folder.FullName, "ledger.db"),
            Genesis = genesis,
            DrivesBlocks = false,
            Administrators = new[] { DevAccounts.Eve }.ToFrozenSet(),
        });
        Client = new DtaoClient(Host.Client);
        var (keys, secret) = (Path.Combine(_folder.FullName, "keys"), Path.Combine(_folder.FullName, "secret"));
        await File.WriteAllTextAsync(keys, $"boss {HashOf(AdminKey)} admin\nreader {HashOf(ReaderKey)}\n");
        await File.WriteAllTextAsync(secret, "//Eve\n");
        Development = await Start(new ApiOptions { Development = true, KeysFile = keys, AdministratorFile = secret });
        Plain = await Start(new ApiOptions());
    }

    public async ValueTask DisposeAsync()
    {
        Development?.Dispose();
        Plain?.Dispose();
        for (var i = _parts.Count - 1; i >= 0; i--) await _parts[i].DisposeAsync();
        if (Client is not null) await Client.DisposeAsync();
        if (Host is not null) await Host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Each host has a client of its own, as hosts in processes of their own have.</summary>
    private async Task<HttpClient> Start(ApiOptions options)
    {
        var client = new DtaoClient(Host.Client);
        _parts.Add(client);
        var api = await ApiHost.StartAsync(options with { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, client);
        _parts.Add(api);
        return new HttpClient { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

/// <summary>Signatures, dev accounts, faucet, and administrators over HTTP.</summary>
public sealed class SignedApiTests(SignedApi network) : IClassFixture<SignedApi>
{
    private const ulong OneTao = 1_000_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A wallet signs the payload's bytes; whatever is changed or missing is refused, and nothing of it can be used again.</summary>
    [Fact]
    public async Task Submit_SignedElsewhere_IsTakenOnceAndForgeriesAreRefused()
    {
        var call = Transfer(DevAccounts.Bob, OneTao);
        var before = await Free(DevAccounts.Bob);
        var payload = await network.Plain.Post("/api/operations/payload/v1", Body(DevAccounts.Charlie, call), "rent");
        using var key = SecretUri.Parse("//Charlie", KeyScheme.Sr25519, out _)!;
        var signature = new byte[65];
        signature[0] = 1;
        key.Sign(Convert.FromHexString(payload.Text("message")[2..]), signature.AsSpan(1));
        var whole = $$""","id":"{{payload.Text("id")}}","last_valid_block":{{payload.GetProperty("last_valid_block")}},"network_id":"{{payload.Text("network_id")}}","nonce":{{payload.GetProperty("nonce")}}""";
        var signed = whole + $$""","signature":"0x{{Convert.ToHexStringLower(signature)}}" """;

        var unsigned = await network.Plain.Fail(Submit, Body(DevAccounts.Charlie, call, whole));
        var forged = await network.Plain.Fail(Submit, Body(DevAccounts.Charlie, Transfer(DevAccounts.Bob, OneTao + 1), signed));
        var stolen = await network.Plain.Fail(Submit, Body(DevAccounts.Dave, call, signed));
        var named = await network.Plain.Fail(Submit, Body("//Charlie", call));
        var first = await network.Plain.Post(Submit, Body(DevAccounts.Charlie, call, signed), "rent");
        var second = await network.Development.Post(Submit, Body(DevAccounts.Charlie, call, signed));

        Assert.Equal(OperationKey.IdOf(DevAccounts.Charlie, "rent").ToString(), payload.Text("id"));
        Assert.True(payload.GetProperty("signature_required").GetBoolean());
        Assert.Equal((403, "SignatureMissing"), unsigned.Named());
        Assert.Equal((403, "BadSignature"), forged.Named());
        Assert.Equal((403, "BadSignature"), stolen.Named());
        Assert.Equal((403, "SignatureMissing"), named.Named());
        Assert.Equal(first.GetProperty("order").GetUInt64(), second.GetProperty("order").GetUInt64());
        Assert.Equal(before + OneTao, await Free(DevAccounts.Bob));
    }

    /// <summary>The host signs for a dev account that is named as one, with another nonce at each try; the key is still one operation.</summary>
    [Fact]
    public async Task Submit_DevAccountSignedHere_IsOneOperationByItsKey()
    {
        var before = await Free(DevAccounts.Ferdie);
        var body = Body("//Dave", Transfer(DevAccounts.Ferdie, OneTao));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => network.Development.Post(Submit, body, "lunch")));
        var other = await network.Development.Fail(Submit, Body("//Dave", Transfer(DevAccounts.Ferdie, OneTao + 1)), "lunch");

        Assert.All(answers, answer => Assert.Equal((answers[0].Text("operation_id"), answers[0].GetProperty("order").GetUInt64()), (answer.Text("operation_id"), answer.GetProperty("order").GetUInt64())));
        Assert.Equal((409, "OperationConflict"), other.Named());
        Assert.Equal(before + OneTao, await Free(DevAccounts.Ferdie));
    }

    /// <summary>More than one account has: several give in parts, a repeat gives nothing more, and the books are what they were.</summary>
    [Fact]
    public async Task Faucet_MoreThanOneAccountHas_IsGivenOnceAndConserves()
    {
        var to = SmallNetwork.Key(77);
        const ulong Amount = 150_000 * OneTao;
        var body = $$"""{"to":"{{to}}","amount":"{{Amount}}"}""";

        var given = await Task.WhenAll(network.Development.Post("/api/dev/faucet/v1", body, "pocket money"), network.Development.Post("/api/dev/faucet/v1", body, "pocket money"));
        var repeated = await network.Development.Post("/api/dev/faucet/v1", body, "pocket money");
        var tooMuch = await network.Development.Fail("/api/dev/faucet/v1", $$"""{"to":"{{to}}","amount":"{{ulong.MaxValue}}"}""");
        var accounts = await network.GetDevelopment("/api/dev/accounts/v1");

        Assert.All(given, answer => Assert.Equal(repeated.ToString(), answer.ToString()));
        Assert.True(repeated.GetProperty("gifts").GetArrayLength() > 1, repeated.ToString());
        Assert.Equal(Amount, await Free(to));
        Assert.Equal((422, "FaucetEmpty"), tooMuch.Named());
        Assert.Equal(["//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"], accounts.EnumerateArray().Select(account => account.Text("name")));
        AuditAssert.IsClean(network.Host);
    }

    [Fact]
    public async Task Development_NetworkOfSignedOperations_HasNoneUnlessAskedFor()
    {
        using var accounts = await network.Plain.GetAsync("/api/dev/accounts/v1", Token);
        var faucet = await network.Plain.Fail("/api/dev/faucet/v1", """{"to":"//Bob","amount":"1"}""");
        var block = await network.Plain.Fail("/api/dev/blocks/v1", "{}");

        Assert.Equal((403, "NotADevelopmentNetwork"), (await ApiNetwork.ProblemOf(accounts)).Named());
        Assert.All([faucet, block], problem => Assert.Equal((403, "NotADevelopmentNetwork"), problem.Named()));
    }

    /// <summary>A host in a process of its own comes in through a gateway, which lets nobody close blocks here, whatever the host was told.</summary>
    [Fact]
    public async Task CloseBlock_ThroughTheGatewayOfANetworkOfSignedOperations_IsRefused()
    {
        await using var client = await DtaoClient.ConnectAsync(
            new DtaoConnectionOptions { Gateways = [new IPEndPoint(IPAddress.Loopback, network.Host.GatewayPort)], ConnectMillisecondsMax = 180_000 }, Token);
        await using var api = await ApiHost.StartAsync(new ApiOptions { Development = true, Listen = new IPEndPoint(IPAddress.Loopback, 0) }, client, cancellationToken: Token);
        using var http = new HttpClient { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };

        var problems = new[] { await http.Fail("/api/dev/blocks/v1", "{}"), await http.Fail("/api/dev/blocks/v1", """{"after":0}""") };

        Assert.All(problems, problem => Assert.Equal((403, "BlocksNotForClients"), problem.Named()));
    }

    /// <summary>Only an administrator's key gets through, and only where the host can sign does the ledger take it.</summary>
    [Fact]
    public async Task SetParameter_Keys_LetAdministratorsThrough()
    {
        const string Path = "/api/admin/parameters/v1";
        var body = """{"parameter":"limit_orders","value":"false"}""";

        (string? Key, string Name)[] refused = [(null, "KeyRequired"), (SignedApi.ReaderKey, "KeyRequired"), ("guessed", "UnknownKey")];
        foreach (var (key, name) in refused) Assert.Equal((401, name), (await network.Development.Fail(Path, body, null, key)).Named());
        var set = await network.Development.Post(Path, body, "no orders", SignedApi.AdminKey);
        var repeated = await network.Development.Post(Path, body, "no orders", SignedApi.AdminKey);
        var conflict = await network.Development.Fail(Path, """{"parameter":"limit_orders","value":"true"}""", "no orders", SignedApi.AdminKey);
        var unknown = await network.Development.Fail(Path, """{"parameter":"colour","value":"blue"}""", null, SignedApi.AdminKey);

        Assert.False((await network.Client.GetNetworkAsync(Token)).Parameters.LimitOrders);
        Assert.Equal(set.ToString(), repeated.ToString());
        Assert.Equal((409, "OperationConflict"), conflict.Named());
        Assert.Equal((422, "UnknownParameter"), unknown.Named());
    }

    private async Task<ulong> Free(AccountId account) => (await network.Client.GetBalanceAsync(account, Token)).Free.Rao;
}

internal static class SignedApiReads
{
    public static async Task<JsonElement> GetDevelopment(this SignedApi network, string path) => JsonElement.Parse(await network.Development.GetStringAsync(path, TestContext.Current.CancellationToken));
}
