using System.Text;
using System.Text.Json;
using Dtao.Cli;
using Dtao.Client.Wallets;
using Dtao.Keys;
using Dtao.Keys.Files;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>Keys on disk through the command line. Coldkeys are left unencrypted here: an encrypted one takes half a gibibyte of memory.</summary>
public sealed class CliWalletTests : IDisposable
{
    private const string Alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    private const string AliceEd25519 = "5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu";
    private const string AliceSeed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";

    private readonly string _root = Path.Combine(Path.GetTempPath(), $"dtao-wallets-{Guid.NewGuid():N}");
    private readonly CliRun _run = new();

    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, true);
    }

    [Fact]
    public async Task Create_ThenList_ShowsAddressesAndNoSecret()
    {
        Assert.Equal(ExitCode.Done, await Run("create", "--hotkey", "miner", "--no-password"));
        Assert.Equal(ExitCode.Done, await Run("list", "--json"));

        using var key = new WalletFolder(_root).ReadColdkey("default", null);
        var address = WalletFolder.AddressOf(key.Pair);
        Assert.Equal(12, key.Phrase!.Split(' ').Length);
        Assert.Contains(address, _run.Output, StringComparison.Ordinal);
        Assert.Contains("miner", _run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Phrase, _run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Seed(key)[2..], _run.Output, StringComparison.Ordinal);
        Assert.Equal(0, _run.Connections);
    }

    [Fact]
    public async Task Create_Files_AreForTheirOwnerAloneAndNotReplaced()
    {
        await Run("create", "--no-password");
        var path = new WalletFolder(_root).ColdkeyPath("default");
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        var again = await Run("create", "--no-password");

        Assert.Equal(ExitCode.Usage, again);
        Assert.Contains("--overwrite", _run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_root, "default")));
    }

    [Theory]
    [InlineData(Alice, "--mnemonic", SecretUri.DevelopmentPhrase + "//Alice")]
    [InlineData(Alice, "--mnemonic", "//Alice")]
    [InlineData(Alice, "--seed", AliceSeed)]
    [InlineData(AliceEd25519, "--mnemonic", "//Alice", "--scheme", "ed25519")]
    public async Task Import_EveryWayToWriteASecret_IsTheWalletsAccount(string address, params string[] source)
    {
        Assert.Equal(ExitCode.Done, await Run(["import", "--no-password", .. source]));

        Assert.Equal(address, Ss58.Encode(new WalletFolder(_root).ReadColdkeyAddress("default")!.Value));
        Assert.Contains(address, _run.Output, StringComparison.Ordinal);
        using var key = new WalletFolder(_root).ReadColdkey("default", null);
        Assert.Equal(address, WalletFolder.AddressOf(key.Pair));
    }

    [Fact]
    public async Task Import_FromTheEnvironmentOrAPerson_NeedsNoSecretOnTheCommandLine()
    {
        _run.Variables["SECRET"] = "//Alice";
        Assert.Equal(ExitCode.Done, await Run("import", "--hotkey", "one", "--secret-env", "SECRET"));
        _run.HasPerson = true;
        _run.Answers.Enqueue("//Bob");
        Assert.Equal(ExitCode.Done, await Run("import", "--hotkey", "two"));

        Assert.Equal(
            [Alice, "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"], new WalletFolder(_root).List()[0].Hotkeys.Select(hotkey => Ss58.Encode(hotkey.Account!.Value)));
        Assert.DoesNotContain("//Bob", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WordsAndSeed_AreThoseThatMadeTheKey()
    {
        await Run("import", "--no-password", "--mnemonic", SecretUri.DevelopmentPhrase);
        await Run("export", "--mnemonic");
        await Run("import", "--no-password", "--mnemonic", "//Alice", "--overwrite");
        await Run("export", "--seed");

        var words = await Run("export", "--mnemonic");

        Assert.Contains(SecretUri.DevelopmentPhrase + "\n", _run.Output, StringComparison.Ordinal);
        Assert.Contains(AliceSeed + "\n", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, words);
        Assert.Contains("did not come from words", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_FileForOtherWallets_IsImportedAgain()
    {
        await Run("import", "--no-password", "--mnemonic", "//Alice");
        _run.Variables["OUT"] = "";
        var file = Path.Combine(_root, "alice.json");

        Assert.Equal(ExitCode.Done, await Run("export", "--json-file", file, "--json-password-env", "OUT"));
        Assert.Equal(ExitCode.Done, await Run("import", "--hotkey", "again", "--json-file", file));

        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(Alice, document.RootElement.GetProperty("address").GetString());
        Assert.Equal(Alice, Ss58.Encode(new WalletFolder(_root).List()[0].Hotkeys[0].Account!.Value));
    }

    [Theory]
    [InlineData("no mnemonic", "import", "--no-password", "--mnemonic", "bottom drive obey")]
    [InlineData("no seed", "import", "--no-password", "--seed", "0x12")]
    [InlineData("a soft part", "import", "--no-password", "--scheme", "ed25519", "--mnemonic", "//a/b")]
    [InlineData("no name", "import", "--no-password", "--wallet-name", "../x", "--mnemonic", "//Alice")]
    [InlineData("no wallet", "export", "--seed")]
    [InlineData("no choice", "export")]
    [InlineData("two choices", "export", "--seed", "--mnemonic")]
    [InlineData("nobody to ask for a secret", "import", "--no-password")]
    [InlineData("nobody to ask for a password", "create")]
    [InlineData("a variable that is not set", "create", "--password-env", "NONE")]
    [InlineData("no such count", "create", "--n-words", "13")]
    [InlineData("no file", "import", "--no-password", "--json-file", "absent.json")]
    public async Task Wallet_WhatCannotBeDone_IsSaidAndNothingIsWritten(string why, params string[] args)
    {
        var code = await Run(args);

        Assert.True(code == ExitCode.Usage, why);
        Assert.NotEmpty(_run.Error);
        Assert.False(Directory.Exists(_root), why);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("one", "other")]
    public async Task Create_PasswordEmptyOrMistyped_WritesNothing(string first, string second)
    {
        _run.HasPerson = true;
        _run.Answers.Enqueue(first);
        _run.Answers.Enqueue(second);

        Assert.Equal(ExitCode.Usage, await Run("create"));
        Assert.False(Directory.Exists(_root));
    }

    /// <summary>On a network of signed operations a command signs with the wallet that has the coldkey, and sends nothing where there is none.</summary>
    [Fact]
    public async Task ValueCommand_OnASignedNetwork_SignsWithTheWallet()
    {
        _run.Network.RequiresSignatures = true;
        using var pair = SecretUri.Parse("//Alice//stash", KeyScheme.Ed25519, out _)!;
        var signer = new KeyPairSigner(pair);
        _run.Network.Accounts[signer.Account] = new(signer.Account, new Economics.Tao(1_000_000_000), default, 0, _run.Network.Head) { HighestNonce = 41 };
        string[] transfer = ["wallet", "transfer", "--coldkey", Ss58.Encode(signer.Account), "--dest", "//Bob", "--amount", "0.5", "-y", "--wallet-path", _root];

        var without = await _run.RunAsync(transfer);
        await Run("import", "--no-password", "--scheme", "ed25519", "--mnemonic", "//Alice//stash", "--wallet-name", "mine");
        var with = await _run.RunAsync(transfer);

        Assert.Equal((ExitCode.Usage, ExitCode.Done), (without, with));
        Assert.Contains("nothing was sent", _run.Error, StringComparison.Ordinal);
        var sent = Assert.Single(_run.Network.Submitted);
        Assert.Equal(42UL, sent.Nonce);
        Assert.True(Signatures.Verify(KeyScheme.Ed25519, pair.PublicKey, Grains.OperationMessage.Of(sent), sent.Signature.AsSpan(1)));
    }

    [Fact]
    public async Task ValueCommand_DevelopmentAccount_SignsWithItsKey()
    {
        _run.Network.RequiresSignatures = true;

        var code = await _run.RunAsync("wallet", "transfer", "--coldkey", "//Alice", "--dest", "//Bob", "--amount", "0.5", "-y", "--wallet-path", _root);

        Assert.Equal(ExitCode.Done, code);
        Assert.Equal((byte)KeyScheme.Sr25519, Assert.Single(_run.Network.Submitted).Signature![0]);
    }

    [Fact]
    public void Explain_EveryFault_HasASentence() => Assert.All(
        Enum.GetValues<KeyFault>(), fault => Assert.EndsWith(".", KeyFaultText.Explain(fault), StringComparison.Ordinal));

    private Task<int> Run(params string[] args) => _run.RunAsync(["wallet", args[0], .. args[1..], "--wallet-path", _root]);

    private static string Seed(StoredKey key)
    {
        Span<byte> seed = stackalloc byte[KeyPair.SeedLength];
        Assert.True(key.Pair.TryCopySeedTo(seed));
        return "0x" + Convert.ToHexStringLower(seed);
    }
}
