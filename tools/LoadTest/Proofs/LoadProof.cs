using System.Globalization;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Runs;
using Dtao.Storage;
using PoolState = Dtao.Grains.Subnets.PoolState;

namespace Dtao.LoadTest.Proofs;

/// <summary>Holds what the testers were told against what the ledger has stored.</summary>
/// <remarks>
/// Free TAO has to be the same to the rao. Alpha that was paid nothing on the way, too, but for the rounding of shares; a hotkey that was paid dividends has shares that are
/// worth more, so what is on it lies between what receipts say, and that at what a share has gained from the beginning on. Stake on root is also paid by claims, which tell no
/// amounts, so that it is only known not to be less.
/// </remarks>
internal static class LoadProof
{
    public const string Effect = "effect";
    public const string Audit = "audit";
    public const string AuditsBeside = "audits_beside";
    public const string Outcomes = "outcomes";
    public const string Operations = "operations";
    public const string Blocks = "blocks";
    public const string FreeTao = "free_tao";
    public const string Positions = "positions";
    public const string Everyone = "everyone";
    public const string StoredFreeTao = "stored_free_tao";
    public const string StoredPositions = "stored_positions";
    public const string Faults = "faults";
    public const string Restart = "restart";

    /// <summary>What a position may differ from its receipts, in rao, beside one for each change of its hotkey's pool.</summary>
    public const int RoundingMax = 2;

    /// <summary>
    /// A load of which nothing took effect proves nothing, whatever else holds. And what the testers counted as applied or refused, with what they learnt at the end, has to be
    /// what they kept, exactly: operations that made the stakers are no part of it.
    /// </summary>
    public static ChaosCheck OfEffect(LoadResult result)
    {
        var (ended, kept) = (result.Tally.All.Applied + result.Tally.All.Refused, result.Acknowledged.Count - result.Making);
        var found = new List<string>();
        if (result.Tally.All.Applied == 0) found.Add("no operation of the load took effect: nothing was proved");
        if (kept != ended + result.Settled) found.Add(string.Create(CultureInfo.InvariantCulture, $"{ended} operations of the load were counted as ended, {result.Settled} were settled at the end, and {kept} were kept"));
        return ChaosCheck.Of(Effect, string.Create(CultureInfo.InvariantCulture, $"{result.Tally.All.Applied} operations of the load took effect"), found);
    }

    /// <summary>Audits that ran beside the load; none where none did.</summary>
    public static IReadOnlyList<ChaosCheck> OfAuditsBeside(IReadOnlyList<AuditNote> audits) => audits.Count == 0
        ? []
        : [ChaosCheck.Of(
            AuditsBeside, string.Create(CultureInfo.InvariantCulture, $"{audits.Count} beside the load, the last at block {audits[^1].Block}"),
            [.. audits.Where(note => !note.IsClean).Select(note => string.Create(CultureInfo.InvariantCulture, $"{note.AtMicroseconds / 1_000} ms after the beginning: {note.Fault}"))])];

    /// <summary>A script of faults has to be done whole, unless somebody ended the run.</summary>
    public static ChaosCheck OfFaults(Struck struck, bool isInterrupted)
    {
        var found = new List<string>();
        if (struck.Fault is { } fault) found.Add($"the script of faults ended: {fault}");
        else if (struck.Strikes.Count < struck.Count && !isInterrupted) found.Add("the load was over before all were done");
        found.AddRange(struck.Strikes.Where(strike => strike.BackMilliseconds is null).Select(strike => $"{strike.What}: not all was there again"));
        return ChaosCheck.Of(Faults, string.Create(CultureInfo.InvariantCulture, $"{struck.Strikes.Count} of {struck.Count} faults were done"), found);
    }

