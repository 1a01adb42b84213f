using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;

namespace Dtao.Client;

/// <content>Validators and what stake with them earned.</content>
public sealed partial class DtaoClient
{
    private const int HotkeysPerPage = 512;

    /// <summary>
    /// The validators of one subnet, or of root: hotkeys with a permit or a history of earnings, and on root all hotkeys with stake; by the weight of
    /// their stake, heaviest first.
    /// </summary>
    /// <param name="netuid">Whose stake earned. For root, what it earned on all subnets is added up.</param>
    /// <param name="windows">How far back to look, each ending with the newest block; at most <see cref="ViewLimits.WindowsMax"/>.</param>
    /// <param name="countMax">How many to answer; those with the most weight.</param>
    /// <returns>Null when there is no such subnet. Subnets are read one beside the other, each at its own instant.</returns>
    /// <remarks>
    /// A weight is a hotkey's root TAO times the network's TAO weight, and its alpha on all subnets at their spot prices. Reads every hotkey with stake once.
    /// </remarks>
    public async Task<IReadOnlyList<ValidatorInfo>?> GetValidatorsAsync(
        NetUid netuid, IReadOnlyList<TimeSpan> windows, int countMax = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windows.Count, ViewLimits.WindowsMax);
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        if (!network.Subnets.Any(entry => entry.Netuid == netuid)) return null;
        var times = await BlockTimes.ReadAsync(this, _options.ReadWidth, cancellationToken).ConfigureAwait(false);
        var starts = await times.LastBefore(windows, cancellationToken).ConfigureAwait(false);

        var pages = await OverSubnets(network.Subnets, async (entry, token) =>
        {
            var view = await Pool(entry.PoolKey).GetView().WaitAsync(token).ConfigureAwait(false);
            var hotkeys = await HotkeysOf(entry.PoolKey, new HotkeyQuery(null, HotkeysPerPage, starts, times.Newest, entry.Netuid == netuid), token).ConfigureAwait(false);
            return (entry.Netuid, view.PriceBits, Hotkeys: hotkeys);
        }, cancellationToken).ConfigureAwait(false);

        var all = new HotkeySums(network.Parameters);
        foreach (var page in pages) all.Add(page.Netuid, page.PriceBits, page.Hotkeys);
        var key = network.Subnets.First(entry => entry.Netuid == netuid).PoolKey;
        var shown = pages.First(page => page.Netuid == netuid).Hotkeys.Where(row => IsValidator(netuid, row))
            .OrderByDescending(row => all.Of(row.Hotkey).Weight).ThenBy(row => row.Hotkey).Take(countMax).ToList();
        var spans = shown.SelectMany(row => netuid.IsRoot ? all.Of(row.Hotkey).Rows.SelectMany(part => part.Row.Earned) : row.Earned);
        await times.Read(spans.OfType<EarnedSpan>().SelectMany(span => new[] { span.From, span.To }), cancellationToken).ConfigureAwait(false);
        var validators = new ValidatorInfo[shown.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ReadWidth, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, shown.Count), parallel, async (place, token) =>
        {
            var row = shown[place];
            var facts = await _grains.Validator(row.Hotkey).GetRecord().WaitAsync(token).ConfigureAwait(false);
            var isOwnerIn = facts is not null
                && await Pool(key).HasPosition(new PositionKey(netuid, row.Hotkey, facts.Owner)).WaitAsync(token).ConfigureAwait(false);
            var yields = new Yield?[starts.Length];
            for (var window = 0; window < yields.Length; window++)
            {
                yields[window] = netuid.IsRoot
                    ? Yield.Sum(RootYields(all.Of(row.Hotkey).Rows, window, times))
                    : YieldOf(row.Earned[window], isRoot: false, times);
            }

            var sums = all.Of(row.Hotkey);
            validators[place] = new ValidatorInfo(
                row.Hotkey, facts, row.Stake, sums.Root, sums.AlphaValue, sums.Weight, row.HasPermit, (row.Positions ?? 0) - (isOwnerIn ? 1 : 0), yields);
        }).ConfigureAwait(false);
        return validators;
    }

    private static bool IsValidator(NetUid netuid, HotkeyRow row) => netuid.IsRoot ? !row.Stake.IsZero : row.HasPermit || row.Earned.Any(span => span is not null);

    private async Task<List<HotkeyRow>> HotkeysOf(long poolKey, HotkeyQuery query, CancellationToken cancellationToken)
    {
        var rows = new List<HotkeyRow>();
        while (true)
        {
            var page = await _grains.SubnetViews(poolKey).GetHotkeys(query).WaitAsync(cancellationToken).ConfigureAwait(false);
            rows.AddRange(page.Hotkeys);
            if (!page.HasMore || page.Hotkeys.Length == 0) return rows;
            query = query with { After = page.Hotkeys[^1].Hotkey };
        }
    }

    /// <summary>What a root TAO earned, subnet by subnet; on root itself where dividends are paid in TAO.</summary>
    private static List<Yield> RootYields(IReadOnlyList<(NetUid Netuid, HotkeyRow Row)> rows, int window, BlockTimes times) =>
        [.. rows.Select(entry => YieldOf(entry.Row.Earned[window], isRoot: !entry.Netuid.IsRoot, times)).OfType<Yield>()];

    private static Yield? YieldOf(EarnedSpan? span, bool isRoot, BlockTimes times)
    {
        if (span is null || times.Between(span.From, span.To) is not { } time) return null;
        return isRoot ? Yield.OfRoot(span, time) : Yield.OfAlpha(span, time);
    }

    /// <summary>Each hotkey's stake over all subnets.</summary>
    private sealed class HotkeySums(NetworkParameters parameters)
    {
        private readonly Dictionary<AccountId, Sum> _sums = [];

        public Sum Of(AccountId hotkey) => _sums[hotkey];

        public void Add(NetUid netuid, UInt128 priceBits, IEnumerable<HotkeyRow> rows)
        {
            foreach (var row in rows)
            {
                if (!_sums.TryGetValue(row.Hotkey, out var sum)) _sums.Add(row.Hotkey, sum = new Sum(parameters));
                sum.Rows.Add((netuid, row));
                if (netuid.IsRoot) sum.Root = new Tao(row.Stake.Rao);
                else sum.AlphaValue = sum.AlphaValue.AddSaturating(new Tao(AmountText.ValueRao(row.Stake.Rao, priceBits)));
            }
        }

        public sealed class Sum(NetworkParameters parameters)
        {
            public List<(NetUid Netuid, HotkeyRow Row)> Rows { get; } = [];

            public Tao Root { get; set; }

            public Tao AlphaValue { get; set; }

            public Tao Weight => AlphaValue.AddSaturating(new Tao(Weigh(Root, parameters)));
        }
    }
}
