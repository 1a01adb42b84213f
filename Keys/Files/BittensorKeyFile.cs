using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.Keys.Mnemonics;

namespace Dtao.Keys.Files;

/// <summary>A key file of a Bittensor wallet: JSON, plain for hotkeys, and under Argon2i and XSalsa20-Poly1305 for coldkeys.</summary>
/// <remarks>
/// The encrypted form is "$NACL", a nonce of 24 bytes, and the box. Its salt is the same for all wallets, which is the format's; so a password has to be good.
/// Two older forms (Ansible's vault, and Fernet) are recognised and not opened.
/// </remarks>
public static class BittensorKeyFile
{
    private const int FileBytesMax = 64 * 1024;
    private const string SchemeField = "cryptoType";

    /// <summary>The limits called "sensitive" of libsodium's Argon2i.</summary>
    internal static readonly ArgonCost Cost = new(8, 512 * 1024 * 1024);

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> Mark => "$NACL"u8;

    private static ReadOnlySpan<byte> Salt => [0x13, 0x71, 0x83, 0xDF, 0xF1, 0x5A, 0x09, 0xBC, 0x9C, 0x90, 0xB5, 0x51, 0x87, 0x39, 0xE9, 0xB1];

    public static bool IsEncrypted(ReadOnlySpan<byte> file) => file.StartsWith(Mark);

    /// <summary>The key of a file; null and the fault where there is none. A public key in the file is checked against the secret.</summary>
    /// <param name="password">Null where none is known.</param>
    public static StoredKey? Read(ReadOnlySpan<byte> file, string? password, out KeyFault fault) => Read(file, password, Cost, out fault);

    /// <summary>Writes a file.</summary>
    /// <param name="address">The account as wallets show it.</param>
    /// <param name="password">Null or empty leaves the secret plain.</param>
    public static byte[] Write(StoredKey key, string address, string? password) => Write(key, address, password, Cost);

    /// <summary>What is written beside a key file for those who must not know the secret.</summary>
    public static byte[] WritePublic(ReadOnlySpan<byte> publicKey, string address)
    {
        var hex = "0x" + Convert.ToHexStringLower(publicKey);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["accountId"] = hex, ["publicKey"] = hex, ["ss58Address"] = address }, s_json);
    }

    /// <summary>The public key of a plain file, with or without its secret; null where there is none.</summary>
    public static byte[]? ReadPublic(ReadOnlySpan<byte> file)
    {
        if (file.Length > FileBytesMax || !TryParse(file, out var json)) return null;
        using (json) return ReadHex(json.RootElement, "publicKey", KeyPair.PublicKeyLength) ?? ReadHex(json.RootElement, "accountId", KeyPair.PublicKeyLength);
    }

    internal static StoredKey? Read(ReadOnlySpan<byte> file, string? password, in ArgonCost cost, out KeyFault fault)
    {
        fault = KeyFault.BadFile;
        if (file.Length > FileBytesMax) return null;
        fault = KeyFault.UnknownEncryption;
        if (file.StartsWith("$ANSIBLE_VAULT"u8) || file.StartsWith("gAAAAA"u8)) return null;
        if (!IsEncrypted(file)) return ReadPlain(file, out fault);
        fault = KeyFault.PasswordNeeded;
        if (password is null) return null;
        if (PasswordBox.OpenWithArgon(file[Mark.Length..], Encoding.UTF8.GetBytes(password), Salt, cost, out fault) is not { } plain) return null;
        var key = ReadPlain(plain, out fault);
        CryptographicOperations.ZeroMemory(plain);
        return key;
    }

    internal static byte[] Write(StoredKey key, string address, string? password, in ArgonCost cost)
    {
        var plain = WritePlain(key, address);
        if (string.IsNullOrEmpty(password)) return plain;
        byte[] file = [.. Mark, .. PasswordBox.SealWithArgon(plain, Encoding.UTF8.GetBytes(password), Salt, cost)];
        CryptographicOperations.ZeroMemory(plain);
        return file;
    }

    private static byte[] WritePlain(StoredKey key, string address)
    {
        var hex = "0x" + Convert.ToHexStringLower(key.Pair.PublicKey);
        Span<byte> secret = stackalloc byte[KeyPair.SecretLength];
        Span<byte> seed = stackalloc byte[KeyPair.SeedLength];
        key.Pair.CopySecretTo(secret);
        var json = new JsonObject { ["accountId"] = hex, ["publicKey"] = hex, ["privateKey"] = "0x" + Convert.ToHexStringLower(secret) };
        if (key.Phrase is not null) json["secretPhrase"] = key.Phrase;
        if (key.Pair.TryCopySeedTo(seed)) json["secretSeed"] = "0x" + Convert.ToHexStringLower(seed);
        json["ss58Address"] = address;
        if (key.Pair.Scheme != KeyScheme.Sr25519) json[SchemeField] = (int)key.Pair.Scheme;
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(seed);
        return JsonSerializer.SerializeToUtf8Bytes(json, s_json);
    }

    private static StoredKey? ReadPlain(ReadOnlySpan<byte> plain, out KeyFault fault)
    {
        fault = KeyFault.BadFile;
        if (!TryParse(plain, out var json)) return null;
        using (json)
        {
            var root = json.RootElement;
            var phrase = ReadText(root, "secretPhrase");
            if (ReadPair(root, phrase, out fault) is not { } pair) return null;
            var named = ReadHex(root, "publicKey", KeyPair.PublicKeyLength);
            if (named is null || pair.PublicKey.SequenceEqual(named)) return new StoredKey(pair, phrase);
            pair.Dispose();
            fault = KeyFault.WrongPublicKey;
            return null;
        }
    }

    /// <summary>The seed comes first: a key behind a path has one, and its phrase alone would make another key.</summary>
    private static KeyPair? ReadPair(JsonElement root, string? phrase, out KeyFault fault)
    {
        var scheme = root.TryGetProperty(SchemeField, out var written) && written.ValueKind == JsonValueKind.Number && written.GetRawText() == "0"
            ? KeyScheme.Ed25519 : KeyScheme.Sr25519;
        fault = KeyFault.None;
        var seed = ReadHex(root, "secretSeed", KeyPair.SeedLength);
        if (seed is null && phrase is not null) seed = Mnemonic.ToSeed(phrase, string.Empty, out fault);
        if (seed is not null)
        {
            var pair = KeyPair.FromSeed(scheme, seed);
            CryptographicOperations.ZeroMemory(seed);
            return pair;
        }

        if (fault != KeyFault.None) return null;
        fault = KeyFault.BadFile;
        if (ReadHex(root, "privateKey", KeyPair.SecretLength) is not { } secret) return null;
        KeyPair? stored = scheme == KeyScheme.Sr25519 ? Sr25519KeyPair.OfSecret(secret, isMultiplied: false) : KeyPair.FromSeed(scheme, secret.AsSpan(0, KeyPair.SeedLength));
        CryptographicOperations.ZeroMemory(secret);
        if (stored is not null) fault = KeyFault.None;
        return stored;
    }

    private static bool TryParse(ReadOnlySpan<byte> plain, out JsonDocument json)
    {
        json = null!;
        try
        {
            json = JsonDocument.Parse(plain.ToArray());
            if (json.RootElement.ValueKind == JsonValueKind.Object) return true;
            json.Dispose();
            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? ReadText(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static byte[]? ReadHex(JsonElement root, string name, int length)
    {
        if (ReadText(root, name) is not { } text) return null;
        var digits = text.AsSpan(text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0);
        var bytes = new byte[length];
        return digits.Length == 2 * length && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }
}
