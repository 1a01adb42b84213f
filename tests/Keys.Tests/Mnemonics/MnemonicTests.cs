using System.Text.Json;
using CsCheck;
using Dtao.Keys.Mnemonics;
using Xunit;

namespace Dtao.Keys.Tests.Mnemonics;

public sealed class MnemonicTests
{
    [Fact]
    public void Phrases_OfThePublicLibraries_HaveTheirEntropyAndSeed()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Mnemonics", "mnemonics.json")));
        var cases = file.RootElement.GetProperty("mnemonics").EnumerateArray().ToArray();

        Assert.Equal(10, cases.Length);
        Assert.All(cases, given =>
        {
            var words = given.GetProperty("words").GetString()!;
            var entropy = Mnemonic.ToEntropy(words, out _);
            Assert.Equal(Hex(given, "entropy"), entropy);
            Assert.Equal(words, Mnemonic.FromEntropy(entropy));
            Assert.Equal(Hex(given, "seed"), Mnemonic.ToSeed(words, given.GetProperty("password").GetString()!, out _));
        });
    }

    [Theory]
    [InlineData("", KeyFault.WordCount)]
    [InlineData("bottom", KeyFault.WordCount)]
    [InlineData("bottom drive obey lake curtain smoke basket hold race lonely fit walk walk", KeyFault.WordCount)]
    [InlineData("bottom drive obey lake curtain smoke basket hold race lonely fit walt", KeyFault.UnknownWord)]
    [InlineData("Bottom drive obey lake curtain smoke basket hold race lonely fit walk", KeyFault.UnknownWord)]
    [InlineData("bottom drive obey lake curtain smoke basket hold race lonely walk fit", KeyFault.BadChecksum)]
    public void ToSeed_NotAPhrase_NamesTheFault(string words, KeyFault expected)
    {
        var seed = Mnemonic.ToSeed(words, string.Empty, out var fault);

        Assert.Null(seed);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void FromEntropy_Any_IsReadBack() => Gen.Select(Gen.Int[4, 8], Gen.Byte.Array[32]).Sample((size, bytes) =>
    {
        var entropy = bytes[..(size * 4)];
        Assert.Equal(entropy, Mnemonic.ToEntropy(Mnemonic.FromEntropy(entropy), out var fault));
        Assert.Equal(KeyFault.None, fault);
    });

    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    public void Generate_Twice_IsReadBackAndDiffers(int count)
    {
        var (first, second) = (Mnemonic.Generate(count), Mnemonic.Generate(count));

        Assert.NotNull(Mnemonic.ToEntropy(first, out _));
        Assert.Equal(count, first.Split(' ').Length);
        Assert.NotEqual(first, second);
        Assert.Throws<ArgumentOutOfRangeException>(() => Mnemonic.Generate(13));
    }

    private static byte[] Hex(JsonElement given, string name) => Convert.FromHexString(given.GetProperty(name).GetString().AsSpan(2));
}
