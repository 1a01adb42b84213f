using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>weights set</c>, <c>weights commit</c>, and <c>weights reveal</c>; those of several subnets stand in <see cref="WeightBatchCommands"/>.</summary>
internal static class WeightsCommands
{
    public static Command Create(CliContext context) => new("weights", "Weights that a neuron gives to others.")
    {
        Aliases = { "wt" },
        Subcommands =
        {
            Of(context, "set", "Set weights at once, where the subnet does not commit them.", takesSalt: false, (given, _) =>
                Calls.SetWeights(given.Netuid, given.Uids, given.Values, given.VersionKey, given.Mechanism)),
            Of(context, "commit", "Commit to weights by their hash; reveal the same ones later.", takesSalt: true, (given, salt) =>
                Calls.CommitWeights(given.Hotkey, given.Netuid, given.Uids, given.Values, salt, given.VersionKey, given.Mechanism)),
            Of(context, "reveal", "Reveal weights that were committed.", takesSalt: true, (given, salt) =>
                Calls.RevealWeights(given.Netuid, given.Uids, given.Values, salt, given.VersionKey, given.Mechanism)),
            WeightBatchCommands.Set(context),
            WeightBatchCommands.Commit(context),
        },
    };

    private static Command Of(CliContext context, string name, string description, bool takesSalt, Func<Given, ushort[], Call> make)
    {
        var hotkey = ValueOptions.Account("--hotkey", "The neuron's hotkey, which signs", true);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        var uids = ValueOptions.ShortNumbers("--uids", "Neurons, with commas between", true);
        var values = ValueOptions.ShortNumbers("--weights", "A weight for each, 0 to 65535; only their ratios count", true);
        var salt = ValueOptions.ShortNumbers("--salt", "Numbers of 0 to 65535 that nobody else knows, with commas between", takesSalt);
        var version = new Option<ulong>("--version-key") { Description = "The version of the validator's software." };
        var mechanism = new Option<byte>("--mechid") { Description = "The subnet's mechanism; 0 is the first." };
        var command = new Command(name, description) { hotkey, netuid, uids, values, version, mechanism };
        if (takesSalt) command.Add(salt);
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var given = new Given(
                parsed.GetValue(hotkey)!.Value, parsed.GetValue(netuid)!.Value, parsed.GetValue(uids)!, parsed.GetValue(values)!,
                parsed.GetValue(version), parsed.GetValue(mechanism));
            var call = make(given, takesSalt ? parsed.GetValue(salt)! : []);
            var what = $"{char.ToUpperInvariant(name[0])}{name[1..]} {given.Uids.Length} weights of hotkey {Shown.Account(given.Hotkey)} in subnet {given.Netuid}.";
            return Task.FromResult(new Plan(given.Hotkey, call, what));
        });
    }

    private sealed record Given(Economics.AccountId Hotkey, Economics.NetUid Netuid, ushort[] Uids, ushort[] Values, ulong VersionKey, byte Mechanism);
}