    /// <summary>How often positions on a hotkey of a subnet were changed: each may round the shares of its pool.</summary>
    public static Dictionary<(NetUid, AccountId), int> ChangesOf(IEnumerable<Acknowledged> acknowledged)
    {
        var changes = new Dictionary<(NetUid, AccountId), int>();
        foreach (var move in acknowledged.Where(entry => entry.Receipt.IsApplied).SelectMany(entry => entry.Receipt.Outcome!.Moves))
        {
            changes[(move.Netuid, move.Hotkey)] = changes.GetValueOrDefault((move.Netuid, move.Hotkey)) + 1;
        }

        return changes;
    }

    /// <summary>A network whose genesis is the population's, read at one instant.</summary>
    /// <param name="image">Of the same instant.</param>
    /// <param name="open">Operations without an outcome.</param>
    /// <param name="faults">What clients were told that cannot be.</param>
    /// <param name="seen">Blocks' hashes as they were seen while the network ran.</param>
    /// <param name="everyone">Whether each staker has to have acted.</param>
    /// <param name="between">As of <see cref="StoredHistory.Read"/>.</param>
    public static IReadOnlyList<ChaosCheck> Run(
        JournalReadView view, NetworkImage image, AuditReport audit, Population population, IReadOnlyCollection<Acknowledged> acknowledged, IReadOnlyCollection<Operation> open,
        IReadOnlyCollection<string> faults, IReadOnlyDictionary<ulong, byte[]> seen, bool everyone = false, Func<string, IJournalReader, IJournalReader>? between = null)
    {
        var history = StoredHistory.Read(view, between);
        var (tally, changes) = (new ReceiptTally(), ChangesOf(acknowledged));
        foreach (var (operation, receipt) in acknowledged.Where(entry => entry.Receipt.IsApplied)) tally.Add(operation, receipt.Outcome!);
        return
        [
            OfAudit(audit),
            ChaosCheck.Of(Outcomes, $"{acknowledged.Count} operations have an outcome", [.. open.Select(operation => $"operation {operation.Id} ({operation.Call.Kind}) of {operation.Signer} has no outcome"), .. faults]),
            ChaosCheck.Of(Operations, $"{acknowledged.Count} acknowledged, {history.Ended} ended in the journals of {history.Signers.Count} accounts", history.FindOperationFaults(acknowledged)),
            ChaosCheck.Of(Blocks, $"{history.Headers.Count} headers, {seen.Count} of them seen while they were made; each applied once by each of {history.Pools} pools", history.FindBlockFaults(seen)),
            CheckFree(FreeTao, image, population, tally),
            CheckPositions(Positions, image, population, acknowledged, changes),
            .. everyone ? [CheckEveryone(history.Signers.Contains, population)] : Array.Empty<ChaosCheck>(),
        ];
    }

    /// <summary>A network whose genesis is the population's, as it was stored when it had stopped: what everybody holds, against receipts.</summary>
    public static IReadOnlyList<ChaosCheck> OfStored(NetworkImage image, Population population, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        var tally = new ReceiptTally();
        foreach (var (operation, receipt) in acknowledged.Where(entry => entry.Receipt.IsApplied)) tally.Add(operation, receipt.Outcome!);
        return [CheckFree(StoredFreeTao, image, population, tally), CheckPositions(StoredPositions, image, population, acknowledged, ChangesOf(acknowledged))];
    }

    /// <summary>Each staker has an operation that was acknowledged: that it took place is another check.</summary>
    public static ChaosCheck OfEveryone(Population population, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        var signers = acknowledged.Select(entry => entry.Operation.Signer).ToHashSet();
        return CheckEveryone(signers.Contains, population);
    }

