using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>stake child set</c>, <c>stake child revoke</c>, and <c>stake child take</c>; <c>stake child get</c> stands in <see cref="ChildViewCommand"/>.</summary>
internal static class ChildCommands
{
    private const ulong PartsMax = 1_000_000_000;
    private const string NoPart = "A part lies between 0 and 1.";

    public static Command Create(CliContext context) => new("child", "Hotkeys that act with another's stake.") { Subcommands = { ChildViewCommand.Create(context), Set(context), Revoke(context), Take(context) } };

    private static Command Set(CliContext context)
    {
        var (coldkey, hotkey, netuid) = Common();
        var children = new Option<string[]>("--children")
        {
            Description = "The children, SS58 or 64 hexadecimal digits; repeat the option for each.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var proportions = new Option<string[]>("--proportions", "--prop")
        {
            Description = "For each child the part of the stake, 0 to 1 with up to nine decimals.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("set", "Ask for the children of a hotkey on a subnet, in place of those before.") { coldkey, hotkey, netuid, children, proportions };
        command.Validators.Add(result =>
        {
            if (Read(result.GetValue(children) ?? [], result.GetValue(proportions) ?? [], out _) is { } fault) result.AddError(fault);
        });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, key, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value, parsed.GetValue(netuid)!.Value);
            _ = Read(parsed.GetValue(children)!, parsed.GetValue(proportions)!, out var links);
            return Task.FromResult(new Plan(signer, Calls.SetChildren(key, subnet, links), $"Ask for {links.Length} children of hotkey {Shown.Account(key)} in subnet {subnet}."));
        });
    }

    private static Command Revoke(CliContext context)
    {
        var (coldkey, hotkey, netuid) = Common();
        return ValueCommand.Complete(new Command("revoke", "Revoke the children of a hotkey on a subnet.") { coldkey, hotkey, netuid }, context, (parsed, _, _) =>
        {
            var (signer, key, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value, parsed.GetValue(netuid)!.Value);
            return Task.FromResult(new Plan(signer, Calls.SetChildren(key, subnet, []), $"Revoke the children of hotkey {Shown.Account(key)} in subnet {subnet}."));
        });
    }

    private static Command Take(CliContext context)
    {
        var (coldkey, hotkey, netuid) = Common();
        var take = ValueOptions.Amount("--take", "What the child keeps, 0 to 0.18");
        take.Required = true;
        var command = new Command("take", "Set the childkey take of a hotkey on a subnet.") { coldkey, hotkey, netuid, take };
        command.Validators.Add(result =>
        {
            if (result.GetValue(take) > PartsMax) result.AddError(NoPart);
        });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, key, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value, parsed.GetValue(netuid)!.Value);
            var parts = Part(parsed.GetValue(take)!.Value, ushort.MaxValue);
            return Task.FromResult(new Plan(
                signer, Calls.SetChildkeyTake(key, subnet, new Take((ushort)parts)), $"Set the childkey take of hotkey {Shown.Account(key)} in subnet {subnet} to {parts} of 65535."));
        });
    }

    private static (Option<AccountId?> Coldkey, Option<AccountId?> Hotkey, Option<NetUid?> Netuid) Common() =>
        (ValueOptions.Account("--coldkey", "The hotkey's owner", true), ValueOptions.Account("--hotkey", "The hotkey", true), ValueOptions.Netuid("--netuid", "The subnet", true));

    /// <returns>What is wrong with them; null when nothing is.</returns>
    private static string? Read(string[] children, string[] proportions, out ChildLink[] links)
    {
        links = new ChildLink[children.Length];
        if (children.Length != proportions.Length) return "Give one proportion for each child.";
        for (var i = 0; i < links.Length; i++)
        {
            var fault = AccountName.Parse(children[i], out var child);
            if (fault != AddressFault.None) return AccountName.Explain(fault, children[i]);
            var wrong = AmountText.Parse(proportions[i], out var part);
            if (wrong != AmountFault.None) return AmountText.Explain(wrong, proportions[i]);
            if (part > PartsMax) return NoPart;
            links[i] = new ChildLink(Part(part, ulong.MaxValue), child);
        }

        return null;
    }

    /// <summary>A part of one, in billionths, as a part of a whole; floored.</summary>
    private static ulong Part(ulong billionths, ulong whole) => (ulong)((UInt128)whole * billionths / PartsMax);
}
