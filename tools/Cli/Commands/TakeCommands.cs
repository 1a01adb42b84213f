using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary><c>sudo get-take</c> and <c>sudo set-take</c>: what a validator keeps of dividends.</summary>
internal static class TakeCommands
{
    private const ulong PartsMax = 1_000_000_000;

    public static Command Get(CliContext context)
    {
        var hotkey = ValueOptions.Account("--hotkey", "The validator", true);
        return ReadCommand.Complete(new Command("get-take", "A validator's delegate take.") { hotkey }, context, async (parsed, client, isJson, token) =>
        {
            var key = parsed.GetValue(hotkey)!.Value;
            if (await client.GetValidatorAsync(key, token) is not { } facts)
            {
                context.Error.WriteLine($"Nobody owns hotkey {Shown.Account(key)}.");
                return ExitCode.Refused;
            }

            var take = facts.ToRecord().Take;
            if (isJson)
            {
                Printer.Json(context, new JsonObject
                {
                    ["hotkey"] = Shown.Account(key),
                    ["owner"] = Shown.Account(facts.Owner),
                    ["take"] = take.Parts,
                    ["is_default"] = facts.StoredTake is null,
                    ["last_change_block"] = facts.LastTakeChange.ToString(),
                });
                return ExitCode.Done;
            }

            Printer.Facts(context, $"Hotkey {Shown.Account(key)}",
            [
                ("Owner", Shown.Account(facts.Owner)),
                ("Delegate take", $"{Shown.PerCent(take)} ({take} of 65535{(facts.StoredTake is null ? ", never set" : string.Empty)})"),
                ("Last change", facts.LastTakeChange == BlockNumber.Genesis ? "never" : $"block {facts.LastTakeChange}"),
            ]);
            return ExitCode.Done;
        });
    }

    /// <summary>Raises or lowers, whichever it takes from what stands now; the ledger refuses what has become the wrong one meanwhile.</summary>
    public static Command Set(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The hotkey's owner", true);
        var hotkey = ValueOptions.Account("--hotkey", "The validator", true);
        var take = ValueOptions.Amount("--take", "What it keeps of dividends, 0 to 0.18");
        take.Required = true;
        var command = new Command("set-take", "Set a validator's delegate take.") { coldkey, hotkey, take };
        command.Validators.Add(result =>
        {
            if (result.GetValue(take) > PartsMax) result.AddError("A take lies between 0 and 1.");
        });
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var (signer, key) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value);
            var asked = new Take((ushort)((UInt128)ushort.MaxValue * parsed.GetValue(take)!.Value / PartsMax));
            var now = (await client.GetValidatorAsync(key, token))?.ToRecord().Take ?? Take.Default;
            var call = asked.Parts > now.Parts ? Calls.IncreaseTake(key, asked) : Calls.DecreaseTake(key, asked);
            return new Plan(signer, call, $"Set the delegate take of hotkey {Shown.Account(key)} from {Shown.PerCent(now)} to {Shown.PerCent(asked)} ({asked} of 65535).");
        });
    }
}
