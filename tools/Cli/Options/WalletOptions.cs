using System.CommandLine;
using Dtao.Client.Wallets;
using Dtao.Keys;

namespace Dtao.Cli.Options;

/// <summary>Which wallet on disk, and where its password comes from.</summary>
internal sealed class WalletOptions
{
    public const string NameDefault = "default";

    private readonly Option<string> _name = new("--wallet-name", "--name")
    {
        Description = "The wallet's name.",
        DefaultValueFactory = _ => NameDefault,
    };

    private readonly Option<string?> _path = new("--wallet-path", "-p") { Description = "The folder of wallets; without it, .bittensor/wallets in the home folder." };

    private readonly Option<string?> _passwordVariable = new("--password-env")
    {
        Description = "The environment variable that holds the password, where nobody can be asked.",
    };

    private readonly Option<bool> _noPassword = ValueOptions.Flag("--no-password", "Leave the file unencrypted.");

    public void AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_path);
    }

    /// <param name="mayBePlain">Whether the command writes a file that may be left unencrypted.</param>
    public void AddPasswordTo(Command command, bool mayBePlain)
    {
        command.Add(_passwordVariable);
        if (mayBePlain) command.Add(_noPassword);
    }

    public string Name(ParseResult parsed) => parsed.GetValue(_name)!;

    public WalletFolder Folder(ParseResult parsed) => new(parsed.GetValue(_path));

    /// <summary>A password for a new file, asked for twice; null for none.</summary>
    public string? NewPassword(CliContext context, ParseResult parsed, string what)
    {
        if (parsed.GetValue(_noPassword)) return null;
        if (OfVariable(context, parsed) is { } given) return given;
        if (!context.HasPerson) throw new UsageException("Nobody can be asked for a password here; give --password-env VARIABLE or --no-password.");
        var password = context.ReadSecret($"Password for {what}: ");
        if (string.IsNullOrEmpty(password)) throw new UsageException("An empty password protects nothing; say --no-password where that is meant.");
        if (password != context.ReadSecret("The same again: ")) throw new UsageException("The passwords differ; nothing was written.");
        return password;
    }

    /// <summary>The password of a file that is there.</summary>
    public string Password(CliContext context, ParseResult parsed, string what)
    {
        if (OfVariable(context, parsed) is { } given) return given;
        if (!context.HasPerson) throw new UsageException("Nobody can be asked for a password here; give --password-env VARIABLE.");
        return context.ReadSecret($"Password of {what}: ") ?? string.Empty;
    }

    /// <summary>Opens a key; asks for a password only where the file needs one.</summary>
    public Keys.Files.StoredKey Open(CliContext context, ParseResult parsed, string? hotkey)
    {
        var (folder, name) = (Folder(parsed), Name(parsed));
        if (hotkey is not null) return folder.ReadHotkey(name, hotkey);
        var password = folder.IsColdkeyEncrypted(name) ? Password(context, parsed, $"the coldkey of '{name}'") : null;
        return folder.ReadColdkey(name, password);
    }

    private string? OfVariable(CliContext context, ParseResult parsed) => OfVariable(context, parsed.GetValue(_passwordVariable));

    /// <summary>The password in an environment variable; null where none is named.</summary>
    public static string? OfVariable(CliContext context, string? variable)
    {
        if (variable is null) return null;
        return context.Variable(variable) is { Length: > 0 } password ? password : throw new UsageException($"The environment variable '{variable}' is empty or not set.");
    }

    /// <summary>Reads a secret that somebody has written, or says what is wrong with it.</summary>
    public static KeyPair ReadSecret(string text, KeyScheme scheme)
    {
        if (SecretUri.Parse(text, scheme, out var fault) is { } pair) return pair;
        throw new UsageException($"The secret cannot be used. {KeyFaultText.Explain(fault)}");
    }
}
