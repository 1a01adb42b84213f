using System.Numerics;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.History;

/// <summary>Accounts: what they have, and had.</summary>
internal static class AccountRoutes
{
    /// <summary>Positions of one account whose worth at an earlier block is added up, at most; an account with more is not answered for.</summary>
    private const int PositionsMax = 256;

    /// <summary>Blocks of one page of an account's past, at most: each is a look at every position.</summary>
    private const int BlocksMax = 200;

    private static readonly Parameter<string> s_order = Parameters.Order("balance_free_desc", "balance_free");
    private static readonly Parameter<AccountId> s_addressNeeded = HistoryParameters.Address.Required();

    public static void Map(ApiRoutes routes)
    {
        routes.List("/api/account/latest/v1", "get_accounts", "Accounts with their free TAO and the worth of their stakes; one, or those with the most free TAO.", [HistoryParameters.Address, s_order], Latest)
            .Explain("What it was 24 hours ago is answered for a single account, and null where the network is younger.");
        routes.List(
            "/api/account/history/v1", "get_account_history", "What an account had after earlier blocks.",
            [s_addressNeeded, HistoryParameters.Frequency, .. HistoryParameters.Range, HistoryParameters.ByBlock], History)
            .Explain("For accounts with up to 256 positions.");
    }

    private static async Task<Paged<AccountRow>> Latest(ApiRequest request, ReadView view)
    {
        var isOne = request.TryGet(HistoryParameters.Address, out var address);
        var direction = request.IsAscending(s_order) ? "ASC" : "DESC";
        var listing = new Listing("account, free, first_block", "accounts_now", isOne ? "account = @account" : "1 = 1", $"free {direction}, account {direction}");
        var page = await listing.PageAsync(
            request, view, row => (Account: Cells.Account((byte[])row.GetValue(0)), Free: Cells.UInt64(row.GetInt64(1)), First: Cells.UInt64(row.GetInt64(2))),
            isOne ? [("@account", Cells.Of(address))] : []).ConfigureAwait(false);
        if (isOne && page.Data.Count == 0) page = await Staker(request, view, address).ConfigureAwait(false);

        var complete = view.Position.Complete;
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.First).Append(complete), request.Aborted).ConfigureAwait(false);
        var dayAgo = isOne && times[complete] is { } now
            ? await BlockRange.LastAtOrBefore(view, now.Milliseconds - (Resolutions.Day * 1_000L), request.Aborted).ConfigureAwait(false)
            : null;
        var stakes = new StakeQueries(view, request.Aborted);
        var rows = new List<AccountRow>();
        foreach (var (account, free, first) in page.Data)
        {
            var worth = Worth.Of(await stakes.OfColdkeyAsync(account, null, null).ConfigureAwait(false));
            var before = dayAgo is { } then ? await AsOf(view, stakes, account, then, request.Aborted).ConfigureAwait(false) : null;
            rows.Add(AccountRow.Of(account, complete, times[complete], free, worth, before, times[first]));
        }

        return new(page.Pagination, rows);
    }

    /// <summary>Somebody who never had free TAO, and may have stake all the same.</summary>
    private static async Task<Paged<(AccountId Account, ulong Free, ulong First)>> Staker(ApiRequest request, ReadView view, AccountId account)
    {
        var positions = await new StakeQueries(view, request.Aborted).EverOfColdkeyAsync(account, 1).ConfigureAwait(false);
        return positions.Count == 0 ? Listing.Empty<(AccountId, ulong, ulong)>(request) : request.PageOf<(AccountId Account, ulong Free, ulong First)>([(account, 0UL, 0UL)]);
    }

    private static async Task<Paged<AccountRow>> History(ApiRequest request, ReadView view)
    {
        if (request.Get(Parameters.Limit) > BlocksMax) throw new ProblemException(Problem.Of(ApiError.PageTooDeep));
        var account = request.Get(s_addressNeeded);
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<AccountRow>(request);
        // Root is there from the first block on, so its pieces of time are the network's.
        var blocks = await LastBlocks.OfAsync(request, view, NetUid.Root, range).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, blocks.Data, request.Aborted).ConfigureAwait(false);
        var stakes = new StakeQueries(view, request.Aborted);
        var rows = new List<AccountRow>();
        foreach (var block in blocks.Data)
        {
            var (free, worth) = await AsOf(view, stakes, account, block, request.Aborted).ConfigureAwait(false);
            rows.Add(AccountRow.Of(account, block, times[block], free, worth, null, null));
        }

        return new(blocks.Pagination, rows);
    }

    private static async Task<AccountAsOf> AsOf(ReadView view, StakeQueries stakes, AccountId account, ulong block, CancellationToken cancellationToken)
    {
        var free = await view.ScalarAsync(
            "SELECT free FROM balance_changes WHERE account = @account AND block <= @block ORDER BY block DESC, event DESC, place DESC LIMIT 1", cancellationToken,
            ("@account", Cells.Of(account)), ("@block", Cells.Of(block))).ConfigureAwait(false);
        var positions = await stakes.EverOfColdkeyAsync(account, PositionsMax + 1).ConfigureAwait(false);
        if (positions.Count > PositionsMax) throw new ProblemException(Problem.Of(ApiError.PageTooDeep, $"The account has more than {PositionsMax} positions."));
        var then = new List<StakeAt>();
        foreach (var position in positions) then.Add(await stakes.AsOfAsync(position, block).ConfigureAwait(false));
        return new(free is long cell ? Cells.UInt64(cell) : 0, Worth.Of(then));
    }

    internal sealed record AccountAsOf(ulong Free, Worth Worth);
}

