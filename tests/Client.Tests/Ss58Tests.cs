using System.Text.Json;
using CsCheck;
using Dtao.Economics;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class Ss58Tests
{
    private const string Alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    private static readonly Gen<AccountId> Accounts = Gen.Byte.Array[AccountId.Length].Select(bytes => new AccountId(bytes));

    [Fact]
    public void Encode_EveryKeyOfTheVectors_IsTheirAddressAndDecodesBack()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", "substrate-crypto.json")));
        var pairs = vectors.RootElement.GetProperty("signatures").EnumerateArray()
            .Select(row => (Key: row.GetProperty("public_key").GetString(), Address: row.GetProperty("ss58_42").GetString()))
            .Concat(vectors.RootElement.GetProperty("keys").EnumerateArray().SelectMany(row => new[]
            {
                (Key: row.GetProperty("sr25519_public").GetString(), Address: row.GetProperty("sr25519_ss58").GetString()),
                (Key: row.GetProperty("ed25519_public").GetString(), Address: row.GetProperty("ed25519_ss58").GetString()),
            }))
            .Where(pair => pair.Key is not null)
            .ToList();

        Assert.True(pairs.Count > 120, $"Only {pairs.Count} keys in the vectors.");
        Assert.All(pairs, pair =>
        {
            var account = AccountId.ParseHex(pair.Key!);
            Assert.Equal(pair.Address, Ss58.Encode(account));
            Assert.Equal(AddressFault.None, Ss58.Decode(pair.Address, out var decoded));
            Assert.Equal(account, decoded);
        });
    }

    [Fact]
    public void DevAccounts_EachName_IsTheSr25519KeyOfTheVectors()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", "substrate-crypto.json")));
        var keys = vectors.RootElement.GetProperty("keys").EnumerateArray()
            .ToDictionary(row => row.GetProperty("suri").GetString()!, row => row.GetProperty("sr25519_public").GetString()!);

        Assert.Equal(6, DevAccounts.ByName.Count);
        Assert.All(DevAccounts.ByName, pair => Assert.Equal(AccountId.ParseHex(keys[pair.Key]), pair.Value));
    }

    [Theory]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQ0", AddressFault.BadCharacter)]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQé", AddressFault.BadCharacter)]
    [InlineData("", AddressFault.BadLength)]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKut", AddressFault.BadLength)]
    [InlineData("15GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", AddressFault.BadLength)]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQYQYQYQYQYQYQYQYQYQYQYQY", AddressFault.BadLength)]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ", AddressFault.BadChecksum)]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKtuQY", AddressFault.BadChecksum)]
    [InlineData("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", AddressFault.WrongPrefix)]
    public void Decode_BadAddress_NamesTheFault(string address, AddressFault expected)
    {
        var fault = Ss58.Decode(address, out var account);

        Assert.Equal(expected, fault);
        Assert.Equal(default, account);
    }

    [Fact]
    public void Decode_TwoBytePrefixWithAGoodChecksum_IsAWrongPrefix()
    {
        // Alice under prefix 1284: first byte 0x41, second 0x05.
        var bytes = new byte[36];
        (bytes[0], bytes[1]) = (0x41, 0x05);
        DevAccounts.Alice.CopyTo(bytes.AsSpan(2));
        using var blake = new Konscious.Security.Cryptography.HMACBlake2B(512);
        blake.ComputeHash([.. "SS58PRE"u8, .. bytes.AsSpan(0, 34)]).AsSpan(0, 2).CopyTo(bytes.AsSpan(34));

        var fault = Ss58.Decode(SimpleBase.Base58.Bitcoin.Encode(bytes), out _);

        Assert.Equal(AddressFault.WrongPrefix, fault);
    }

    [Fact]
    public void Decode_AnyEncodedAccount_GivesItBack() => Accounts.Sample(account =>
        Ss58.Decode(Ss58.Encode(account), out var decoded) == AddressFault.None && decoded == account);

    [Fact]
    public void Decode_OneCharacterChanged_IsNeverAnotherAccountUnlessTheChecksumCollides()
    {
        const string characters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var faults = 0;
        var tries = 0;
        for (var place = 1; place < Alice.Length; place++)
        {
            foreach (var other in characters.Where(c => c != Alice[place]))
            {
                tries++;
                var changed = Alice[..place] + other + Alice[(place + 1)..];
                if (Ss58.Decode(changed, out _) != AddressFault.None) faults++;
            }
        }

        // Two checksum bytes let one change in 65,536 through.
        Assert.InRange(tries - faults, 0, 1);
    }
}