    /// <summary>What an audit found, as a check.</summary>
    /// <param name="seen">The newest block that was seen: a store that ends before it is not that of the network.</param>
    public static ChaosCheck OfAudit(AuditReport audit, ulong seen = 0) => ChaosCheck.Of(
        Audit, $"{audit.Columns.Count} tokens, {audit.Accounts} accounts, {audit.Positions} positions at block {audit.Block}",
        [
            .. audit.Columns.Where(column => column.Difference != 0).Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Token}: the places hold {column.Difference} rao too much")),
            .. audit.Faults,
            .. audit.Chains is null or { IsClean: true } ? Array.Empty<string>() : ["a digest chain does not hold"],
            .. audit.Block.Value >= seen ? Array.Empty<string>() : [string.Create(CultureInfo.InvariantCulture, $"the store ends at block {audit.Block}, and block {seen} was seen: it is not that of the network")],
        ]);

    /// <summary>Whoever did nothing holds what it began with.</summary>
    private static ChaosCheck CheckFree(string name, NetworkImage image, Population population, ReceiptTally tally)
    {
        var found = new List<string>();
        var rest = tally.Free.Keys.ToHashSet();
        var (stakers, acted) = (population.Options.Stakers, rest.Count);
        for (var staker = 0; staker < stakers; staker++)
        {
            var account = population.Staker(staker);
            rest.Remove(account);
            Check(account, population.FreeOf(staker).Rao);
        }

        foreach (var account in rest) Check(account, 0);
        return ChaosCheck.Of(name, $"{stakers + rest.Count} accounts, {acted} of them with operations or credits, to the rao", found);

        void Check(AccountId account, Int128 start)
        {
            var free = start + tally.Free.GetValueOrDefault(account);
            if (!image.Accounts.TryGetValue(account, out var state))
            {
                found.Add($"account {account} is not stored");
                return;
            }

            if (state.Free.Rao != free) found.Add($"account {account} has {state.Free} rao, and {free} by the receipts");
            if (state.HasUnfinished) found.Add($"account {account} has something unfinished");
        }
    }

    /// <summary>Each staker has acted.</summary>
    private static ChaosCheck CheckEveryone(Predicate<AccountId> hasActed, Population population)
    {
        var found = new List<string>();
        for (var staker = 0; staker < population.Options.Stakers; staker++)
        {
            if (!hasActed(population.Staker(staker))) found.Add($"staker {staker} ({population.Staker(staker)}) has not acted");
        }

        return ChaosCheck.Of(Everyone, $"{population.Options.Stakers - found.Count} of {population.Options.Stakers} stakers have acted", found);
    }

    private static ChaosCheck CheckPositions(string name, NetworkImage image, Population population, IReadOnlyCollection<Acknowledged> acknowledged, Dictionary<(NetUid, AccountId), int> changes)
    {
        var books = new Dictionary<PositionKey, (Int128 In, Int128 Out)>();
        foreach (var move in acknowledged.Where(entry => entry.Receipt.IsApplied).SelectMany(entry => entry.Receipt.Outcome!.Moves))
        {
            var key = new PositionKey(move.Netuid, move.Hotkey, move.Coldkey);
            var book = books.GetValueOrDefault(key);
            // What is sold is told without the fee, which is taken from the position as well.
            books[key] = move.Kind == StakeMoveKind.In ? book with { In = book.In + move.Alpha.Rao } : book with { Out = book.Out + move.Alpha.Rao + move.Fee };
        }

        var hotkeys = Enumerable.Range(0, population.Options.Validators).Select(population.ValidatorHotkey).ToArray();
        var operators = hotkeys.Select((hotkey, number) => (Hotkey: hotkey, Coldkey: population.Validator(number))).ToHashSet();
        var begun = new Dictionary<NetUid, List<(PositionKey Key, ulong Amount)>>();
        for (var staker = 0; staker < population.Options.Stakers; staker++)
        {
            for (var place = 0; place < population.Options.Positions; place++)
            {
                var start = population.PositionOf(staker, place);
                if (!begun.TryGetValue(start.Netuid, out var list)) begun.Add(start.Netuid, list = []);
                list.Add((new PositionKey(start.Netuid, hotkeys[start.Validator], population.Staker(staker)), start.Amount));
            }
        }

        var (found, exact, bounded, count) = (new List<string>(), 0, 0, 0);
        var bySubnet = books.ToLookup(entry => entry.Key.Netuid);
        foreach (var netuid in Enumerable.Range(0, population.Options.Subnets + 1).Select(number => new NetUid((ushort)number)))
        {
            var pool = image.Pools.GetValueOrDefault(netuid) ?? new PoolState();
            var all = bySubnet[netuid].ToDictionary(entry => entry.Key, entry => entry.Value);
            foreach (var (key, amount) in begun.GetValueOrDefault(netuid) ?? [])
            {
                var book = all.GetValueOrDefault(key);
                all[key] = book with { In = book.In + amount };
            }

            foreach (var (key, book) in all)
            {
                count++;
                var hotkeyPool = pool.HotkeyPools.GetValueOrDefault(key.Hotkey);
                var value = (Int128)SharePool.Value(hotkeyPool, pool.Shares.GetValueOrDefault((key.Hotkey, key.Coldkey))).Rao;
                var slack = changes.GetValueOrDefault((netuid, key.Hotkey)) + RoundingMax;
                var (least, most) = (book.In - book.Out, Gained(hotkeyPool, book.In) - book.Out);
                if (value < least - slack) found.Add($"{key} holds {value} rao, and at least {least} by the receipts");
                else if (!netuid.IsRoot && value > Int128.Max(most, 0) + slack) found.Add($"{key} holds {value} rao, and at most {most} by the receipts");
                if (most - least <= slack) exact++;
                else bounded++;
            }

            FindUntold(population, pool, netuid, all, operators, changes, found);
        }

        return ChaosCheck.Of(name, $"{count} positions: {exact} as receipts say, {bounded} between that and what a share has gained; of no other is anything held", found);
    }

    /// <summary>
    /// Nobody holds anything of which neither genesis nor a receipt tells, but for those who are paid for running hotkeys: validators on their own, which have at least what they
    /// began with, and a subnet's owner on its own.
    /// </summary>
    private static void FindUntold(
        Population population, PoolState pool, NetUid netuid, Dictionary<PositionKey, (Int128 In, Int128 Out)> told, HashSet<(AccountId Hotkey, AccountId Coldkey)> operators,
        Dictionary<(NetUid, AccountId), int> changes, List<string> found)
    {
        var own = (Int128)((ulong)population.Options.ValidatorTao * Population.OneTao);
        foreach (var (hotkey, coldkey) in operators)
        {
            var value = (Int128)SharePool.Value(pool.HotkeyPools.GetValueOrDefault(hotkey), pool.Shares.GetValueOrDefault((hotkey, coldkey))).Rao;
            if (value < own - changes.GetValueOrDefault((netuid, hotkey)) - RoundingMax) found.Add($"validator {coldkey} holds {value} rao in {netuid}, and began with {own}");
        }

        var (owner, ownerHotkey) = netuid.IsRoot ? default : (population.Owner(netuid), population.OwnerHotkey(netuid));
        foreach (var (key, share) in pool.Shares)
        {
            if (operators.Contains(key) || told.ContainsKey(new PositionKey(netuid, key.Hotkey, key.Coldkey)) || (!netuid.IsRoot && key.Hotkey == ownerHotkey && key.Coldkey == owner)) continue;
            var value = SharePool.Value(pool.HotkeyPools.GetValueOrDefault(key.Hotkey), share);
            if (value.Rao > 0) found.Add($"{key.Coldkey} holds {value} rao on {key.Hotkey} in {netuid}, of which nobody was told");
        }
    }

    /// <summary>What an amount that was there from the beginning would be worth now: a share was worth 1 then, and never fell.</summary>
    private static Int128 Gained(HotkeyPool pool, Int128 amount) =>
        Int128.Max(amount, SharePool.Value(pool, SafeFloat.FromUInt64((ulong)Int128.Clamp(amount, 0, ulong.MaxValue))).Rao);
}
