using System.CommandLine;
using System.CommandLine.Parsing;
using Dtao.Cli.Options;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary>What <c>order place</c> is told.</summary>
internal sealed class OrderOptions
{
    private readonly Option<AccountId?> _coldkey = ValueOptions.Account("--coldkey", "The order's owner", true);
    private readonly Option<AccountId?> _hotkey = ValueOptions.Account("--hotkey", "Where alpha is staked to, or sold from", true);
    private readonly Option<NetUid?> _netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
    private readonly Option<string> _type = new("--type") { Description = "limit-buy, take-profit, or stop-loss", Required = true };
    private readonly Option<ulong?> _amount = ValueOptions.Amount("--amount", "TAO to spend, or alpha to sell");
    private readonly Option<ulong?> _limit = ValueOptions.Amount("--limit", "The price that triggers it, TAO for one alpha", "--limit-price");
    private readonly Option<BlockNumber?> _expiry = ValueOptions.Block("--expiry", "The last block in which it may be executed; a day of blocks ahead when left out");
    private readonly Option<ulong?> _feeRate = ValueOptions.Amount("--fee-rate", "The part of the TAO that goes to --fee-recipient, 0 to 1");
    private readonly Option<AccountId?> _feeRecipient = ValueOptions.Account("--fee-recipient", "Who gets the fee", false);
    private readonly Option<string[]> _relayers = new("--relayers") { Description = "Who may have it executed, at most 10; everybody when left out", AllowMultipleArgumentsPerToken = true };
    private readonly Option<ulong?> _slippage = ValueOptions.Amount("--max-slippage", "How far beyond the limit the price may move, as a part of the limit, 0 to 1; any when left out");
    private readonly Option<bool> _partial = ValueOptions.Flag("--partial-fills", "Let the relayers execute it in parts.");

    public void AddTo(Command command)
    {
        (_amount.Required, _limit.Required) = (true, true);
        foreach (var option in new Option[] { _coldkey, _hotkey, _netuid, _type, _amount, _limit, _expiry, _feeRate, _feeRecipient, _relayers, _slippage, _partial })
        {
            command.Add(option);
        }

        command.Validators.Add(Check);
    }

    public LimitOrder Read(ParseResult parsed, ulong chainId, BlockNumber expiry, IReadOnlyDictionary<string, OrderType> types)
    {
        if (!types.TryGetValue(parsed.GetValue(_type)!, out var type)) throw new UsageException($"An order's type is one of {string.Join(", ", types.Keys)}.");
        var relayers = (parsed.GetValue(_relayers) ?? []).Select(ReadAccount).ToArray();
        return new LimitOrder
        {
            Owner = parsed.GetValue(_coldkey)!.Value,
            Hotkey = parsed.GetValue(_hotkey)!.Value,
            Netuid = parsed.GetValue(_netuid)!.Value,
            Type = type,
            Amount = parsed.GetValue(_amount)!.Value,
            Limit = new LimitPrice(parsed.GetValue(_limit)!.Value),
            Expiry = parsed.GetValue(_expiry) ?? expiry,
            FeeRate = new Perbill((uint)(parsed.GetValue(_feeRate) ?? 0)),
            FeeRecipient = parsed.GetValue(_feeRecipient) ?? default,
            Relayers = relayers.Length == 0 ? null : [.. relayers],
            MaxSlippage = parsed.GetValue(_slippage) is { } slippage ? new Perbill((uint)slippage) : null,
            ChainId = chainId,
            AllowsPartialFills = parsed.GetValue(_partial),
        };
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(_feeRate) > Perbill.One || result.GetValue(_slippage) > Perbill.One) result.AddError("A part lies between 0 and 1.");
        if (result.GetValue(_feeRate) > 0 && result.GetValue(_feeRecipient) is null) result.AddError("Give --fee-recipient with --fee-rate.");
        if (result.GetValue(_relayers) is { Length: > LimitOrder.RelayersMax }) result.AddError($"An order names at most {LimitOrder.RelayersMax} relayers.");
    }

    private static AccountId ReadAccount(string text)
    {
        var fault = AccountName.Parse(text, out var account);
        return fault == AddressFault.None ? account : throw new UsageException(AccountName.Explain(fault, text));
    }
}
