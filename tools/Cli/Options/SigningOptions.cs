using System.CommandLine;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Client.Wallets;
using Dtao.Economics;
using Dtao.Keys;
using Dtao.Keys.Files;

namespace Dtao.Cli.Options;

/// <summary>With which key on this machine an operation is signed, on a network that asks for it.</summary>
internal sealed class SigningOptions
{
    private readonly Option<string?> _wallet = new("--wallet-name") { Description = "The wallet on this machine whose coldkey signs; without it, the one that has this coldkey." };

    private readonly Option<string?> _path = new("--wallet-path") { Description = "The folder of wallets; without it, .bittensor/wallets in the home folder." };

    private readonly Option<string?> _passwordVariable = new("--password-env") { Description = "The environment variable that holds the wallet's password, where nobody can be asked." };

    public void AddTo(Command command)
    {
        command.Add(_wallet);
        command.Add(_path);
        command.Add(_passwordVariable);
    }

    /// <summary>The signer's secret: a development account's, or a wallet's on this machine; a hotkey's where that signs.</summary>
    /// <exception cref="UsageException">There is none, or it does not open; nothing was sent.</exception>
    public KeyPair Open(CliContext context, ParseResult parsed, AccountId signer)
    {
        if (DevAccounts.NameOf(signer) is { } name && parsed.GetValue(_wallet) is null) return WalletOptions.ReadSecret(name, KeyScheme.Sr25519);
        var folder = new WalletFolder(parsed.GetValue(_path));
        try
        {
            var entries = folder.List();
            var entry = parsed.GetValue(_wallet) is { } named
                ? entries.FirstOrDefault(known => known.Name == named) ?? throw new UsageException($"There is no wallet '{named}' on this machine; nothing was sent.")
                : entries.FirstOrDefault(known => known.Coldkey == signer || known.Hotkeys.Any(hotkey => hotkey.Account == signer))
                    ?? throw new UsageException($"This network takes signed operations only, and no wallet on this machine has the key of {Shown.Account(signer)}; nothing was sent.");
            var hotkey = entry.Hotkeys.FirstOrDefault(known => known.Account == signer);
            var key = hotkey is null || entry.Coldkey == signer ? Read(context, parsed, folder, entry.Name) : folder.ReadHotkey(entry.Name, hotkey.Name);
            if (new AccountId(key.Pair.PublicKey) == signer) return key.Pair;
            key.Dispose();
            throw new UsageException($"Wallet '{entry.Name}' has no key of {Shown.Account(signer)}; nothing was sent.");
        }
        catch (Exception caught) when (caught is WalletException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(caught.Message);
        }
    }

    private StoredKey Read(CliContext context, ParseResult parsed, WalletFolder folder, string wallet)
    {
        if (!folder.IsColdkeyEncrypted(wallet)) return folder.ReadColdkey(wallet, null);
        var password = WalletOptions.OfVariable(context, parsed.GetValue(_passwordVariable))
            ?? (context.HasPerson ? context.ReadSecret($"Password of the coldkey of '{wallet}': ") : null)
            ?? throw new UsageException("Nobody can be asked for a password here; give --password-env VARIABLE.");
        return folder.ReadColdkey(wallet, password);
    }
}
