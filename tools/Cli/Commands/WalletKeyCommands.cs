using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client.Wallets;
using Dtao.Keys;
using Dtao.Keys.Files;
using Dtao.Keys.Mnemonics;

namespace Dtao.Cli.Commands;

/// <summary><c>wallet create</c>, <c>import</c>, <c>list</c>, and <c>export</c>: keys on this machine. No network is asked, and no secret is printed but by export.</summary>
internal static class WalletKeyCommands
{
    private const string HotkeyDefault = "default";

    public static Command Create(CliContext context)
    {
        WalletOptions wallet = new();
        OutputOptions output = new();
        var hotkey = HotkeyOption("The name of the hotkey that is made with it.");
        var words = new Option<int>("--n-words") { Description = "Words of the mnemonic: 12, 15, 18, 21, or 24.", DefaultValueFactory = _ => Mnemonic.WordsDefault };
        words.AcceptOnlyFromAmong("12", "15", "18", "21", "24");
        var scheme = SchemeOption();
        var replace = ReplaceOption();
        var command = new Command("create", "Make a wallet: a coldkey, encrypted, and a hotkey.") { hotkey, words, scheme, replace };
        wallet.AddTo(command);
        wallet.AddPasswordTo(command, mayBePlain: true);
        output.AddTo(command);
        command.SetAction(parsed => Guarded(() =>
        {
            var (folder, name, hotkeyName) = (wallet.Folder(parsed), wallet.Name(parsed), parsed.GetValue(hotkey) ?? HotkeyDefault);
            RefuseReplacing(parsed.GetValue(replace), folder.ColdkeyPath(name), folder.HotkeyPath(name, hotkeyName));
            var password = wallet.NewPassword(context, parsed, $"the coldkey of '{name}'");
            using var cold = Generate(parsed.GetValue(words), SchemeOf(parsed.GetValue(scheme)!));
            using var hot = Generate(parsed.GetValue(words), KeyScheme.Sr25519);
            folder.WriteColdkey(name, cold, password, parsed.GetValue(replace));
            folder.WriteHotkey(name, hotkeyName, hot, parsed.GetValue(replace));
            Report(context, output.IsJson(parsed), name, cold.Pair, (hotkeyName, hot.Pair), folder.ColdkeyPath(name));
            if (!output.IsJson(parsed)) context.Output.WriteLine($"Write the words down: 'dtao wallet export --wallet-name {name} --mnemonic' shows them. Whoever has them has the wallet.");
            return ExitCode.Done;
        }));
        return command;
    }

    public static Command Import(CliContext context)
    {
        WalletOptions wallet = new();
        OutputOptions output = new();
        var hotkey = HotkeyOption("Import it as the hotkey of this name; without it, as the coldkey.");
        var mnemonic = ValueOptions.Text("--mnemonic", "Words, a path and a password after them where there are any. Others on this machine can see what is written here.");
        var seed = ValueOptions.Text("--seed", "0x and 64 hexadecimal digits. Others on this machine can see what is written here.");
        var variable = ValueOptions.Text("--secret-env", "The environment variable that holds the words or the seed.");
        var file = ValueOptions.Text("--json-file", "A file that a wallet in JavaScript has exported.");
        var fileVariable = ValueOptions.Text("--json-password-env", "The environment variable that holds that file's password.");
        var scheme = SchemeOption();
        var replace = ReplaceOption();
        var command = new Command("import", "Take a key in, from words, a seed, or another wallet's file.") { hotkey, mnemonic, seed, variable, file, fileVariable, scheme, replace };
        command.Aliases.Add("regen");
        wallet.AddTo(command);
        wallet.AddPasswordTo(command, mayBePlain: true);
        output.AddTo(command);
        command.SetAction(parsed => Guarded(() =>
        {
            var (folder, name, hotkeyName) = (wallet.Folder(parsed), wallet.Name(parsed), parsed.GetValue(hotkey));
            RefuseReplacing(parsed.GetValue(replace), hotkeyName is null ? folder.ColdkeyPath(name) : folder.HotkeyPath(name, hotkeyName));
            using var key = parsed.GetValue(file) is { } path
                ? ReadExported(context, path, parsed.GetValue(fileVariable))
                : ReadWritten(ReadSecret(context, parsed.GetValue(mnemonic) ?? parsed.GetValue(seed), parsed.GetValue(variable)), SchemeOf(parsed.GetValue(scheme)!));
            if (hotkeyName is null) folder.WriteColdkey(name, key, wallet.NewPassword(context, parsed, $"the coldkey of '{name}'"), parsed.GetValue(replace));
            else folder.WriteHotkey(name, hotkeyName, key, parsed.GetValue(replace));
            Report(
                context, output.IsJson(parsed), name, hotkeyName is null ? key.Pair : null, hotkeyName is null ? null : (hotkeyName, key.Pair),
                hotkeyName is null ? folder.ColdkeyPath(name) : folder.HotkeyPath(name, hotkeyName));
            return ExitCode.Done;
        }));
        return command;
    }

