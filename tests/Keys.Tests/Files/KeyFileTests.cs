using System.Text;
using System.Text.Json;
using Dtao.Keys.Files;
using Xunit;

namespace Dtao.Keys.Tests.Files;

/// <summary>Key files of others' wallets. Those in pairs.json were written by the public Substrate libraries.</summary>
public sealed class KeyFileTests
{
    private const string Address = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    private const string Password = "correct horse";

    /// <summary>As Argon2i in a file of a wallet, at a small part of its cost.</summary>
    private static readonly ArgonCost s_cheap = new(3, 8 * 1024 * 1024);

    private const uint CheapScrypt = 1 << 10;

    public static TheoryData<int> Pairs => [.. Enumerable.Range(0, 4)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Polkadot_FilesOfTheWallets_AreReadAndWrittenBack(int place)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Files", "pairs.json")));
        var given = file.RootElement.GetProperty("pairs")[place];
        var scheme = given.GetProperty("type").GetString() == "sr25519" ? KeyScheme.Sr25519 : KeyScheme.Ed25519;
        var password = given.GetProperty("password").GetString()!;
        using var expected = SecretUri.Parse(given.GetProperty("uri").GetString()!, scheme, out _)!;

        using var read = PolkadotKeyFile.Read(given.GetProperty("json").GetRawText(), password, out var fault);

        Assert.Equal(KeyFault.None, fault);
        Assert.True(Same(expected, read!));
        using var again = PolkadotKeyFile.Read(PolkadotKeyFile.Write(read!, Address, password, "test", CheapScrypt), password, out _)!;
        Assert.True(Same(expected, again));
        AssertSigns(again);
    }

