using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Feed;
using Dtao.Grains.Wire;

namespace Dtao.Api.ReadSide.Ingest;

/// <content>Accounts: their free TAO and their operations.</content>
internal sealed partial class PageApplier
{
    private readonly Dictionary<AccountId, AccountNow> _accounts = [];
    private readonly Dictionary<(AccountId Account, ulong Sequence), OpenOperation> _open = [];
    private readonly List<(AccountId Account, ulong Sequence)> _endedBefore = [];

    /// <summary>Reads what the accounts have that the page speaks of.</summary>
    private async Task LoadAccounts(LedgerFact[] facts, CancellationToken cancellationToken)
    {
        var ids = facts.OfType<TaoChangedFact>().Select(fact => fact.Account).Distinct().ToArray();
        foreach (var chunk in ids.Chunk(AccountsAtOnce))
        {
            var names = string.Join(", ", Enumerable.Range(0, chunk.Length).Select(ReadTable.Parameter));
            var rows = await Sql.Sql.ReadAsync(
                connection, transaction, $"SELECT account, event, free, first_block, last_block FROM accounts_now WHERE account IN ({names})",
                row => (Account: Cells.Account((byte[])row.GetValue(0)), Now: new AccountNow
                {
                    Event = row.GetInt64(1),
                    Free = Cells.UInt64(row.GetInt64(2)),
                    First = Cells.UInt64(row.GetInt64(3)),
                    Last = Cells.UInt64(row.GetInt64(4)),
                }),
                cancellationToken, [.. chunk.Select((id, place) => (ReadTable.Parameter(place), Cells.Of(id)))]).ConfigureAwait(false);
            foreach (var (account, now) in rows) _accounts[account] = now;
        }
    }

    private void Apply(AccountBeganFact began)
    {
        _accounts[began.Account] = new AccountNow { Free = began.Free.Rao, IsChanged = true };
        WriteChange(began, began.Account, BalanceCause.Genesis, unchecked((long)began.Free.Rao), _accounts[began.Account], null, null, null, 0);
    }

    private void Apply(TaoChangedFact changed)
    {
        if (!_accounts.TryGetValue(changed.Account, out var now))
        {
            _accounts.Add(changed.Account, now = new AccountNow { First = changed.Block?.Value ?? 0 });
        }

        // An account's own count of blocks may step back between two operations; its history does not.
        now.Last = Math.Max(now.Last, changed.Block?.Value ?? 0);
        now.Event = changed.Source.Event;
        now.Free = unchecked(now.Free + (ulong)changed.Change);
        now.IsChanged = true;
        WriteChange(
            changed, changed.Account, (BalanceCause)changed.Cause, changed.Change, now, changed.Counterparty, changed.Netuid, changed.Operation?.Value, changed.Sequence);
    }

    private void WriteChange(
        LedgerFact fact, AccountId account, BalanceCause cause, long delta, AccountNow now, AccountId? counterparty, NetUid? netuid, Guid? operation, ulong sequence) =>
        writer.Write(
            ReadSchema.BalanceChanges, Cells.Of(account), Cells.Of(now.Last), Cells.Of(fact.Source.Event), Cells.Of(fact.Source.Place), Cells.Of((int)cause), Cells.Of(delta),
            Cells.Of(now.Free), Cells.Of(counterparty), Cells.Of(netuid), Cells.Of(operation?.ToByteArray(bigEndian: true)), Cells.Of(sequence));

    private void Apply(OperationBegunFact begun)
    {
        if (begun.Former is { } former) Close(begun.Account, former);
        _open[(begun.Account, begun.Sequence)] = new(begun.Source.Event, begun.Id.Value, BodyOf(begun.Call), begun.Call);
    }

