using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide.Ingest;

/// <content>What a root TAO on a hotkey earned on a subnet.</content>
internal sealed partial class PageApplier
{
    private readonly Dictionary<(NetUid Netuid, AccountId Hotkey), RootGains> _rootGains = [];

    /// <summary>Reads what root stakes have earned on the subnets of which the page tells more.</summary>
    private async Task LoadRootGains(LedgerFact[] facts, CancellationToken cancellationToken)
    {
        foreach (var netuid in facts.OfType<StakeGainedFact>().Where(gained => gained.PerRootBits != 0).Select(gained => gained.Netuid).Distinct())
        {
            var rows = await Sql.Sql.ReadAsync(
                connection, transaction, "SELECT hotkey, event, total FROM root_gains_now WHERE netuid = @netuid",
                row => (Hotkey: Cells.Account((byte[])row.GetValue(0)), Gains: new RootGains(row.GetInt64(1), Cells.Price((byte[])row.GetValue(2)), IsChanged: false)), cancellationToken,
                ("@netuid", Cells.Of(netuid))).ConfigureAwait(false);
            foreach (var (hotkey, gains) in rows) _rootGains[(netuid, hotkey)] = gains;
        }
    }

    private void Apply(StakeGainedFact gained)
    {
        if (gained.PerRootBits == 0) return;
        var (key, source) = ((gained.Netuid, gained.Hotkey), gained.Source);
        var before = _rootGains.GetValueOrDefault(key)?.Total ?? 0;
        var total = before > UInt128.MaxValue - gained.PerRootBits ? UInt128.MaxValue : before + gained.PerRootBits;
        _rootGains[key] = new(source.Event, total, IsChanged: true);
        writer.Write(
            ReadSchema.RootGains, Cells.Of(gained.Hotkey), Cells.Of(gained.Netuid), Cells.Of(BlockOf(gained.Netuid, gained)), Cells.Of(source.Event), Cells.Of(source.Place),
            Cells.OfPrice(total));
    }

    private void WriteRootGainsNow()
    {
        foreach (var ((netuid, hotkey), gains) in _rootGains)
        {
            if (gains.IsChanged) writer.Write(ReadSchema.RootGainsNow, Cells.Of(netuid), Cells.Of(hotkey), Cells.Of(gains.Event), Cells.OfPrice(gains.Total));
        }
    }

    /// <param name="Total">Raw U64F64, of all blocks so far.</param>
    private sealed record RootGains(long Event, UInt128 Total, bool IsChanged);
}
