using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;

namespace Dtao.Cli.Commands;

/// <summary>The course of every command that moves value: quote, show, ask, submit, show.</summary>
/// <remarks>
/// Without a person at the terminal, or with JSON output, nothing is asked: such a command needs --no-prompt (--yes, -y) and is refused without it
/// before anything is sent. A quote that says the call would be refused does not stop it: the ledger decides.
/// </remarks>
internal sealed class ValueCommand
{
    private readonly CliContext _context;
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOptions _output = new();
    private readonly Option<bool> _noPrompt = ValueOptions.Flag("--no-prompt", "Do not ask before sending.", "--yes", "-y");
    private readonly Option<OperationTicket?> _operation = ValueOptions.Operation();
    private readonly SigningOptions _signing = new();

    private ValueCommand(CliContext context) => _context = context;

    /// <summary>Gives a command its common options and its course.</summary>
    /// <param name="plan">Reads the command line, and prices if it needs them, into the call to submit.</param>
    public static Command Complete(Command command, CliContext context, Func<ParseResult, DtaoClient, CancellationToken, Task<Plan>> plan)
    {
        var value = new ValueCommand(context);
        command.Add(value._noPrompt);
        command.Add(value._operation);
        value._signing.AddTo(command);
        value._output.AddTo(command);
        value._connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => value.RunAsync(parsed, plan, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, DtaoClient, CancellationToken, Task<Plan>> plan, CancellationToken cancellationToken)
    {
        var isJson = _output.IsJson(parsed);
        var asks = !parsed.GetValue(_noPrompt);
        if (asks && (isJson || !_context.HasPerson))
        {
            throw new UsageException("This command moves value and nobody can be asked here; add --no-prompt (--yes, -y) to send it.");
        }

        await using var client = await _connection.ConnectAsync(_context, parsed, cancellationToken);
        var (signer, call, what) = await plan(parsed, client, cancellationToken);
        var quote = await client.QuoteAsync(signer, call, cancellationToken);
        if (!isJson) Announce(what, call, quote);
        var isSigned = (await client.GetNetworkAsync(cancellationToken)).RequiresSignatures;
        if (!isJson && !isSigned) await _context.Output.WriteLineAsync("This network takes operations without signatures: whoever names a wallet acts for it.");
        if (asks && !Confirm())
        {
            await _context.Output.WriteLineAsync("Nothing was sent.");
            return ExitCode.Refused;
        }

        using var key = isSigned ? _signing.Open(_context, parsed, signer) : null;
        if (key is not null) client.AddSigner(new KeyPairSigner(key));
        var result = await client.SubmitAsync(signer, call, parsed.GetValue(_operation), cancellationToken);
        // A repeat whose limit or amount was computed afresh is another call; what the person wants to know is how the first one ended.
        var earlier = result.Code == RefusalCode.OperationConflict ? await client.GetReceiptAsync(signer, result.Operation.Id, cancellationToken) : null;
        if (isJson) Printer.Json(_context, ToJson(result, quote, earlier));
        else Report(result, earlier);
        return ExitCodeOf(result.Status);
    }

    private void Announce(string what, Call call, CallQuote quote)
    {
        _context.Output.WriteLine(what);
        if (!quote.TransactionFee.IsZero) _context.Output.WriteLine(Shown.Fee("Transaction fee", quote.TransactionFee, quote.TransactionFeeAlpha));
        if (quote.Error != LedgerError.None)
        {
            _context.Output.WriteLine($"As things stand this would be refused: {quote.Error}. {Advice.For(quote.Error)}");
            return;
        }

        if (call.Kind is CallKind.Transfer or CallKind.TransferAll)
        {
            Printer.Facts(_context, "Quote",
            [
                ("Leaves the sender", Shown.Tao(quote.AmountIn)), ("Arrives", Shown.Tao(quote.AmountOut)), ("Destroyed as dust", Shown.Tao(quote.Dust.Rao)),
            ]);
            return;
        }

        // Calls that trade nothing have nothing to quote.
        if (quote is { AmountIn: 0, AmountOut: 0, Fee: 0 }) return;
        var (inUnit, outUnit) = UnitsOf(call);
        Printer.Facts(_context, "Quote",
        [
            ("In", $"{AmountText.FormatGrouped(quote.AmountIn)} {inUnit}"),
            ("Out", $"{AmountText.FormatGrouped(quote.AmountOut)} {outUnit}"),
            ("Fee", $"{AmountText.FormatGrouped(quote.Fee)} {inUnit}"),
            ("Price before", $"{AmountText.FormatPrice(quote.PriceBeforeBits)} τ/α"),
            ("Price after", $"{AmountText.FormatPrice(quote.PriceAfterBits)} τ/α"),
            ("Slippage", AmountText.FormatPartsPerMillion(quote.SlippagePpm)),
        ]);
    }

    private bool Confirm()
    {
        _context.Output.Write("Send it? [y/N] ");
        _context.Output.Flush();
        return _context.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }

    private void Report(OperationResult result, Receipt? earlier)
    {
        if (result.Receipt?.Outcome?.Fee is { IsPaid: true } fee) _context.Output.WriteLine(Shown.Fee("Transaction fee paid", fee.Tao, fee.Alpha));
        if (result.IsApplied)
        {
            foreach (var move in result.Moves) _context.Output.WriteLine(Describe(move));
            foreach (var order in result.Orders) _context.Output.WriteLine(Shown.Describe(order));
            foreach (var part in result.Parts) _context.Output.WriteLine(Shown.Describe(part));
            _context.Output.WriteLine($"Applied in block {result.Receipt!.Block}, operation {result.Ticket}.");
            return;
        }

        var word = result.Status switch
        {
            OperationStatus.Refused => "Refused",
            OperationStatus.NotAccepted => "Not accepted",
            _ => "Outcome unknown",
        };
        _context.Error.WriteLine($"{word}: {result.ErrorName}. {result.Advice}");
        if (result.Failure is { } failure) _context.Error.WriteLine($"The last answer was lost: {failure.Message}");
        if (earlier is not null) _context.Error.WriteLine($"The operation with this id ended in block {earlier.Block}: {earlier.Status} {earlier.ErrorName}".TrimEnd() + ".");
        else if (result.Status != OperationStatus.Refused) _context.Error.WriteLine($"Repeat the command with --operation {result.Ticket}");
    }

    private static string Describe(StakeMove move) => move.Kind == StakeMoveKind.In
        ? $"Added stake on subnet {move.Netuid}: {Shown.Tao(move.Tao.Rao)} for {Shown.Alpha(move.Alpha.Rao, "α")} (fee {Shown.Tao(move.Fee)}) on hotkey {Shown.Account(move.Hotkey)}"
        : $"Removed stake from subnet {move.Netuid}: {Shown.Alpha(move.Alpha.Rao, "α")} (fee {Shown.Alpha(move.Fee, "α")}) for {Shown.Tao(move.Tao.Rao)} from hotkey {Shown.Account(move.Hotkey)}";

    private static JsonObject ToJson(OperationResult result, CallQuote quote, Receipt? earlier)
    {
        var json = ToJsonWithoutFee(result, quote, earlier);
        if (result.Receipt?.Outcome?.Fee is { IsPaid: true } fee) json["transaction_fee"] = Shown.Fee(fee);
        if (result.Orders.Count > 0) json["orders"] = new JsonArray([.. result.Orders.Select(Shown.Order)]);
        if (result.Parts.Count > 0) json["parts"] = new JsonArray([.. result.Parts.Select(Shown.Part)]);
        return json;
    }

    private static JsonObject ToJsonWithoutFee(OperationResult result, CallQuote quote, Receipt? earlier) => new()
    {
        ["success"] = result.IsApplied,
        ["status"] = result.Status.ToString(),
        ["code"] = ((ushort)result.Code).ToString(CultureInfo.InvariantCulture),
        ["error"] = result.IsApplied ? null : result.ErrorName,
        ["advice"] = result.IsApplied ? null : result.Advice,
        ["operation"] = result.Ticket.ToString(),
        ["block"] = result.Receipt?.Block.ToString(),
        ["order"] = result.Receipt is { } receipt ? Shown.Rao(receipt.Order) : null,
        ["decided_by"] = result.Receipt?.DecidedBy?.Value,
        ["moves"] = new JsonArray([.. result.Moves.Select(Shown.Move)]),
        ["quote"] = Shown.Quote(quote),
        ["earlier"] = earlier is null ? null : new JsonObject
        {
            ["status"] = earlier.Status.ToString(),
            ["error"] = earlier.IsApplied ? null : earlier.ErrorName,
            ["block"] = earlier.Block.ToString(),
            ["moves"] = new JsonArray([.. (earlier.Outcome?.Moves ?? []).Select(Shown.Move)]),
        },
    };

    private static int ExitCodeOf(OperationStatus status) => status switch
    {
        OperationStatus.Applied => ExitCode.Done,
        OperationStatus.OutcomeUnknown => ExitCode.Unknown,
        _ => ExitCode.Refused,
    };

    private static (string In, string Out) UnitsOf(Call call) => call.Kind switch
    {
        CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn => ("τ", "α"),
        CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake or CallKind.SwapStakeLimit => ("α", "α"),
        _ => ("α", "τ"),
    };
}

/// <summary>What a command is about to submit.</summary>
/// <param name="What">One line for the person.</param>
internal sealed record Plan(AccountId Signer, Call Call, string What);