/// <summary>What stakes are worth in TAO.</summary>
internal sealed record Worth(BigInteger Root, BigInteger Alpha)
{
    public static Worth Of(IEnumerable<StakeAt> stakes)
    {
        var (root, alpha) = (BigInteger.Zero, BigInteger.Zero);
        foreach (var stake in stakes)
        {
            if (stake.Key.Netuid.IsRoot) root += stake.Value.Rao;
            else alpha += stake.Value.Rao;
        }

        return new(root, alpha);
    }
}

/// <summary>An account after a block. Amounts in rao of TAO.</summary>
/// <param name="BalanceFree">Free TAO, held amounts included.</param>
/// <param name="BalanceStaked">The two below together.</param>
/// <param name="BalanceStakedAlphaAsTao">Stakes on subnets at their spot prices.</param>
/// <param name="BalanceStakedRoot">Stakes on root.</param>
/// <param name="BalanceTotal">Free and staked together.</param>
/// <param name="BalanceFree24HrAgo">Null in lists, and where the network is younger.</param>
/// <param name="BalanceStaked24HrAgo">Null in lists, and where the network is younger.</param>
/// <param name="BalanceTotal24HrAgo">Null in lists, and where the network is younger.</param>
/// <param name="CreatedOnDate">The day of the first block that names the account; null in lists of the past.</param>
internal sealed record AccountRow(
    AccountId Address, BlockNumber BlockNumber, Timestamp? Timestamp, string BalanceFree, string BalanceStaked, string BalanceStakedAlphaAsTao, string BalanceStakedRoot,
    string BalanceTotal, [property: System.Text.Json.Serialization.JsonPropertyName("balance_free_24hr_ago")] string? BalanceFree24HrAgo,
    [property: System.Text.Json.Serialization.JsonPropertyName("balance_staked_24hr_ago")] string? BalanceStaked24HrAgo,
    [property: System.Text.Json.Serialization.JsonPropertyName("balance_total_24hr_ago")] string? BalanceTotal24HrAgo, string? CreatedOnDate)
{
    public static AccountRow Of(AccountId account, ulong block, Timestamp? time, ulong free, Worth worth, AccountRoutes.AccountAsOf? before, Timestamp? created) => new(
        account, new BlockNumber(block), time, Signed.Of((BigInteger)free), Signed.Of(worth.Root + worth.Alpha), Signed.Of(worth.Alpha), Signed.Of(worth.Root),
        Signed.Of(free + worth.Root + worth.Alpha), before is null ? null : Signed.Of((BigInteger)before.Free),
        before is null ? null : Signed.Of(before.Worth.Root + before.Worth.Alpha), before is null ? null : Signed.Of(before.Free + before.Worth.Root + before.Worth.Alpha),
        created?.ToString()[..10]);
}
