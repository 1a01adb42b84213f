using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Cli.Commands;

/// <summary><c>weights batch-set</c> and <c>weights batch-commit</c>: weights on several subnets in one operation, of which each part stands for itself.</summary>
internal static class WeightBatchCommands
{
    public static Command Set(CliContext context) => Of(
        context, "batch-set", "Set weights on several subnets: --netuid, --uids, and --weights once for each.", takesSalt: false,
        (_, parts, version) => Calls.BatchSetWeights(parts.Select(part => Calls.SetWeights(part.Netuid, part.Uids, part.Values, version))));

    public static Command Commit(CliContext context) => Of(
        context, "batch-commit", "Commit to weights on several subnets: --netuid, --uids, --weights, and --salt once for each.", takesSalt: true,
        (hotkey, parts, version) => Calls.BatchCommitWeights(
            parts.Select(part => Calls.CommitWeights(hotkey, part.Netuid, part.Uids, part.Values, part.Salt, version))));

    private static Command Of(CliContext context, string name, string description, bool takesSalt, Func<AccountId, Part[], ulong, Call> make)
    {
        var hotkey = ValueOptions.Account("--hotkey", "The neurons' hotkey, which signs", true);
        var netuids = Repeated("--netuid", "A subnet; repeat the option for each");
        var uids = Repeated("--uids", "For each subnet its neurons, with commas between");
        var values = Repeated("--weights", "For each subnet a weight for each of its neurons, 0 to 65535, with commas between; only their ratios count");
        var salts = Repeated("--salt", "For each subnet numbers of 0 to 65535 that nobody else knows, with commas between");
        var version = new Option<ulong>("--version-key") { Description = "The version of the validator's software." };
        var command = new Command(name, description) { hotkey, netuids, uids, values, version };
        if (takesSalt) command.Add(salts);
        command.Validators.Add(result =>
        {
            if (Read(result, out _) is { } fault) result.AddError(fault);
        });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            _ = Read(parsed.CommandResult, out var parts);
            var signer = parsed.GetValue(hotkey)!.Value;
            var what = $"{(takesSalt ? "Commit to" : "Set")} weights of hotkey {Shown.Account(signer)} in {parts.Length} subnets, each by itself.";
            return Task.FromResult(new Plan(signer, make(signer, parts, parsed.GetValue(version)), what));
        });

        string? Read(SymbolResult result, out Part[] parts)
        {
            string[][] given = [result.GetValue(netuids) ?? [], result.GetValue(uids) ?? [], result.GetValue(values) ?? [], takesSalt ? result.GetValue(salts) ?? [] : []];
            parts = [];
            var count = given[0].Length;
            if (given[1].Length != count || given[2].Length != count || (takesSalt && given[3].Length != count))
                return "Give --uids and --weights" + (takesSalt ? ", and --salt," : string.Empty) + " as often as --netuid.";
            if (count > WeightBatches.PartsMax) return $"A batch has at most {WeightBatches.PartsMax} subnets.";
            var read = new Part[count];
            for (var i = 0; i < count; i++)
            {
                if (!ushort.TryParse(given[0][i], NumberStyles.None, CultureInfo.InvariantCulture, out var netuid))
                    return $"'{given[0][i]}' is no subnet number: write 0 to {ushort.MaxValue}.";
                if (Numbers(given[1][i]) is not { } ids || Numbers(given[2][i]) is not { } weights || Numbers(takesSalt ? given[3][i] : "0") is not { } salt)
                    return $"The numbers for subnet {netuid} are not all of 0 to {ushort.MaxValue} with commas between.";
                read[i] = new Part(new NetUid(netuid), ids, weights, salt);
            }

            parts = read;
            return null;
        }
    }

    private static Option<string[]> Repeated(string name, string description) => new(name) { Description = description + ".", Required = true };

    private static ushort[]? Numbers(string text)
    {
        var parts = text.Split(',');
        var numbers = new ushort[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!ushort.TryParse(parts[i].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return null;
        }

        return numbers;
    }

    private sealed record Part(NetUid Netuid, ushort[] Uids, ushort[] Values, ushort[] Salt);
}
