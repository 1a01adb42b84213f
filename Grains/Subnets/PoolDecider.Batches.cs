using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Subnets;

/// <content>Calls whose orders are executed all or none, decided for all of their owners in one step.</content>
public static partial class PoolDecider
{
    /// <summary>The accounts that a batch may pay to and whose balance does not come with its parts: receivers of fees, and the one that it passes through.</summary>
    public static IReadOnlyCollection<AccountId> PaidBy(IReadOnlyList<PoolCommand> parts)
    {
        var paid = new SortedSet<AccountId>();
        foreach (var part in parts)
        {
            var detail = (FillBatchDetail)part.Call.Detail!;
            if (detail.IsNetted) paid.Add(OrderBatch.Account);
            foreach (var (_, fill) in detail.Fills)
            {
                if (fill.Order.FeeRate.Parts > 0 && !fill.Order.FeeRecipient.IsSubnetAccount) paid.Add(fill.Order.FeeRecipient);
            }
        }

        foreach (var part in parts) paid.Remove(part.Head.Sender);
        return paid;
    }

    /// <summary>Executes the relayer's call over the free TAO of all owners, and yields what happened: all of it, or a refusal that all are told.</summary>
    /// <remarks>
    /// The account that a netted batch passes through keeps what floors leave. Where it exists, how much it holds changes nothing; where it does not, the
    /// existential deposit is held against what it would keep.
    /// </remarks>
    /// <param name="parts">All of them, in ascending order of their senders.</param>
    /// <param name="existing">Which of <see cref="PaidBy"/> exist.</param>
    public static OrdersDecided DecideBatch(
        PoolState state, IReadOnlyList<PoolCommand> parts, bool beneficiaryExists, IReadOnlySet<AccountId> existing,
        IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys, NetworkParameters? parameters = null)
    {
        var details = parts.Select(part => (FillBatchDetail)part.Call.Detail!).ToArray();
        var call = OrderParts.Join(parts[0].Call.Netuid, details);
        var block = parts.Aggregate(BlockNumber.Genesis, (latest, part) => BlockOf(state, part.Head) is var own && own > latest ? own : latest);
        var source = new BatchSource(state, block, parts, beneficiaryExists, existing, hotkeys, parameters);
        var scope = new LedgerScope(source);
        var outcome = call is null ? CallOutcome.Refused(LedgerError.MalformedCall) : TransactionFees.Execute(scope, details[0].Relayer, call, Tao.Zero);
        if (!outcome.IsOk) scope = new LedgerScope(source);
        Invariant.Holds(scope.ChangedHotkeys.Count == 0, "Executing orders changes no hotkey.");

        var changes = new Dictionary<AccountId, long>(parts.Count);
        var (owed, payments) = (new List<(AccountId, Tao)>(1), new List<OutgoingTao>());
        OutgoingTao? direct = null;
        foreach (var (account, free) in scope.ChangedFree)
        {
            var before = source.GetFree(account);
            if (free == before) continue;
            if (source.IsOwner(account)) changes[account] = checked((long)free.Rao - (long)before.Rao);
            else if (account != state.Beneficiary) payments.Add(new OutgoingTao(account, free - before));
            else if (before.IsZero) direct = new OutgoingTao(account, free - before);
            else owed.Add((account, state.Owed.GetValueOrDefault(account) + (free - before)));
        }

        if (!scope.PlainDust.IsZero) owed.Add((SystemSenders.Dust, state.Owed.GetValueOrDefault(SystemSenders.Dust) + scope.PlainDust));
        return new OrdersDecided(
            details[0].Relayer, call ?? parts[0].Call, outcome, block, state.Order + 1,
            [.. parts.Select((part, i) => ShareOf(part.Head, details[i], changes.GetValueOrDefault(part.Head.Sender)))],
            ChangesOf(state, scope, owed), direct, payments);
    }

    private static OrdersShare ShareOf(MessageHead head, FillBatchDetail detail, long freeChange) => new(
        head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, freeChange, [.. detail.Fills.Select(placed => placed.Place)]);

    /// <summary>A pool's state, and the free TAO of all owners.</summary>
    private sealed class BatchSource(
        PoolState state, BlockNumber block, IReadOnlyList<PoolCommand> parts, bool beneficiaryExists, IReadOnlySet<AccountId> existing,
        IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys, NetworkParameters? parameters)
        : PoolSource(state, block, default, Tao.Zero, beneficiaryExists, hotkeys, parameters)
    {
        private readonly Dictionary<AccountId, Tao> _owners = parts.ToDictionary(part => part.Head.Sender, part => part.Free);
        private readonly IReadOnlySet<AccountId> _existing = existing;

        public bool IsOwner(AccountId account) => _owners.ContainsKey(account);

        public override Tao GetFree(AccountId account)
        {
            if (_owners.TryGetValue(account, out var free)) return free;
            return _existing.Contains(account) ? ExistingBalance : base.GetFree(account);
        }
    }
}