    private async Task Apply(OperationEndedFact ended, CancellationToken cancellationToken)
    {
        var open = ended.Sequence == 0 ? null : await Take(ended.Account, ended.Sequence, cancellationToken).ConfigureAwait(false);
        var receipt = ended.Receipt;
        var call = open?.Call ?? ended.Call;
        writer.Write(
            ReadSchema.Operations, Cells.Of(ended.Account), Cells.Of(receipt.Block.Value), Cells.Of(ended.Source.Event), Cells.Of(ended.Source.Place),
            Cells.Of(receipt.Id.Value.ToByteArray(bigEndian: true)), Cells.Of(ended.Sequence), Cells.Of((int)(call?.Kind ?? CallKind.None)),
            Cells.Of(call?.Netuid ?? NetUid.Root), Cells.Of(call?.Hotkey ?? default), Cells.Of((int)receipt.Status), Cells.Of((int)receipt.Code), Cells.Of(receipt.DecidedBy),
            Cells.Of(receipt.Order), Cells.Of(ended.FreeChange), Cells.Of(open?.Body ?? (call is null ? null : BodyOf(call))),
            Cells.Of(BodyOf(receipt.Outcome)));

        // What an account decides by itself moves nothing: a transfer to itself, or of nothing, has no receiver to ask.
        if (open is null || !receipt.IsApplied || call?.ToColdkey is not { } receiver || call.Kind is not (CallKind.Transfer or CallKind.TransferAll)) return;
        var spent = unchecked((ulong)-ended.FreeChange);
        var amount = SaturatingMath.Subtract(SaturatingMath.Subtract(spent, ended.Fee.Rao), ended.Dust.Rao);
        writer.Write(
            ReadSchema.Transfers, Cells.Of(receipt.Block.Value), Cells.Of(ended.Account), Cells.Of(ended.Source.Event), Cells.Of(ended.Source.Place), Cells.Of(receiver),
            Cells.Of(call.Kind == CallKind.Transfer ? call.Amount : amount), Cells.Of(ended.Fee.Rao), Cells.Of(receipt.Id.Value.ToByteArray(bigEndian: true)),
            Cells.Of(ended.Sequence));
    }

    /// <summary>What had begun under a sequence; it is open no more. Null when the feed has not told that it began.</summary>
    private async Task<OpenOperation?> Take(AccountId account, ulong sequence, CancellationToken cancellationToken)
    {
        if (_open.Remove((account, sequence), out var open)) return open;
        var rows = await Sql.Sql.ReadAsync(
            connection, transaction, "SELECT event, id, call FROM open_operations WHERE account = @account AND sequence = @sequence",
            row => (Event: row.GetInt64(0), Id: new Guid((byte[])row.GetValue(1), bigEndian: true), Body: (byte[])row.GetValue(2)), cancellationToken,
            ("@account", Cells.Of(account)), ("@sequence", Cells.Of(sequence))).ConfigureAwait(false);
        if (rows.Count == 0) return null;
        _endedBefore.Add((account, sequence));
        return new(rows[0].Event, rows[0].Id, rows[0].Body, CallOf(rows[0].Body));
    }

    private void Close(AccountId account, ulong sequence)
    {
        if (!_open.Remove((account, sequence))) _endedBefore.Add((account, sequence));
    }

    private async Task WriteAccounts(CancellationToken cancellationToken)
    {
        foreach (var (account, now) in _accounts)
        {
            if (!now.IsChanged) continue;
            writer.Write(ReadSchema.AccountsNow, Cells.Of(account), Cells.Of(now.Event), Cells.Of(now.Free), Cells.Of(now.First), Cells.Of(now.Last));
        }

        foreach (var (account, sequence) in _endedBefore)
        {
            await Sql.Sql.ExecuteAsync(
                connection, transaction, "DELETE FROM open_operations WHERE account = @account AND sequence = @sequence", cancellationToken,
                ("@account", Cells.Of(account)), ("@sequence", Cells.Of(sequence))).ConfigureAwait(false);
        }

        foreach (var ((account, sequence), open) in _open)
        {
            writer.Write(
                ReadSchema.OpenOperations, Cells.Of(account), Cells.Of(sequence), Cells.Of(open.Event), Cells.Of(open.Id.ToByteArray(bigEndian: true)), Cells.Of(open.Body));
        }
    }

    private static byte[] BodyOf(Call call)
    {
        var body = new RecordWriter();
        LedgerCodec.Write(body, call);
        return body.ToArray();
    }

    private static byte[]? BodyOf(CallOutcome? outcome)
    {
        if (outcome is null) return null;
        var body = new RecordWriter();
        LedgerCodec.Write(body, outcome);
        return body.ToArray();
    }

    internal static Call CallOf(byte[] body)
    {
        var reader = new RecordReader(body);
        return LedgerCodec.ReadCall(ref reader);
    }

    /// <summary>An account within the page.</summary>
    private sealed class AccountNow
    {
        public long Event { get; set; }

        public ulong Free { get; set; }

        public ulong First { get; init; }

        /// <summary>The newest block that the account's facts have named.</summary>
        public ulong Last { get; set; }

        public bool IsChanged { get; set; }
    }

    private sealed record OpenOperation(long Event, Guid Id, byte[] Body, Call Call);
}
