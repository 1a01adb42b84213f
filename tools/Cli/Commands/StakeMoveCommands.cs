using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary><c>stake move</c>, <c>stake swap</c>, and <c>stake transfer</c>.</summary>
internal static class StakeMoveCommands
{
    public static Command Move(CliContext context)
    {
        var options = new MoveOptions();
        var origin = ValueOptions.Account("--origin-hotkey", "The hotkey that the stake is on", true, "--hotkey");
        var destination = ValueOptions.Account("--dest-hotkey", "The hotkey that the stake goes to", true, "--destination-hotkey");
        var command = options.AddTo(new Command("move", "Move stake to another hotkey, another subnet, or both.") { origin, destination });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var move = options.Read(parsed);
            var (from, to) = (parsed.GetValue(origin)!.Value, parsed.GetValue(destination)!.Value);
            var what = $"Move {move.Sum} from hotkey {Shown.Account(from)} in subnet {move.From} to hotkey {Shown.Account(to)} in subnet {move.To}.";
            return Task.FromResult(new Plan(move.Signer, Calls.MoveStake(from, to, move.From, move.To, move.Amount), what));
        });
    }

    public static Command Swap(CliContext context)
    {
        var options = new MoveOptions();
        var safety = new SafetyOptions();
        var hotkey = ValueOptions.Account("--hotkey", "The hotkey that the stake is on and stays on", true);
        var command = options.AddTo(new Command("swap", "Change a subnet's staked alpha into another subnet's.") { hotkey });
        safety.AddTo(command);
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var move = options.Read(parsed);
            var key = parsed.GetValue(hotkey)!.Value;
            var rate = safety.IsSafe(parsed) ? await SafeRate(client, move, safety.Tolerance(parsed), token) : null;
            var call = rate is { } limit
                ? Calls.SwapStakeLimit(key, move.From, move.To, move.Amount, limit, safety.AllowPartial(parsed))
                : Calls.SwapStake(key, move.From, move.To, move.Amount);
            var bound = rate is { } lowest ? $"at a rate of at least {AmountText.Format(lowest)}" : "at any rate";
            return new(move.Signer, call, $"Swap {move.Sum} of subnet {move.From} for alpha of subnet {move.To} on hotkey {Shown.Account(key)}, {bound}.");
        });
    }

    public static Command Transfer(CliContext context)
    {
        var options = new MoveOptions();
        var hotkey = ValueOptions.Account("--hotkey", "The hotkey that the stake is on and stays on", true);
        var destination = ValueOptions.Account("--dest", "The wallet that receives the stake", true, "--dest-coldkey", "--dest-ss58", "--destination");
        var command = options.AddTo(new Command("transfer", "Give stake to another wallet.") { hotkey, destination });
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var move = options.Read(parsed);
            var (key, to) = (parsed.GetValue(hotkey)!.Value, parsed.GetValue(destination)!.Value);
            var what = $"Give {move.Sum} on hotkey {Shown.Account(key)} in subnet {move.From} to {Shown.Account(to)} in subnet {move.To}.";
            return Task.FromResult(new Plan(move.Signer, Calls.TransferStake(to, key, move.From, move.To, move.Amount), what));
        });
    }

    private static async Task<ulong?> SafeRate(DtaoClient client, Movement move, ulong tolerance, CancellationToken cancellationToken)
    {
        if (move.From == move.To) return null;
        var origin = await client.GetPriceAsync(move.From, cancellationToken);
        var destination = await client.GetPriceAsync(move.To, cancellationToken);
        // An unknown subnet is for the ledger to refuse.
        return origin is { } from && destination is { } to ? SafePrice.ToSwap(from.Bits, to.Bits, tolerance) : null;
    }

    private sealed record Movement(AccountId Signer, NetUid From, NetUid To, Alpha Amount, string Sum);

    private sealed class MoveOptions
    {
        private readonly Option<AccountId?> _coldkey = ValueOptions.Account("--coldkey", "The wallet that owns the stake", true);
        private readonly Option<NetUid?> _origin = ValueOptions.Netuid("--origin-netuid", "The subnet that the stake is in", true, "--origin", "-o");
        private readonly Option<NetUid?> _destination = ValueOptions.Netuid("--dest-netuid", "The subnet that the stake goes to; the same when left out", false);
        private readonly Option<ulong?> _amount = ValueOptions.Amount("--amount", "Alpha of the origin subnet, up to nine decimals", "-a");
        private readonly Option<bool> _all = ValueOptions.Flag("--all", "The whole position.", "--stake-all", "--swap-all");

        public Command AddTo(Command command)
        {
            foreach (var option in new Option[] { _coldkey, _origin, _destination, _amount, _all }) command.Add(option);
            Amounts.RequireOne(command, _amount, _all);
            return command;
        }

        public Movement Read(ParseResult parsed)
        {
            var from = parsed.GetValue(_origin)!.Value;
            var amount = parsed.GetValue(_all) ? Amounts.WholePosition : new Alpha(parsed.GetValue(_amount)!.Value);
            var sum = parsed.GetValue(_all) ? "the whole stake" : Shown.Alpha(amount.Rao, "α");
            return new(parsed.GetValue(_coldkey)!.Value, from, parsed.GetValue(_destination) ?? from, amount, sum);
        }
    }
}
