using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>wallet swap-hotkey</c>, <c>wallet swap-coldkey</c>, and <c>wallet swap-check</c>; and what the sudo key does about swaps.</summary>
internal static class WalletSwapCommands
{
    public static Command Hotkey(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that owns both hotkeys", true);
        var former = ValueOptions.Account("--hotkey", "The hotkey that is replaced", true);
        var next = ValueOptions.Account("--destination", "The hotkey that takes its place", true, "--dest-hotkey", "--new-hotkey");
        var netuid = ValueOptions.Netuid("--netuid", "The one subnet where it is replaced", false);
        var all = ValueOptions.Flag("--all-netuids", "Replace it on all subnets; the old hotkey then belongs to nobody.", "--all");
        var keepStake = ValueOptions.Flag("--keep-stake", "Leave all stake on the old hotkey.");
        var command = new Command("swap-hotkey", "Put one hotkey in the place of another.") { coldkey, former, next, netuid, all, keepStake };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(netuid) is not null) result.AddError("Give one of --netuid and --all-netuids.");
        });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, from, to, where) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(former)!.Value, parsed.GetValue(next)!.Value, parsed.GetValue(netuid));
            var call = Calls.SwapHotkey(from, to, where, parsed.GetValue(keepStake));
            var place = where is { } only ? $"subnet {only}" : "all subnets";
            return Task.FromResult(new Plan(signer, call, $"Replace hotkey {Shown.Account(from)} by {Shown.Account(to)} on {place}."));
        });
    }

    public static Command Coldkey(CliContext context) => new("swap-coldkey", "Give all that a wallet has to another one.")
    {
        Subcommands =
        {
            OfNewColdkey(context, "announce", "Announce the swap; from then on the wallet can do nothing else.", Calls.AnnounceColdkeySwap, "Announce that {1} takes the place of {0}."),
            OfNewColdkey(context, "execute", "Make the swap that was announced.", Calls.SwapColdkeyAnnounced, "Give everything of {0} to {1}."),
            OfColdkey(context, "clear", "Call the announced swap off.", Calls.ClearColdkeySwapAnnouncement(), "Call the swap of {0} off."),
            OfColdkey(context, "dispute", "Stop the announced swap until the sudo key has decided.", Calls.DisputeColdkeySwap(), "Dispute the swap of {0}."),
        },
    };

    public static Command Check(CliContext context)
    {
        var coldkey = ValueOptions.Wallet("The wallet");
        return ReadCommand.Complete(new Command("swap-check", "Whether a wallet's swap is announced.") { coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var account = parsed.GetValue(coldkey)!.Value;
            var swap = await client.GetColdkeySwapAsync(account, token);
            if (isJson) Printer.Json(context, ToJson(account, swap));
            else Show(context, account, swap);
            return ExitCode.Done;
        });
    }

    /// <summary><c>sudo swap-coldkey</c>.</summary>
    public static Command BySudo(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The network's sudo key", true);
        var former = ValueOptions.Account("--old-coldkey", "The wallet that gives everything away", true, "--former");
        var next = ValueOptions.Account("--new-coldkey", "The wallet that takes its place", true, "--destination");
        var cost = ValueOptions.Amount("--cost", "TAO that the old wallet pays and that is recycled; nothing when left out");
        var command = new Command("swap-coldkey", "Give all that a wallet has to another one, without an announcement.") { coldkey, former, next, cost };
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, from, to) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(former)!.Value, parsed.GetValue(next)!.Value);
            var call = Calls.SwapColdkey(from, to, new Tao(parsed.GetValue(cost) ?? 0));
            return Task.FromResult(new Plan(signer, call, $"Give everything of {Shown.Account(from)} to {Shown.Account(to)}, for {Shown.Tao(call.Amount)}."));
        });
    }

    /// <summary><c>sudo reset-coldkey-swap</c>.</summary>
    public static Command ResetBySudo(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The network's sudo key", true);
        var announced = ValueOptions.Account("--old-coldkey", "The wallet whose swap is announced or disputed", true, "--former");
        var command = new Command("reset-coldkey-swap", "Forget the announcement of a wallet's swap, and its dispute.") { coldkey, announced };
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, of) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(announced)!.Value);
            return Task.FromResult(new Plan(signer, Calls.ResetColdkeySwap(of), $"Forget the announced swap of {Shown.Account(of)}."));
        });
    }

    private static void Show(CliContext context, AccountId account, ColdkeySwap? swap)
    {
        if (swap is null)
        {
            context.Output.WriteLine($"No swap of {Shown.Account(account)} is announced.");
            return;
        }

        Printer.Facts(context, "Coldkey swap",
        [
            ("Coldkey", Shown.Account(account)), ("Hash of the new coldkey", HashOf(swap)), ("From block", swap.ReadyAt.ToString()),
            ("Disputed in block", swap.DisputedAt?.ToString() ?? "no"),
        ]);
    }

    private static JsonObject ToJson(AccountId account, ColdkeySwap? swap) => new()
    {
        ["coldkey"] = Shown.Account(account),
        ["announced"] = swap is not null,
        ["new_coldkey_hash"] = swap is null ? null : HashOf(swap),
        ["from_block"] = swap?.ReadyAt.ToString(),
        ["disputed_in_block"] = swap?.DisputedAt?.ToString(),
    };

    private static string HashOf(ColdkeySwap swap) => "0x" + Convert.ToHexStringLower(swap.Hash.AsSpan());

    private static Command OfNewColdkey(CliContext context, string name, string description, Func<AccountId, Call> call, string what)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that gives everything away", true);
        var next = ValueOptions.Account("--new-coldkey", "The wallet that takes its place", true, "--destination");
        return ValueCommand.Complete(new Command(name, description) { coldkey, next }, context, (parsed, _, _) =>
        {
            var (signer, to) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(next)!.Value);
            return Task.FromResult(new Plan(signer, call(to), Written(what, Shown.Account(signer), Shown.Account(to))));
        });
    }

    private static Command OfColdkey(CliContext context, string name, string description, Call call, string what)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet whose swap is announced", true);
        return ValueCommand.Complete(new Command(name, description) { coldkey }, context, (parsed, _, _) =>
        {
            var signer = parsed.GetValue(coldkey)!.Value;
            return Task.FromResult(new Plan(signer, call, Written(what, Shown.Account(signer))));
        });
    }

    private static string Written(string what, params string[] names) => string.Format(System.Globalization.CultureInfo.InvariantCulture, what, names);
}