    public static Command List(CliContext context)
    {
        WalletOptions wallet = new();
        OutputOptions output = new();
        var command = new Command("list", "The wallets of this machine, with their addresses.");
        wallet.AddTo(command);
        output.AddTo(command);
        command.SetAction(parsed => Guarded(() =>
        {
            var entries = wallet.Folder(parsed).List();
            if (output.IsJson(parsed))
            {
                Printer.Json(context, new JsonObject { ["wallets"] = new JsonArray([.. entries.Select(ToJson)]) });
                return ExitCode.Done;
            }

            Printer.Table(context, "Wallets", [new("Wallet"), new("Key"), new("Address")], [.. entries.SelectMany(RowsOf)]);
            return ExitCode.Done;
        }));
        return command;
    }

    public static Command Export(CliContext context)
    {
        WalletOptions wallet = new();
        var hotkey = HotkeyOption("The hotkey to export; without it, the coldkey.");
        var words = ValueOptions.Flag("--mnemonic", "Print the words. Whoever sees them has the wallet.");
        var seed = ValueOptions.Flag("--seed", "Print the seed. Whoever sees it has the wallet.");
        var file = ValueOptions.Text("--json-file", "Write a file that wallets in JavaScript read.");
        var fileVariable = ValueOptions.Text("--json-password-env", "The environment variable that holds that file's password.");
        var replace = ReplaceOption();
        var command = new Command("export", "Give a key out: its words, its seed, or a file for another wallet.") { hotkey, words, seed, file, fileVariable, replace };
        wallet.AddTo(command);
        wallet.AddPasswordTo(command, mayBePlain: false);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(words) ? 1 : 0) + (result.GetValue(seed) ? 1 : 0) + (result.GetValue(file) is null ? 0 : 1) != 1)
            {
                result.AddError("Say one of --mnemonic, --seed, or --json-file.");
            }
        });
        command.SetAction(parsed => Guarded(() =>
        {
            using var key = wallet.Open(context, parsed, parsed.GetValue(hotkey));
            if (parsed.GetValue(words)) return Print(context, key.Phrase, "This key did not come from words; export its seed, or a file.");
            if (parsed.GetValue(seed)) return Print(context, SeedOf(key.Pair), "This key did not grow from a seed; export a file.");
            var password = FilePassword(context, parsed.GetValue(fileVariable), "Password for the new file (none leaves it unencrypted): ");
            var name = parsed.GetValue(hotkey) is { } hot ? $"{wallet.Name(parsed)}/{hot}" : wallet.Name(parsed);
            var json = PolkadotKeyFile.Write(key.Pair, WalletFolder.AddressOf(key.Pair), password, name);
            WalletFolder.Write(parsed.GetValue(file)!, Encoding.UTF8.GetBytes(json), parsed.GetValue(replace));
            context.Output.WriteLine($"Wrote {WalletFolder.AddressOf(key.Pair)} to '{parsed.GetValue(file)}'{(string.IsNullOrEmpty(password) ? ", unencrypted" : string.Empty)}.");
            return ExitCode.Done;
        }));
        return command;
    }

    private static int Guarded(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception caught) when (caught is WalletException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(caught.Message);
        }
    }

    /// <summary>Asked before a password is, and before a key is made.</summary>
    private static void RefuseReplacing(bool mayReplace, params string[] paths)
    {
        if (!mayReplace && paths.FirstOrDefault(File.Exists) is { } path) throw new UsageException($"'{path}' is there already; nothing was written. --overwrite replaces it, for good.");
    }

    private static StoredKey Generate(int words, KeyScheme scheme)
    {
        var phrase = Mnemonic.Generate(words);
        return new StoredKey(WalletOptions.ReadSecret(phrase, scheme), phrase);
    }

    private static string ReadSecret(CliContext context, string? written, string? variable)
    {
        if (written is not null) return written;
        if (variable is not null) return context.Variable(variable) ?? throw new UsageException($"The environment variable '{variable}' is not set.");
        if (!context.HasPerson) throw new UsageException("Nobody can be asked for a secret here; give --secret-env VARIABLE, --mnemonic, --seed, or --json-file.");
        return context.ReadSecret("Words or seed: ") ?? string.Empty;
    }

    /// <summary>The words are kept only where they alone make the key.</summary>
    private static StoredKey ReadWritten(string secret, KeyScheme scheme)
    {
        var phrase = string.Join(' ', secret.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new StoredKey(WalletOptions.ReadSecret(secret, scheme), Mnemonic.ToEntropy(phrase, out _) is null ? null : phrase);
    }

    private static StoredKey ReadExported(CliContext context, string path, string? variable)
    {
        if (!File.Exists(path)) throw new UsageException($"There is no file '{path}'.");
        var json = File.ReadAllText(path);
        var pair = PolkadotKeyFile.Read(json, null, out var fault);
        if (fault == KeyFault.PasswordNeeded) pair = PolkadotKeyFile.Read(json, FilePassword(context, variable, $"Password of '{path}': "), out fault);
        return pair is null ? throw new UsageException($"'{path}' cannot be used. {KeyFaultText.Explain(fault)}") : new StoredKey(pair, null);
    }

    private static string? FilePassword(CliContext context, string? variable, string question)
    {
        if (variable is not null) return context.Variable(variable) ?? throw new UsageException($"The environment variable '{variable}' is not set.");
        if (!context.HasPerson) throw new UsageException("Nobody can be asked for a password here; give --json-password-env VARIABLE.");
        return context.ReadSecret(question);
    }

    private static string? SeedOf(KeyPair pair)
    {
        Span<byte> seed = stackalloc byte[KeyPair.SeedLength];
        return pair.TryCopySeedTo(seed) ? "0x" + Convert.ToHexStringLower(seed) : null;
    }

    private static int Print(CliContext context, string? secret, string otherwise)
    {
        if (secret is null) throw new UsageException(otherwise);
        context.Output.WriteLine(secret);
        return ExitCode.Done;
    }

    private static void Report(CliContext context, bool isJson, string name, KeyPair? coldkey, (string Name, KeyPair Pair)? hotkey, string path)
    {
        if (isJson)
        {
            Printer.Json(context, new JsonObject
            {
                ["wallet"] = name,
                ["coldkey"] = coldkey is null ? null : WalletFolder.AddressOf(coldkey),
                ["hotkey"] = hotkey?.Name,
                ["hotkey_address"] = hotkey is { } hot ? WalletFolder.AddressOf(hot.Pair) : null,
            });
            return;
        }

        if (coldkey is not null) context.Output.WriteLine($"Wallet '{name}', coldkey {WalletFolder.AddressOf(coldkey)}, in '{path}'.");
        if (hotkey is { } made) context.Output.WriteLine($"Hotkey '{made.Name}' of '{name}': {WalletFolder.AddressOf(made.Pair)}.");
    }

    private static IEnumerable<string[]> RowsOf(WalletEntry entry) =>
    [
        [entry.Name, "coldkey", Shown.OptionalAddress(entry.Coldkey) ?? "-"],
        .. entry.Hotkeys.Select(string[] (hot) => [string.Empty, hot.Name, Shown.OptionalAddress(hot.Account) ?? "-"]),
    ];

    private static JsonNode ToJson(WalletEntry entry) => new JsonObject
    {
        ["name"] = entry.Name,
        ["coldkey"] = Shown.OptionalAddress(entry.Coldkey),
        ["hotkeys"] = new JsonArray(
            [.. entry.Hotkeys.Select(JsonNode (hot) => new JsonObject { ["name"] = hot.Name, ["address"] = Shown.OptionalAddress(hot.Account) })]),
    };

    private static Option<string?> HotkeyOption(string description) => ValueOptions.Text("--wallet-hotkey", description, "--hotkey", "-H");

    private static Option<bool> ReplaceOption() => ValueOptions.Flag("--overwrite", "Replace what is there already, for good.");

    private static Option<string> SchemeOption()
    {
        var option = new Option<string>("--scheme") { Description = "sr25519, as wallets of the chain, or ed25519.", DefaultValueFactory = _ => "sr25519" };
        option.AcceptOnlyFromAmong("sr25519", "ed25519");
        return option;
    }

    private static KeyScheme SchemeOf(string name) => name == "ed25519" ? KeyScheme.Ed25519 : KeyScheme.Sr25519;
}
