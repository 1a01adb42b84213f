using Dtao.Economics;
using Dtao.Keys;
using Dtao.Keys.Files;

namespace Dtao.Client.Wallets;

/// <summary>Wallets on disk as Bittensor's tools lay them out: a folder each, with one coldkey and any number of hotkeys.</summary>
/// <remarks>
/// <c>NAME/coldkey</c> is the secret, encrypted unless it was made without a password; <c>NAME/coldkeypub.txt</c> its public key; <c>NAME/hotkeys/HOTKEY</c> secrets
/// of hotkeys, plain as their machines need them. Files are made for their owner alone (mode 600), folders too (700); nothing is replaced unless that is asked for.
/// </remarks>
public sealed class WalletFolder
{
    private const string ColdkeyFile = "coldkey";
    private const string ColdkeyPublicFile = "coldkeypub.txt";
    private const string HotkeysFolder = "hotkeys";
    private const string HotkeyPublicEnd = "pub.txt";
    private const int NameLengthMax = 64;

    private readonly string _root;

    /// <param name="root">Null for the place where Bittensor's tools look: <c>.bittensor/wallets</c> in the home folder.</param>
    public WalletFolder(string? root = null) =>
        _root = root ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".bittensor", "wallets");

    /// <summary>Whether a name can be a folder's or a file's, here and elsewhere: letters, digits, dot, dash, underscore, and no dot at the start.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= NameLengthMax && name[0] != '.' && !name.EndsWith(HotkeyPublicEnd, StringComparison.Ordinal)
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    public string ColdkeyPath(string wallet) => Path.Combine(_root, Checked(wallet), ColdkeyFile);

    public string HotkeyPath(string wallet, string hotkey) => Path.Combine(_root, Checked(wallet), HotkeysFolder, Checked(hotkey));

    /// <summary>Every wallet with what can be read of it without a password, by name.</summary>
    public IReadOnlyList<WalletEntry> List()
    {
        if (!Directory.Exists(_root)) return [];
        return
        [
            .. Directory.EnumerateDirectories(_root).Select(folder => Path.GetFileName(folder)!).Where(IsName).Order(StringComparer.Ordinal)
                .Select(name => new WalletEntry(name, ReadColdkeyAddress(name), HotkeysOf(name))),
        ];
    }

    /// <summary>The coldkey's account, from its public file or, where that is missing, from a plain secret; null where neither tells.</summary>
    public AccountId? ReadColdkeyAddress(string wallet) =>
        ReadPublic(Path.Combine(_root, Checked(wallet), ColdkeyPublicFile)) ?? ReadPublic(ColdkeyPath(wallet));

    /// <summary>Whether the wallet has a coldkey, and it needs a password.</summary>
    public bool IsColdkeyEncrypted(string wallet) => File.Exists(ColdkeyPath(wallet)) && BittensorKeyFile.IsEncrypted(File.ReadAllBytes(ColdkeyPath(wallet)));

    /// <exception cref="WalletException">There is no such key, or it does not open.</exception>
    public StoredKey ReadColdkey(string wallet, string? password) => Read(ColdkeyPath(wallet), password);

    /// <exception cref="WalletException">There is no such key, or it does not open.</exception>
    public StoredKey ReadHotkey(string wallet, string hotkey, string? password = null) => Read(HotkeyPath(wallet, hotkey), password);

    /// <exception cref="WalletException">There is one already.</exception>
    public void WriteColdkey(string wallet, StoredKey key, string? password, bool mayReplace = false)
    {
        var address = AddressOf(key.Pair);
        Write(ColdkeyPath(wallet), BittensorKeyFile.Write(key, address, password), mayReplace);
        Write(Path.Combine(_root, wallet, ColdkeyPublicFile), BittensorKeyFile.WritePublic(key.Pair.PublicKey, address), true);
    }

    /// <exception cref="WalletException">There is one already.</exception>
    public void WriteHotkey(string wallet, string hotkey, StoredKey key, bool mayReplace = false)
    {
        var address = AddressOf(key.Pair);
        Write(HotkeyPath(wallet, hotkey), BittensorKeyFile.Write(key, address, null), mayReplace);
        Write(HotkeyPath(wallet, hotkey) + HotkeyPublicEnd, BittensorKeyFile.WritePublic(key.Pair.PublicKey, address), true);
    }

    /// <summary>Writes a file for its owner alone; the old one stands until the new one is whole.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, bool mayReplace)
    {
        if (!mayReplace && File.Exists(path)) throw new WalletException(KeyFault.None, $"'{path}' is there already; nothing was written.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var part = $"{path}.{Guid.NewGuid():N}";
        using (FileStream stream = new(part, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: mayReplace);
    }

    public static string AddressOf(KeyPair pair) => Ss58.Encode(new AccountId(pair.PublicKey));

    private IReadOnlyList<HotkeyEntry> HotkeysOf(string wallet)
    {
        var folder = Path.Combine(_root, wallet, HotkeysFolder);
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Where(IsName).Order(StringComparer.Ordinal)
                .Select(name => new HotkeyEntry(name, ReadPublic(Path.Combine(folder, name)) ?? ReadPublic(Path.Combine(folder, name + HotkeyPublicEnd)))),
        ];
    }

    private static StoredKey Read(string path, string? password)
    {
        if (!File.Exists(path)) throw new WalletException(KeyFault.None, $"There is no key '{path}'.");
        return BittensorKeyFile.Read(File.ReadAllBytes(path), password, out var fault)
            ?? throw new WalletException(fault, $"'{path}' cannot be used. {KeyFaultText.Explain(fault)}");
    }

    private static AccountId? ReadPublic(string path) =>
        File.Exists(path) && BittensorKeyFile.ReadPublic(File.ReadAllBytes(path)) is { } publicKey ? new AccountId(publicKey) : null;

    private static string Checked(string name) => IsName(name) ? name
        : throw new WalletException(KeyFault.None, $"'{name}' cannot be a wallet's or a key's name: use letters, digits, '.', '-', and '_', and no '.' at the start.");
}

/// <summary>A wallet as it can be seen without a password.</summary>
/// <param name="Coldkey">Null where there is none, or none that is readable.</param>
public sealed record WalletEntry(string Name, AccountId? Coldkey, IReadOnlyList<HotkeyEntry> Hotkeys);

/// <summary>A hotkey of a wallet.</summary>
public sealed record HotkeyEntry(string Name, AccountId? Account);
