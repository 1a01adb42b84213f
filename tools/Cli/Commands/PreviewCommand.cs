using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Preview;
using Dtao.Storage;

namespace Dtao.Cli.Commands;

/// <summary><c>preview</c> and <c>preview emission</c>: what blocks to come would pay at an unchanged market, computed on a copy of the stored network.</summary>
internal static class PreviewCommand
{
    private const string Caveat = "A forecast at an unchanged market: the rules' own blocks on a copy, with nobody trading, staking, registering, or setting weights.";
    private const string Guess = "Blocks also claim root dividends for coldkeys that the network picks by hashes not known yet; here others were picked.";
    private const ulong BlocksDefault = 7_200;
    private const ulong BlocksMax = 1_000_000;
    private const ulong SecondsOfADay = 86_400;
    private const long ChainBlockMilliseconds = 12_000;

    private static readonly string s_databaseDefault = Path.Combine("data", "ledger.db");

    public static Command Create(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet whose stake is looked at", true, "--ss58", "--ss58-address");
        var add = new Option<string[]>("--add-stake")
        {
            Description = "Stake that is bought first, through the pool: HOTKEY NETUID AMOUNT, in TAO.",
            Arity = new ArgumentArity(3, 3),
            AllowMultipleArgumentsPerToken = true,
        };
        var source = new Source();
        var command = new Command("preview", "What a wallet's stake would earn at an unchanged market: a forecast from the ledger's file.") { coldkey, add };
        source.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(add) is { Tokens.Count: 3 } && Read(result.GetValue(add)!, out _) is { } fault) result.AddError(fault);
        });
        command.SetAction((parsed, token) => source.Run(context, parsed, (image, blocks, isJson) =>
        {
            StakeToAdd? asked = null;
            if (parsed.GetValue(add) is { Length: > 0 } texts) _ = Read(texts, out asked);
            var forecast = StakeForecast.Run(StoredModel.Of(image), parsed.GetValue(coldkey)!.Value, blocks, asked, image.Registry.PicksByNumber, token);
            if (isJson) Printer.Json(context, ToJson(forecast));
            else Print(context, forecast, NamesOf(image));
            if (forecast.Added is not { Error: var error and not LedgerError.None }) return ExitCode.Done;
            context.Error.WriteLine($"The stake would be refused: {error}. {Advice.For(error)}");
            return ExitCode.Refused;
        }, token));
        command.Subcommands.Add(Emission(context));
        return command;
    }

    private static Command Emission(CliContext context)
    {
        var source = new Source();
        var command = new Command("emission", "What every subnet would be emitted at an unchanged market.");
        source.AddTo(command);
        command.SetAction((parsed, token) => source.Run(context, parsed, (image, blocks, isJson) =>
        {
            var forecast = EmissionForecast.Run(StoredModel.Of(image), blocks, token);
            if (isJson) Printer.Json(context, ToJson(forecast));
            else Print(context, forecast, NamesOf(image));
            return ExitCode.Done;
        }, token));
        return command;
    }

    /// <returns>What is wrong with it; null when nothing is.</returns>
    private static string? Read(string[] texts, out StakeToAdd? add)
    {
        add = null;
        var fault = AccountName.Parse(texts[0], out var hotkey);
        if (fault != AddressFault.None) return AccountName.Explain(fault, texts[0]);
        if (!ushort.TryParse(texts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var netuid)) return $"'{texts[1]}' is no subnet number: write 0 to {ushort.MaxValue}.";
        var wrong = AmountText.Parse(texts[2], out var rao);
        if (wrong != AmountFault.None) return AmountText.Explain(wrong, texts[2]);
        add = new StakeToAdd(hotkey, new NetUid(netuid), new Tao(rao));
        return null;
    }

    private static Dictionary<NetUid, (string Name, string Symbol)> NamesOf(NetworkImage image) =>
        image.Registry.Subnets.ToDictionary(entry => entry.Netuid, entry => (entry.Name, entry.Symbol));

    private static void Print(CliContext context, StakeForecast forecast, Dictionary<NetUid, (string Name, string Symbol)> names)
    {
        if (forecast.Added is { Error: LedgerError.None } added)
        {
            context.Output.WriteLine($"With {Shown.Tao(added.Asked.Amount.Rao)} staked first: {Shown.Alpha(added.Bought.Rao, names[added.Asked.Netuid].Symbol)} for a fee of {Shown.Tao(added.FeeRao)}.");
        }

        Printer.Table(
            context,
            $"Forecast: stake of {Shown.Account(forecast.Coldkey)}, {forecast.Blocks.ToString(CultureInfo.InvariantCulture)} blocks after block {forecast.From}",
            [new("Netuid", true), new("Name"), new("Hotkey"), new("Stake now", true), new("Stake then", true), new("Earned", true), new("Value now (τ)", true), new("Value then (τ)", true)],
            forecast.Positions.Select(position => new[]
            {
                position.Netuid.ToString(), names.GetValueOrDefault(position.Netuid).Name ?? "-", Shown.Account(position.Hotkey), AmountText.FormatGrouped(position.Before.Rao),
                AmountText.FormatGrouped(position.After.Rao), Signed(position.Before.Rao, position.After.Rao), AmountText.FormatGrouped(position.ValueBefore.Rao),
                AmountText.FormatGrouped(position.ValueAfter.Rao),
            }),
            ["Total", string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, AmountText.FormatGrouped(forecast.ValueBefore.Rao), AmountText.FormatGrouped(forecast.ValueAfter.Rao)]);
        if (forecast.Owed.Count > 0)
        {
            Printer.Table(
                context,
                "Forecast: root dividends not claimed",
                [new("Netuid", true), new("Name"), new("Hotkey"), new("Owed now (α)", true), new("Owed then (α)", true)],
                forecast.Owed.Select(owed => new[]
                {
                    owed.Netuid.ToString(), names.GetValueOrDefault(owed.Netuid).Name ?? "-", Shown.Account(owed.Hotkey), AmountText.FormatGrouped(owed.Before.Rao),
                    AmountText.FormatGrouped(owed.After.Rao),
                }));
        }

        context.Output.WriteLine($"Claimed at once, by the wallet's claim type: {Shown.Tao(forecast.ClaimBefore.Value.Rao)} now, {Shown.Tao(forecast.ClaimAfter.Value.Rao)} then; in the totals.");
        context.Output.WriteLine($"Free balance: {Shown.Tao(forecast.FreeAfter.Rao)}. Values are at spot prices; a sale lowers them.");
        context.Output.WriteLine(Caveat);
        if (forecast.GuessesPicks) context.Output.WriteLine(Guess);
    }

    private static void Print(CliContext context, EmissionForecast forecast, Dictionary<NetUid, (string Name, string Symbol)> names)
    {
        Printer.Table(
            context,
            $"Forecast: emission of {forecast.Blocks.ToString(CultureInfo.InvariantCulture)} blocks after block {forecast.From}",
            [
                new("Netuid", true), new("Name"), new("TAO in", true), new("Excess TAO", true), new("Alpha in", true), new("Alpha out", true), new("Share now", true),
                new("Share then", true), new("Price now", true), new("Price then", true),
            ],
            forecast.Subnets.Select(subnet => new[]
            {
                subnet.Netuid.ToString(), names.GetValueOrDefault(subnet.Netuid).Name ?? "-", AmountText.FormatGrouped(subnet.TaoIn.Rao),
                AmountText.FormatGrouped(subnet.ExcessTao.Rao), AmountText.FormatGrouped(subnet.AlphaIn.Rao), AmountText.FormatGrouped(subnet.AlphaOut.Rao),
                AmountText.FormatPartsPerMillion(subnet.ShareNowPpm), AmountText.FormatPartsPerMillion(subnet.ShareThenPpm), AmountText.FormatPrice(subnet.PriceNow),
                AmountText.FormatPrice(subnet.PriceThen),
            }));
        context.Output.WriteLine($"All TAO grows by {Shown.Amount(forecast.IssuedRao)}. Share: of the TAO that a block gives to subnets.");
        context.Output.WriteLine(Caveat);
    }

    private static string Signed(ulong before, ulong after) => (after < before ? "-" : "+") + AmountText.FormatGrouped(after < before ? before - after : after - before);

    private static JsonObject ToJson(StakeForecast forecast) => new()
    {
        ["forecast"] = Caveat,
        ["coldkey"] = Shown.Account(forecast.Coldkey),
        ["after_block"] = forecast.From.ToString(),
        ["blocks"] = Shown.Rao(forecast.Blocks),
        ["guesses_automatic_claims"] = forecast.GuessesPicks,
        ["added_stake"] = forecast.Added is not { } added ? null : new JsonObject
        {
            ["hotkey"] = Shown.Account(added.Asked.Hotkey),
            ["netuid"] = added.Asked.Netuid.Value,
            ["amount_rao"] = Shown.Rao(added.Asked.Amount.Rao),
            ["error"] = added.Error == LedgerError.None ? null : added.Error.ToString(),
            ["bought_rao"] = Shown.Rao(added.Bought.Rao),
            ["fee_rao"] = Shown.Rao(added.FeeRao),
        },
        ["free_rao"] = Shown.Rao(forecast.FreeAfter.Rao),
        ["positions"] = new JsonArray([.. forecast.Positions.Select(position => new JsonObject
        {
            ["netuid"] = position.Netuid.Value,
            ["hotkey"] = Shown.Account(position.Hotkey),
            ["stake_now_rao"] = Shown.Rao(position.Before.Rao),
            ["stake_then_rao"] = Shown.Rao(position.After.Rao),
            ["value_now_rao"] = Shown.Rao(position.ValueBefore.Rao),
            ["value_then_rao"] = Shown.Rao(position.ValueAfter.Rao),
        })]),
        ["root_dividends"] = new JsonArray([.. forecast.Owed.Select(owed => new JsonObject
        {
            ["netuid"] = owed.Netuid.Value,
            ["hotkey"] = Shown.Account(owed.Hotkey),
            ["owed_now_rao"] = Shown.Rao(owed.Before.Rao),
            ["owed_then_rao"] = Shown.Rao(owed.After.Rao),
        })]),
        ["claim_now_rao"] = Shown.Rao(forecast.ClaimBefore.Value.Rao),
        ["claim_then_rao"] = Shown.Rao(forecast.ClaimAfter.Value.Rao),
        ["value_now_rao"] = Shown.Rao(forecast.ValueBefore.Rao),
        ["value_then_rao"] = Shown.Rao(forecast.ValueAfter.Rao),
    };

    private static JsonObject ToJson(EmissionForecast forecast) => new()
    {
        ["forecast"] = Caveat,
        ["after_block"] = forecast.From.ToString(),
        ["blocks"] = Shown.Rao(forecast.Blocks),
        ["issued_rao"] = forecast.IssuedRao.ToString(CultureInfo.InvariantCulture),
        ["subnets"] = new JsonArray([.. forecast.Subnets.Select(subnet => new JsonObject
        {
            ["netuid"] = subnet.Netuid.Value,
            ["tao_in_rao"] = Shown.Rao(subnet.TaoIn.Rao),
            ["excess_tao_rao"] = Shown.Rao(subnet.ExcessTao.Rao),
            ["alpha_in_rao"] = Shown.Rao(subnet.AlphaIn.Rao),
            ["alpha_out_rao"] = Shown.Rao(subnet.AlphaOut.Rao),
            ["share_now_ppm"] = subnet.ShareNowPpm,
            ["share_then_ppm"] = subnet.ShareThenPpm,
            ["price_now"] = AmountText.FormatPrice(subnet.PriceNow),
            ["price_then"] = AmountText.FormatPrice(subnet.PriceThen),
        })]),
    };

    /// <summary>Which file, and how far ahead.</summary>
    private sealed class Source
    {
        private readonly Option<FileInfo> _database = new("--database", "--db")
        {
            Description = "The ledger's file; a running network is not disturbed",
            DefaultValueFactory = _ => new FileInfo(s_databaseDefault),
        };

        private readonly Option<ulong?> _blocks = new("--blocks") { Description = $"How many blocks ahead, at most {BlocksMax}; {BlocksDefault} when neither this nor --days is given." };
        private readonly Option<ulong?> _days = new("--days") { Description = "How many days ahead." };
        private readonly Option<ulong?> _blockSeconds = new("--block-seconds") { Description = "With --days: seconds of a block; the network's own interval, or 12, when left out." };
        private readonly OutputOptions _output = new();

        public void AddTo(Command command)
        {
            command.Add(_database);
            command.Add(_blocks);
            command.Add(_days);
            command.Add(_blockSeconds);
            _output.AddTo(command);
            command.Validators.Add(result =>
            {
                if (result.GetValue(_blocks) is not null && result.GetValue(_days) is not null) result.AddError("Give --blocks or --days, not both.");
                if (result.GetValue(_blockSeconds) is { } seconds && (result.GetValue(_days) is null || seconds is 0 or > SecondsOfADay)) result.AddError("--block-seconds goes with --days, and lies between 1 and 86400.");
                if (result.GetValue(_blocks) is 0 or > BlocksMax) result.AddError($"--blocks lies between 1 and {BlocksMax}.");
                if (result.GetValue(_days) is 0 or > BlocksMax) result.AddError($"--days lies between 1 and {BlocksMax}.");
            });
        }

        public async Task<int> Run(CliContext context, ParseResult parsed, Func<NetworkImage, ulong, bool, int> show, CancellationToken cancellationToken)
        {
            try
            {
                var look = await StoredModel.ReadBetweenBlocks(parsed.GetValue(_database)!.FullName, cancellationToken);
                if (look.Image is not { } image)
                {
                    context.Error.WriteLine(look.IsAtRest
                        ? "A block is under way, and nobody writes to the file. Start the network once: it finishes its block. If it runs, try again."
                        : "A block was under way at every look. Try again, or stop the network first.");
                    return ExitCode.Unknown;
                }

                var blocks = BlocksOf(parsed, image.Registry.BlockIntervalMilliseconds);
                if (blocks <= BlocksMax) return show(image, blocks, _output.IsJson(parsed));
                context.Error.WriteLine($"That is {blocks} blocks; a forecast has at most {BlocksMax}.");
                return ExitCode.Usage;
            }
            catch (Exception caught) when (caught is StoreException or InvalidDataException)
            {
                context.Error.WriteLine(caught.Message);
                return ExitCode.Unknown;
            }
        }

        private ulong BlocksOf(ParseResult parsed, long intervalMilliseconds)
        {
            if (parsed.GetValue(_days) is not { } days) return parsed.GetValue(_blocks) ?? BlocksDefault;
            var own = intervalMilliseconds > 0 ? intervalMilliseconds : ChainBlockMilliseconds;
            var milliseconds = parsed.GetValue(_blockSeconds) is { } seconds ? seconds * 1_000 : (ulong)own;
            return Math.Max(1, days * SecondsOfADay * 1_000 / milliseconds);
        }
    }
}
