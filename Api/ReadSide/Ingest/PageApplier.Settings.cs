using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Feed;
using Dtao.Grains.Registry;
using Dtao.Grains.Wire;

namespace Dtao.Api.ReadSide.Ingest;

/// <content>Settings of subnets and of the network: each change of one.</content>
internal sealed partial class PageApplier
{
    private readonly Dictionary<NetUid, KeptSettings> _settings = [];

    /// <summary>Reads the settings of the subnets that the page speaks of.</summary>
    private async Task LoadSettings(LedgerFact[] facts, CancellationToken cancellationToken)
    {
        foreach (var chunk in facts.OfType<SubnetAfterFact>().Select(fact => fact.Netuid).Distinct().Chunk(AccountsAtOnce))
        {
            var names = string.Join(", ", Enumerable.Range(0, chunk.Length).Select(ReadTable.Parameter));
            var rows = await Sql.Sql.ReadAsync(
                connection, transaction, $"SELECT netuid, event, body FROM subnet_settings WHERE netuid IN ({names})",
                row => (Netuid: new NetUid((ushort)row.GetInt64(0)), Kept: new KeptSettings(row.GetInt64(1), row.GetString(2), IsChanged: false)), cancellationToken,
                [.. chunk.Select((netuid, place) => (ReadTable.Parameter(place), Cells.Of(netuid)))]).ConfigureAwait(false);
            foreach (var (netuid, kept) in rows) _settings[netuid] = kept;
        }
    }

    /// <summary>A subnet that is new begins with all of its settings; whatever was on its netuid before says nothing of it.</summary>
    private void FollowSettings(SubnetAfterFact after, ulong block)
    {
        var text = SettingsText.Of(after.Books);
        var before = after.Change is BooksChange.Genesis or BooksChange.Registered ? string.Empty : _settings.GetValueOrDefault(after.Netuid)?.Text ?? string.Empty;
        if (text == before) return;
        WriteSettings(Cells.Of(after.Netuid), after.Source, block, after.Change, SettingsText.Between(before, text));
        _settings[after.Netuid] = new(after.Source.Event, text, IsChanged: true);
    }

    private void WriteSettingsNow()
    {
        foreach (var (netuid, kept) in _settings)
        {
            if (kept.IsChanged) writer.Write(ReadSchema.SubnetSettings, Cells.Of(netuid), Cells.Of(kept.Event), Cells.Of(kept.Text));
        }
    }

    private Task Apply(ParametersAfterFact after, CancellationToken cancellationToken) => WriteParameters(after, _ => after.Parameters, cancellationToken);

    /// <summary>The price of a registration is a parameter, too, and is told apart from the others.</summary>
    private async Task FollowLock(SubnetsChangedFact changed, NetworkChange change, CancellationToken cancellationToken)
    {
        if (change.LastLock is not { } paid) return;
        await WriteParameters(
            changed, before => before! with { NetworkLastLock = paid, NetworkLastLockBlock = change.LastLockBlock }, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteParameters(LedgerFact fact, Func<NetworkParameters?, NetworkParameters> next, CancellationToken cancellationToken)
    {
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        var rows = await Sql.Sql.ReadAsync(
            connection, transaction, "SELECT block, body FROM parameters ORDER BY event DESC, place DESC LIMIT 1",
            row => (Block: Cells.UInt64(row.GetInt64(0)), Parameters: ParametersOf((byte[])row.GetValue(1))), cancellationToken).ConfigureAwait(false);
        var before = rows.Count == 0 ? null : rows[0].Parameters;
        var after = next(before);
        // The registry's own sight of blocks may step back between two settings; its history does not.
        var block = Math.Max(fact.Block?.Value ?? 0, rows.Count == 0 ? 0 : rows[0].Block);
        var body = new RecordWriter();
        LedgerCodec.Write(body, after);
        writer.Write(ReadSchema.Parameters, Cells.Of(fact.Source.Event), Cells.Of(fact.Source.Place), Cells.Of(block), Cells.Of(body.ToArray()));
        WriteSettings(
            ReadSchema.OfNetwork, fact.Source, block, before is null ? BooksChange.Genesis : BooksChange.Operation,
            SettingsText.Between(before is null ? string.Empty : SettingsText.Of(before), SettingsText.Of(after)));
    }

    private void WriteSettings(object netuid, FactSource source, ulong block, BooksChange cause, IEnumerable<SettingsText.Change> changes)
    {
        foreach (var (item, (name, before, after)) in changes.Index())
        {
            writer.Write(
                ReadSchema.SettingChanges, netuid, Cells.Of(block), Cells.Of(source.Event), Cells.Of(source.Place), Cells.Of(item), Cells.Of(name), Cells.Of(before),
                Cells.Of(after), Cells.Of((int)cause));
        }
    }

    internal static NetworkParameters ParametersOf(byte[] body)
    {
        var reader = new RecordReader(body);
        return LedgerCodec.ReadParameters(ref reader);
    }

    /// <summary>A subnet's settings as they are now.</summary>
    private sealed record KeptSettings(long Event, string Text, bool IsChanged);
}
