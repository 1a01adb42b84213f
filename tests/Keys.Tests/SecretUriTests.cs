using Xunit;

namespace Dtao.Keys.Tests;

public sealed class SecretUriTests
{
    private const string Phrase = SecretUri.DevelopmentPhrase;

    [Theory]
    [InlineData("//Alice/", KeyScheme.Sr25519, KeyFault.BadPath)]
    [InlineData("//", KeyScheme.Sr25519, KeyFault.BadPath)]
    [InlineData("/soft", KeyScheme.Ed25519, KeyFault.SoftNotPossible)]
    [InlineData("//hard/soft", KeyScheme.Ed25519, KeyFault.SoftNotPossible)]
    [InlineData("0x12", KeyScheme.Sr25519, KeyFault.BadSeed)]
    [InlineData("0xzz6b46ddeb3ad1c8cb3a9b1f07ab1dc8d5b3a9b1f07ab1dc8d5b3a9b1f07ab1d", KeyScheme.Sr25519, KeyFault.BadSeed)]
    [InlineData("", KeyScheme.Sr25519, KeyFault.WordCount)]
    [InlineData("no words//Alice", KeyScheme.Sr25519, KeyFault.WordCount)]
    public void Parse_NotASecret_NamesTheFault(string text, KeyScheme scheme, KeyFault expected)
    {
        using var pair = SecretUri.Parse(text, scheme, out var fault);

        Assert.Null(pair);
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData(Phrase + "//Alice", "//Alice", true)]
    [InlineData(" " + Phrase + "//Alice ", "//Alice", true)]
    [InlineData("//staker//7", "//staker//07", true)]
    [InlineData("//staker//7", "//staker//x7", false)]
    [InlineData("//7", "/7", false)]
    [InlineData(Phrase + "///secret", "///secret", true)]
    [InlineData(Phrase + "///secret", Phrase, false)]
    [InlineData("//a//18446744073709551615", "//a//18446744073709551616", false)]
    public void Parse_TwoWaysToWrite_AreOneKeyOrTwo(string first, string second, bool isSame)
    {
        using var left = SecretUri.Parse(first, KeyScheme.Sr25519, out _)!;
        using var right = SecretUri.Parse(second, KeyScheme.Sr25519, out _)!;

        Assert.Equal(isSame, left.PublicKey.SequenceEqual(right.PublicKey));
    }

    [Fact]
    public void Parse_PasswordBeside_IsAsOneInTheText()
    {
        using var beside = SecretUri.Parse(Phrase + "//Alice", KeyScheme.Ed25519, out _, "secret")!;
        using var within = SecretUri.Parse(Phrase + "//Alice///secret", KeyScheme.Ed25519, out _)!;

        Assert.True(beside.PublicKey.SequenceEqual(within.PublicKey));
    }

    /// <summary>Soft parts: whoever knows the public key alone could derive the children's; the signatures of the child are its own.</summary>
    [Fact]
    public void Parse_SoftPart_SignsAsItself()
    {
        using var parent = SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!;
        using var child = SecretUri.Parse("//Alice/soft", KeyScheme.Sr25519, out _)!;
        var signature = new byte[KeyPair.SignatureLength];

        child.Sign("x"u8, signature);

        Assert.True(Signatures.Verify(KeyScheme.Sr25519, child.PublicKey, "x"u8, signature));
        Assert.False(Signatures.Verify(KeyScheme.Sr25519, parent.PublicKey, "x"u8, signature));
    }
}
