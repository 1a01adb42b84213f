using System.Text;
using System.Text.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Keys;

namespace Dtao.Hosting.Conformance;

/// <summary>Runs a file of signatures, derived keys, and hashes: the shape of <c>substrate-crypto.json</c>.</summary>
public static class KeyVectors
{
    private const string Topic = "keys";

    /// <summary>Told by the file's own shape, so that one under another name is run too.</summary>
    public static bool IsOne(string path)
    {
        if (Path.GetExtension(path) != ".json") return false;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            return document.RootElement.ValueKind == JsonValueKind.Object && Sections.All(name => document.RootElement.TryGetProperty(name, out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Runs every case; a case that does not come out is a failure with what it was given, in place of a line its number from 1.</summary>
    public static VectorReport RunFile(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        List<VectorFailure> failures = [];
        var cases = 0;
        foreach (var (section, check) in s_checks)
        {
            foreach (var given in document.RootElement.GetProperty(section).EnumerateArray())
            {
                cases++;
                if (Check(check, given) is { } difference) failures.Add(new(cases, $"{section}: {difference}", given.GetRawText()));
            }
        }

        return new(Path.GetFileName(path), Topic, cases - failures.Count, failures, new Dictionary<string, int>());
    }

    private static readonly (string Section, Func<JsonElement, string?> Check)[] s_checks =
        [("signatures", CheckSignature), ("keys", CheckKey), ("hashes", CheckHash)];

    private static IEnumerable<string> Sections => s_checks.Select(check => check.Section);

    private static string? Check(Func<JsonElement, string?> check, JsonElement given)
    {
        try
        {
            return check(given);
        }
        catch (Exception fault) when (fault is FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return $"malformed case: {fault.Message}";
        }
    }

    /// <summary>The seed's public key and address, the signature, the tampered one, and a signature of our own.</summary>
    private static string? CheckSignature(JsonElement given)
    {
        var scheme = Text(given, "type") == "sr25519" ? KeyScheme.Sr25519 : KeyScheme.Ed25519;
        var (publicKey, message) = (Bytes(given, "public_key"), Bytes(given, "message"));
        using var pair = KeyPair.FromSeed(scheme, Bytes(given, "seed"));
        if (!pair.PublicKey.SequenceEqual(publicKey)) return "the seed makes another public key";
        if (Ss58.Encode(new AccountId(publicKey)) != Text(given, "ss58_42")) return "the public key has another address";
        if (!Signatures.Verify(scheme, publicKey, message, Bytes(given, "signature"))) return "the signature is not accepted";
        if (Signatures.Verify(scheme, publicKey, message, Bytes(given, "tampered_signature"))) return "the tampered signature is accepted";
        var own = new byte[KeyPair.SignatureLength];
        pair.Sign(message, own);
        return Signatures.Verify(scheme, publicKey, message, own) ? null : "a signature made here is not accepted";
    }

    private static string? CheckKey(JsonElement given)
    {
        foreach (var scheme in new[] { KeyScheme.Sr25519, KeyScheme.Ed25519 })
        {
            var name = scheme == KeyScheme.Sr25519 ? "sr25519" : "ed25519";
            using var pair = SecretUri.Parse(Text(given, "suri")!, scheme, out var fault);
            if (Text(given, $"{name}_public") is not { } expected)
            {
                if (fault != KeyFault.SoftNotPossible) return $"{name} derives a key where there is none";
                continue;
            }

            if (pair is null) return $"{name}: {fault}";
            if (!pair.PublicKey.SequenceEqual(Convert.FromHexString(expected[2..]))) return $"{name}: another public key";
            if (Ss58.Encode(new AccountId(pair.PublicKey)) != Text(given, $"{name}_ss58")) return $"{name}: another address";
        }

        return null;
    }

    private static string? CheckHash(JsonElement given)
    {
        var text = Encoding.UTF8.GetBytes(Text(given, "text")!);
        foreach (var (name, length) in new[] { ("twox64", 8), ("twox128", 16), ("blake2_128", 16), ("blake2_256", 32), ("blake2_512", 64) })
        {
            var digest = new byte[length];
            if (name.StartsWith("twox", StringComparison.Ordinal)) SubstrateHash.Twox(text, digest);
            else SubstrateHash.Blake2b(text, digest);
            if (!digest.AsSpan().SequenceEqual(Bytes(given, name))) return $"another {name}";
        }

        return null;
    }

    private static string? Text(JsonElement given, string name) => given.GetProperty(name).GetString();

    private static byte[] Bytes(JsonElement given, string name) => Convert.FromHexString(Text(given, name).AsSpan(2));
}
