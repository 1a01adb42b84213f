using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dtao.Keys.Files;

/// <summary>The JSON in which Substrate's wallets in JavaScript export an account: PKCS8 with the scheme's secret, under scrypt and XSalsa20-Poly1305, or plain.</summary>
/// <remarks>Version 3 of the format. Its PKCS8 names ed25519 whatever the key is; the scheme stands beside it.</remarks>
public static class PolkadotKeyFile
{
    private const string Version = "3";
    private const int FileCharactersMax = 64 * 1024;

    private static ReadOnlySpan<byte> Head => [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

    private static ReadOnlySpan<byte> Divider => [161, 35, 3, 33, 0];

    /// <summary>The key of a file; null and the fault where there is none. The public key in the file is checked against the secret.</summary>
    /// <param name="password">Null where none is known.</param>
    public static KeyPair? Read(string json, string? password, out KeyFault fault)
    {
        fault = KeyFault.BadFile;
        if (json.Length > FileCharactersMax || !TryReadJson(json, out var scheme, out var isEncrypted, out var encoded)) return null;
        if (!isEncrypted) return ReadPlain(encoded, scheme, out fault);
        fault = KeyFault.PasswordNeeded;
        if (password is null) return null;
        if (PasswordBox.OpenWithScrypt(encoded, Encoding.UTF8.GetBytes(password), out fault) is not { } plain) return null;
        var pair = ReadPlain(plain, scheme, out fault);
        CryptographicOperations.ZeroMemory(plain);
        return pair;
    }

    /// <summary>Writes a file that the wallets read.</summary>
    /// <param name="address">The account as the wallets show it.</param>
    /// <param name="password">Null or empty leaves the secret plain.</param>
    /// <param name="name">What the wallets call the account.</param>
    public static string Write(KeyPair pair, string address, string? password, string name) => Write(pair, address, password, name, PasswordBox.CostDefault);

    internal static string Write(KeyPair pair, string address, string? password, string name, uint cost)
    {
        var plain = new byte[Head.Length + KeyPair.SecretLength + Divider.Length + KeyPair.PublicKeyLength];
        Head.CopyTo(plain);
        var secret = plain.AsSpan(Head.Length, KeyPair.SecretLength);
        if (pair is Sr25519KeyPair schnorr) schnorr.CopyMultipliedSecretTo(secret);
        else pair.CopySecretTo(secret);
        Divider.CopyTo(plain.AsSpan(Head.Length + KeyPair.SecretLength));
        pair.PublicKey.CopyTo(plain.AsSpan(plain.Length - KeyPair.PublicKeyLength));
        var isPlain = string.IsNullOrEmpty(password);
        var encoded = Convert.ToBase64String(isPlain ? plain : PasswordBox.SealWithScrypt(plain, Encoding.UTF8.GetBytes(password!), cost));
        CryptographicOperations.ZeroMemory(plain);
        return new JsonObject
        {
            ["encoded"] = encoded,
            ["encoding"] = new JsonObject
            {
                ["content"] = new JsonArray("pkcs8", pair.Scheme == KeyScheme.Sr25519 ? "sr25519" : "ed25519"),
                ["type"] = isPlain ? new JsonArray("none") : new JsonArray("scrypt", "xsalsa20-poly1305"),
                ["version"] = Version,
            },
            ["address"] = address,
            ["meta"] = new JsonObject { ["name"] = name },
        }.ToJsonString();
    }

    private static bool TryReadJson(string json, out KeyScheme scheme, out bool isEncrypted, out byte[] encoded)
    {
        (scheme, isEncrypted, encoded) = (default, false, []);
        try
        {
            using var document = JsonDocument.Parse(json);
            var encoding = document.RootElement.GetProperty("encoding");
            if (encoding.GetProperty("version").GetString() != Version) return false;
            var content = Texts(encoding.GetProperty("content"));
            var type = Texts(encoding.GetProperty("type"));
            if (content is not ["pkcs8", "sr25519" or "ed25519"] || type is not (["none"] or ["scrypt", "xsalsa20-poly1305"])) return false;
            scheme = content[1] == "sr25519" ? KeyScheme.Sr25519 : KeyScheme.Ed25519;
            isEncrypted = type.Length == 2;
            encoded = document.RootElement.GetProperty("encoded").GetBytesFromBase64();
            return true;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static string?[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(entry => entry.GetString())];

    private static KeyPair? ReadPlain(ReadOnlySpan<byte> plain, KeyScheme scheme, out KeyFault fault)
    {
        fault = KeyFault.BadFile;
        // Old files of ed25519 carry the seed alone.
        var tail = Divider.Length + KeyPair.PublicKeyLength;
        var secretLength = plain.Length - Head.Length - tail;
        if (secretLength is not (KeyPair.SecretLength or KeyPair.SeedLength) || !plain.StartsWith(Head)) return null;
        if (!plain[(Head.Length + secretLength)..].StartsWith(Divider)) return null;
        var secret = plain.Slice(Head.Length, secretLength);
        if (scheme == KeyScheme.Sr25519 && secretLength != KeyPair.SecretLength) return null;
        KeyPair? pair = scheme == KeyScheme.Sr25519 ? Sr25519KeyPair.OfSecret(secret, isMultiplied: true) : KeyPair.FromSeed(scheme, secret[..KeyPair.SeedLength]);
        if (pair is null) return null;
        fault = pair.PublicKey.SequenceEqual(plain[^KeyPair.PublicKeyLength..]) ? KeyFault.None : KeyFault.WrongPublicKey;
        if (fault == KeyFault.None) return pair;
        pair.Dispose();
        return null;
    }
}