    [Fact]
    public void Polkadot_EncryptedFile_OpensWithItsPasswordAlone()
    {
        using var alice = SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!;
        var json = PolkadotKeyFile.Write(alice, Address, Password, "Alice", CheapScrypt);

        Assert.DoesNotContain(Secret(alice)[..16], json, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(KeyFault.PasswordNeeded, FaultOf(json, null));
        Assert.Equal(KeyFault.WrongPassword, FaultOf(json, "correct hors"));
        Assert.Equal(KeyFault.None, FaultOf(json, Password));
    }

    /// <summary>A file must not make its reader work for hours or take all memory.</summary>
    [Theory]
    [InlineData(1u << 24, 8u, 1u, KeyFault.TooCostly)]
    [InlineData(1u << 14, 8u, 100u, KeyFault.TooCostly)]
    [InlineData(1u << 31, uint.MaxValue, 1u, KeyFault.TooCostly)]
    [InlineData(1_000u, 8u, 1u, KeyFault.BadFile)]
    [InlineData(0u, 8u, 1u, KeyFault.BadFile)]
    public void Polkadot_CostInTheFile_IsBounded(uint cost, uint blocks, uint parallel, KeyFault expected)
    {
        byte[] encoded = [.. new byte[32], .. BitConverter.GetBytes(cost), .. BitConverter.GetBytes(parallel), .. BitConverter.GetBytes(blocks), .. new byte[200]];

        var fault = FaultOf(Json("3", "sr25519", "\"scrypt\",\"xsalsa20-poly1305\"", encoded), Password);

        Assert.Equal(expected, fault);
    }

    public static TheoryData<string> Malformed => new()
    {
        "", "{}", "[]", "{\"encoded\":\"\",\"encoding\":{}}",
        Json("2", "sr25519", "\"none\"", new byte[117]), Json("3", "ecdsa", "\"none\"", new byte[117]), Json("3", "sr25519", "\"rot13\"", new byte[117]),
        Json("3", "sr25519", "\"none\"", new byte[117]), Json("3", "sr25519", "\"none\"", []), Json("3", "sr25519", "\"scrypt\",\"xsalsa20-poly1305\"", new byte[20]),
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Polkadot_NotSuchAFile_IsRefused(string json) => Assert.Equal(KeyFault.BadFile, FaultOf(json, Password));

    [Fact]
    public void Polkadot_PublicKeyOfAnother_IsRefused()
    {
        using var alice = SecretUri.Parse("//Alice", KeyScheme.Ed25519, out _)!;
        var json = JsonDocument.Parse(PolkadotKeyFile.Write(alice, Address, null, "Alice")).RootElement;
        var bytes = json.GetProperty("encoded").GetBytesFromBase64();
        bytes[^1] ^= 1;

        Assert.Equal(KeyFault.WrongPublicKey, FaultOf(Json("3", "ed25519", "\"none\"", bytes), null));
    }

    [Theory]
    [InlineData(KeyScheme.Sr25519, "//Alice", null)]
    [InlineData(KeyScheme.Sr25519, "//Alice/soft", null)]
    [InlineData(KeyScheme.Sr25519, SecretUri.DevelopmentPhrase, Password)]
    [InlineData(KeyScheme.Ed25519, "//Alice", Password)]
    public void Bittensor_WrittenFile_IsReadBack(KeyScheme scheme, string secret, string? password)
    {
        using StoredKey key = new(SecretUri.Parse(secret, scheme, out _)!, secret.StartsWith('/') ? null : secret);
        var file = BittensorKeyFile.Write(key, Address, password, s_cheap);

        using var read = BittensorKeyFile.Read(file, password, s_cheap, out var fault);

        Assert.Equal(KeyFault.None, fault);
        Assert.True(Same(key.Pair, read!.Pair));
        Assert.Equal(key.Phrase, read.Phrase);
        Assert.Equal(password is not null, BittensorKeyFile.IsEncrypted(file));
        AssertSigns(read.Pair);
    }

    [Fact]
    public void Bittensor_EncryptedFile_OpensWithItsPasswordAlone()
    {
        using StoredKey key = new(SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!, null);
        var file = BittensorKeyFile.Write(key, Address, Password, s_cheap);
        var changed = file.ToArray();
        changed[^1] ^= 1;

        Assert.Equal(KeyFault.PasswordNeeded, FaultOf(file, null));
        Assert.Equal(KeyFault.WrongPassword, FaultOf(file, "other"));
        Assert.Equal(KeyFault.WrongPassword, FaultOf(changed, Password));
        Assert.Equal(KeyFault.BadFile, FaultOf(file.AsSpan(0, 20), Password));
    }

    /// <summary>At the cost of a wallet's file: half a gibibyte of memory and some seconds.</summary>
    [Fact]
    public void Bittensor_AtFullCost_IsReadBack()
    {
        if (Environment.GetEnvironmentVariable("DTAO_LONG") != "1") Assert.Skip("Takes half a gibibyte of memory; DTAO_LONG=1 runs it.");
        using StoredKey key = new(SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!, null);

        using var read = BittensorKeyFile.Read(BittensorKeyFile.Write(key, Address, Password), Password, out var fault);

        Assert.Equal(KeyFault.None, fault);
        Assert.True(Same(key.Pair, read!.Pair));
    }

    /// <summary>Files as other programs write them: which field wins, and what is no key file.</summary>
    [Theory]
    [InlineData("""{"secretSeed":"0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a"}""", KeyFault.None)]
    [InlineData("""{"secretPhrase":null,"secretSeed":"0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a","publicKey":"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"}""", KeyFault.None)]
    [InlineData("""{"secretSeed":"0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a","publicKey":"0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"}""", KeyFault.WrongPublicKey)]
    [InlineData("""{"secretPhrase":"bottom drive obey"}""", KeyFault.WordCount)]
    [InlineData("""{"publicKey":"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"}""", KeyFault.BadFile)]
    [InlineData("""{"privateKey":"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}""", KeyFault.BadFile)]
    [InlineData("[]", KeyFault.BadFile)]
    [InlineData("", KeyFault.BadFile)]
    [InlineData("$ANSIBLE_VAULT;1.1;AES256", KeyFault.UnknownEncryption)]
    [InlineData("gAAAAABn", KeyFault.UnknownEncryption)]
    public void Bittensor_FilesOfOthers_AreReadOrNamed(string text, KeyFault expected) => Assert.Equal(expected, FaultOf(Encoding.UTF8.GetBytes(text), Password));

    private static KeyFault FaultOf(string json, string? password)
    {
        using var pair = PolkadotKeyFile.Read(json, password, out var fault);
        Assert.Equal(fault == KeyFault.None, pair is not null);
        return fault;
    }

    private static KeyFault FaultOf(ReadOnlySpan<byte> file, string? password)
    {
        using var key = BittensorKeyFile.Read(file, password, s_cheap, out var fault);
        Assert.Equal(fault == KeyFault.None, key is not null);
        return fault;
    }

    private static string Json(string version, string scheme, string type, byte[] encoded) =>
        $$$"""{"encoded":"{{{Convert.ToBase64String(encoded)}}}","encoding":{"content":["pkcs8","{{{scheme}}}"],"type":[{{{type}}}],"version":"{{{version}}}"}}""";

    private static bool Same(KeyPair left, KeyPair right) => left.PublicKey.SequenceEqual(right.PublicKey) && Secret(left)[..64] == Secret(right)[..64];

    private static string Secret(KeyPair pair)
    {
        var secret = new byte[KeyPair.SecretLength];
        pair.CopySecretTo(secret);
        return Convert.ToHexString(secret);
    }

    private static void AssertSigns(KeyPair pair)
    {
        var signature = new byte[KeyPair.SignatureLength];
        pair.Sign("x"u8, signature);
        Assert.True(Signatures.Verify(pair.Scheme, pair.PublicKey, "x"u8, signature));
    }
}
