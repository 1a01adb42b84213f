using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>root claim</c>, <c>root set-claim-type</c>, and <c>root set-auto-parent</c>; what only looks stands in <see cref="RootViewCommands"/>.</summary>
internal static class RootCommands
{
    public static Command Create(CliContext context) => new("root", "Root: its validators, and the dividends of root stake.")
    {
        Subcommands = { Claim(context), SetType(context), SetAutoParent(context), RootViewCommands.List(context), RootViewCommands.Claimable(context), RootViewCommands.GetClaimType(context) },
    };

    private static Command Claim(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that owns the root stake", true);
        var netuids = ValueOptions.ShortNumbers("--netuids", "Subnets to claim from, at most five, with commas between", true, "--netuid");
        return ValueCommand.Complete(new Command("claim", "Claim what root stake has earned on subnets.") { coldkey, netuids }, context, (parsed, _, _) =>
        {
            var (signer, numbers) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(netuids)!);
            var call = Calls.ClaimRoot(numbers.Select(number => new NetUid(number)));
            return Task.FromResult(new Plan(signer, call, $"Claim root dividends of {Shown.Account(signer)} on subnets {string.Join(", ", numbers)}."));
        });
    }

    private static Command SetAutoParent(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The hotkey's owner", true);
        var hotkey = ValueOptions.Account("--hotkey", "The validator on root", true);
        var enabled = new Option<bool>("--enabled") { Description = "true: it becomes a parent on subnets to come; false: it does not.", Required = true };
        var command = new Command("set-auto-parent", "Whether a root validator becomes a parent on new subnets.") { coldkey, hotkey, enabled };
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, key, isOn) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value, parsed.GetValue(enabled));
            var what = isOn ? $"Make {Shown.Account(key)} a parent on subnets to come." : $"Keep {Shown.Account(key)} from becoming a parent on subnets to come.";
            return Task.FromResult(new Plan(signer, Calls.SetAutoParentDelegation(key, isOn), what));
        });
    }

    private static Command SetType(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that owns the root stake", true);
        var type = new Option<RootClaimKind>("--type") { Description = "Swap into root stake, Keep as alpha, or KeepSubnets: keep the named ones and swap the rest.", Required = true };
        var netuids = ValueOptions.ShortNumbers("--netuids", "The subnets whose alpha is kept, with commas between", false);
        var command = new Command("set-claim-type", "Choose what becomes of root dividends.") { coldkey, type, netuids };
        command.Validators.Add(result =>
        {
            var namesSubnets = result.GetValue(netuids) is { Length: > 0 };
            if (namesSubnets != (result.GetValue(type) == RootClaimKind.KeepSubnets)) result.AddError("--netuids goes with --type KeepSubnets.");
        });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, kind) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(type));
            var choice = new RootClaimType(kind, [.. (parsed.GetValue(netuids) ?? []).Select(number => new NetUid(number))]);
            return Task.FromResult(new Plan(signer, Calls.SetRootClaimType(choice), $"Set the claim type of {Shown.Account(signer)} to {kind}."));
        });
    }
}
