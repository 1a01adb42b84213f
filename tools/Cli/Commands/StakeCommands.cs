using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>stake add</c> and <c>stake remove</c>; the family's other members stand in files of their own.</summary>
internal static class StakeCommands
{
    public static Command Create(CliContext context) => new("stake", "Stake on hotkeys.")
    {
        Aliases = { "st" },
        Subcommands =
        {
            Add(context), Remove(context), StakeMoveCommands.Move(context), StakeMoveCommands.Swap(context), StakeMoveCommands.Transfer(context), StakeListCommand.Create(context),
            ChildCommands.Create(context),
        },
    };

    private static Command Add(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that pays", true);
        var hotkey = ValueOptions.Account("--hotkey", "The hotkey to stake on", true, "--hotkey-ss58-address", "--include-hotkeys");
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; 0 is root", true);
        var amount = ValueOptions.Amount("--amount", "TAO to stake, up to nine decimals");
        var all = ValueOptions.Flag("--all", "Stake all free TAO but the existential deposit and the transaction fee.", "-a");
        var safety = new SafetyOptions();
        var command = new Command("add", "Buy a subnet's alpha with TAO and stake it.") { coldkey, hotkey, netuid, amount, all };
        safety.AddTo(command);
        Amounts.RequireOne(command, amount, all);
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var (signer, key, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value, parsed.GetValue(netuid)!.Value);
            var price = safety.IsSafe(parsed) ? await CurvePrice(client, subnet, token) : null;
            var kind = price is null ? CallKind.AddStake : CallKind.AddStakeLimit;
            var tao = parsed.GetValue(all) ? await Spendable(client, signer, kind, token) : new Tao(parsed.GetValue(amount)!.Value);
            var call = price is { } bits
                ? Calls.AddStakeLimit(key, subnet, tao, SafePrice.ToBuy(bits, safety.Tolerance(parsed)), safety.AllowPartial(parsed))
                : Calls.AddStake(key, subnet, tao);
            return new(signer, call, $"Stake {Shown.Tao(tao.Rao)} from {Shown.Account(signer)} on hotkey {Shown.Account(key)} in subnet {subnet}{Limit("at most", call)}.");
        });
    }

    private static Command Remove(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that owns the stake", true);
        var hotkey = ValueOptions.Account("--hotkey", "The hotkey that the stake is on", true, "--hotkey-ss58-address", "--include-hotkeys");
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; without it --all means every subnet", false);
        var amount = ValueOptions.Amount("--amount", "Alpha to sell, up to nine decimals", "-a");
        var all = ValueOptions.Flag("--all", "Sell the whole position, or without --netuid every position on the hotkey.", "--unstake-all");
        var allAlpha = ValueOptions.Flag("--all-alpha", "Sell every alpha position on the hotkey and stake the TAO on root.", "--unstake-all-alpha");
        var safety = new SafetyOptions();
        var command = new Command("remove", "Sell staked alpha for TAO.") { coldkey, hotkey, netuid, amount, all, allAlpha };
        safety.AddTo(command);
        command.Validators.Add(result =>
        {
            var hasAmount = result.GetResult(amount) is { Implicit: false };
            var hasNetuid = result.GetResult(netuid) is { Implicit: false };
            var ways = (hasAmount ? 1 : 0) + (result.GetValue(all) ? 1 : 0) + (result.GetValue(allAlpha) ? 1 : 0);
            if (ways != 1) result.AddError("Give exactly one of --amount, --all, and --all-alpha.");
            else if (hasAmount && !hasNetuid) result.AddError("--amount needs --netuid.");
            else if (result.GetValue(allAlpha) && hasNetuid) result.AddError("--all-alpha means every subnet; leave --netuid out.");
        });
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var (signer, key) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value);
            var from = $"of {Shown.Account(signer)} from hotkey {Shown.Account(key)}";
            if (parsed.GetValue(allAlpha)) return new(signer, Calls.UnstakeAllAlpha(key), $"Sell all alpha {from} and stake the TAO on root, at any price.");
            if (parsed.GetValue(netuid) is not { } subnet) return new(signer, Calls.UnstakeAll(key), $"Sell all stake {from}, at any price.");

            var price = safety.IsSafe(parsed) ? await CurvePrice(client, subnet, token) : null;
            LimitPrice? limit = price is { } bits ? SafePrice.ToSell(bits, safety.Tolerance(parsed)) : null;
            if (parsed.GetValue(all) && !safety.AllowPartial(parsed))
            {
                var whole = Calls.RemoveStakeFullLimit(key, subnet, limit);
                return new(signer, whole, $"Sell the whole stake {from} in subnet {subnet}{Limit("at least", whole)}.");
            }

            var alpha = parsed.GetValue(all) ? await Position(client, signer, key, subnet, token) : new Alpha(parsed.GetValue(amount)!.Value);
            var call = limit is { } bound
                ? Calls.RemoveStakeLimit(key, subnet, alpha, bound, safety.AllowPartial(parsed))
                : Calls.RemoveStake(key, subnet, alpha);
            return new(signer, call, $"Sell {Shown.Alpha(alpha.Rao, "α")} {from} in subnet {subnet}{Limit("at least", call)}.");
        });
    }

    /// <summary>The price of a subnet that has a curve; null on root and stable subnets, where there is nothing to limit, and for an unknown one, which the ledger refuses.</summary>
    internal static async Task<UInt128?> CurvePrice(DtaoClient client, NetUid netuid, CancellationToken cancellationToken) =>
        !netuid.IsRoot && await client.GetSubnetAsync(netuid, cancellationToken) is { Pool: { Books.Mechanism: 1 } pool } ? pool.PriceBits : null;

    /// <summary>What a buy of this kind can spend: all that is free, without the existential deposit and the transaction fee.</summary>
    private static async Task<Tao> Spendable(DtaoClient client, AccountId signer, CallKind kind, CancellationToken cancellationToken)
    {
        var network = await client.GetNetworkAsync(cancellationToken);
        var view = await client.GetBalanceAsync(signer, cancellationToken);
        var fee = TransactionFees.FeeOf(network.Parameters, new Call { Kind = kind });
        return view.Free.SubtractSaturating(view.Held).SubtractSaturating(network.Parameters.ExistentialDeposit).SubtractSaturating(fee);
    }

    private static async Task<Alpha> Position(DtaoClient client, AccountId signer, AccountId hotkey, NetUid netuid, CancellationToken cancellationToken)
    {
        var positions = await client.GetPositionsAsync(signer, cancellationToken);
        return positions.FirstOrDefault(position => position.Netuid == netuid && position.Hotkey == hotkey)?.Value ?? Alpha.Zero;
    }

    private static string Limit(string bound, Call call) =>
        call.Limit is { } limit ? $", {bound} {AmountText.FormatGrouped(limit)} τ/α{(call.AllowPartial ? ", partly if need be" : string.Empty)}" : ", at any price";
}
