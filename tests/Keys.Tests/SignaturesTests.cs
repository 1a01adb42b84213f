using System.Text.Json;
using CsCheck;
using Dtao.Hosting.Conformance;
using Xunit;

namespace Dtao.Keys.Tests;

/// <summary>Who signed what. The vectors are made by the public Substrate libraries; see tests/vectors/README.md.</summary>
public sealed class SignaturesTests
{
    private static readonly string s_vectors = Path.Combine(AppContext.BaseDirectory, "vectors", "substrate-crypto.json");

    /// <summary>The order of the group; as a scalar it is zero, written in a second way.</summary>
    private static readonly byte[] s_order = Convert.FromHexString("EDD3F55C1A631258D69CF7A2DEF9DE1400000000000000000000000000000010");

    [Fact]
    public void Vectors_EveryCase_ComesOut()
    {
        var report = KeyVectors.RunFile(s_vectors);

        Assert.Empty(report.Failures.Select(failure => $"{failure.Reason}: {failure.Case}"));
        Assert.Equal(143, report.Passed);
    }

    [Fact]
    public void Program_AFileOfTamperedCases_NamesEachOfThem()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(s_vectors));
        var signed = document.RootElement.GetProperty("signatures")[0].GetRawText();
        var swapped = signed.Replace("tampered_signature", "x", StringComparison.Ordinal).Replace("\"signature\"", "\"tampered_signature\"", StringComparison.Ordinal)
            .Replace("\"x\"", "\"signature\"", StringComparison.Ordinal);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, $$"""{"signatures":[{{signed}},{{swapped}}],"keys":[{"suri":"//Alice","sr25519_public":"0x00"}],"hashes":[]}""");

        var report = KeyVectors.RunFile(path);

        File.Delete(path);
        Assert.Equal(1, report.Passed);
        Assert.Equal(["signatures: the signature is not accepted", "keys: sr25519: another public key"], report.Failures.Select(failure => failure.Reason));
    }

    /// <summary>Every bit of key, message, and signature is signed.</summary>
    [Theory]
    [InlineData(KeyScheme.Sr25519)]
    [InlineData(KeyScheme.Ed25519)]
    public void Verify_AnyBitChanged_IsRefused(KeyScheme scheme) => Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, int.MaxValue]).Sample((message, where) =>
    {
        using var pair = KeyPair.Generate(scheme);
        var signature = Sign(pair, message);
        byte[][] parts = [pair.PublicKey.ToArray(), message, signature];
        var bit = where % parts.Sum(part => part.Length * 8);

        Assert.True(Signatures.Verify(scheme, parts[0], parts[1], parts[2]));
        var part = 0;
        while (bit >= parts[part].Length * 8) bit -= parts[part++].Length * 8;
        parts[part][bit / 8] ^= (byte)(1 << (bit % 8));
        Assert.False(Signatures.Verify(scheme, parts[0], parts[1], parts[2]));
    }, iter: 300);

    /// <summary>Two signatures of one message with one key have nothing in common, and so show nothing of the key.</summary>
    [Fact]
    public void Sign_Sr25519Twice_NeverUsesANonceAgain()
    {
        using var pair = KeyPair.Generate(KeyScheme.Sr25519);

        var nonces = Enumerable.Range(0, 200).Select(_ => Convert.ToHexString(Sign(pair, "the same"u8).AsSpan(0, 32))).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(200, nonces.Count);
    }

    [Fact]
    public void Verify_OtherScheme_IsRefused()
    {
        using var schnorr = KeyPair.Generate(KeyScheme.Sr25519);
        using var edwards = KeyPair.Generate(KeyScheme.Ed25519);

        Assert.False(Signatures.Verify(KeyScheme.Ed25519, schnorr.PublicKey, "x"u8, Sign(schnorr, "x"u8)));
        Assert.False(Signatures.Verify(KeyScheme.Sr25519, edwards.PublicKey, "x"u8, Sign(edwards, "x"u8)));
        Assert.False(Signatures.Verify((KeyScheme)2, edwards.PublicKey, "x"u8, Sign(edwards, "x"u8)));
    }

    /// <summary>A scalar that is written as s plus the order stands for the same number; only one way of writing it is a signature.</summary>
    [Theory]
    [InlineData(KeyScheme.Sr25519)]
    [InlineData(KeyScheme.Ed25519)]
    public void Verify_ScalarNotCanonical_IsRefused(KeyScheme scheme)
    {
        using var pair = KeyPair.Generate(scheme);
        var signature = Sign(pair, "x"u8);
        var marker = (byte)(scheme == KeyScheme.Sr25519 ? 0x80 : 0);
        signature[63] = (byte)(signature[63] & 0x7F);
        var carried = 0;
        for (var i = 0; i < 32; i++)
        {
            carried += signature[32 + i] + s_order[i];
            signature[32 + i] = (byte)(carried & 0xFF);
            carried >>= 8;
        }

        signature[63] |= marker;

        Assert.False(Signatures.Verify(scheme, pair.PublicKey, "x"u8, signature));
    }

    /// <summary>Keys of small order, for which one signature would fit every message; and lengths that no key or signature has.</summary>
    public static TheoryData<KeyScheme, string, string> Worthless => new()
    {
        { KeyScheme.Sr25519, new string('0', 64), new string('0', 126) + "80" },
        { KeyScheme.Ed25519, "01" + new string('0', 62), "01" + new string('0', 126) },
        { KeyScheme.Ed25519, new string('0', 64), new string('0', 128) },
        { KeyScheme.Ed25519, "ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F", new string('0', 128) },
        { KeyScheme.Sr25519, new string('F', 64), new string('F', 128) },
        { KeyScheme.Sr25519, "", "" },
        { KeyScheme.Sr25519, new string('0', 66), new string('0', 128) },
        { KeyScheme.Ed25519, new string('0', 64), new string('0', 126) },
    };

    [Theory]
    [MemberData(nameof(Worthless))]
    public void Verify_WorthlessKeyOrSignature_IsRefused(KeyScheme scheme, string publicKey, string signature) =>
        Assert.False(Signatures.Verify(scheme, Convert.FromHexString(publicKey), "x"u8, Convert.FromHexString(signature)));

    [Theory]
    [InlineData(KeyScheme.Sr25519)]
    [InlineData(KeyScheme.Ed25519)]
    public void KeyPair_AsText_ShowsThePublicKeyAlone(KeyScheme scheme)
    {
        using var pair = KeyPair.Generate(scheme);
        var secret = new byte[KeyPair.SecretLength];
        pair.CopySecretTo(secret);

        var text = pair.ToString();

        Assert.Equal($"{scheme} 0x{Convert.ToHexStringLower(pair.PublicKey)}", text);
        Assert.DoesNotContain(Convert.ToHexStringLower(secret.AsSpan(0, 32)), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyScheme.Sr25519)]
    [InlineData(KeyScheme.Ed25519)]
    public void KeyPair_Disposed_NoLongerSigns(KeyScheme scheme)
    {
        var pair = KeyPair.Generate(scheme);
        pair.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Sign(pair, "x"u8));
        Assert.Throws<ObjectDisposedException>(() => pair.CopySecretTo(new byte[KeyPair.SecretLength]));
    }

    private static byte[] Sign(KeyPair pair, ReadOnlySpan<byte> message)
    {
        var signature = new byte[KeyPair.SignatureLength];
        pair.Sign(message, signature);
        return signature;
    }
}
