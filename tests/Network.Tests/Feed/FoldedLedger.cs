using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Feed;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Grains.Wire;
using Dtao.Hosting.Audit;

namespace Dtao.Network.Tests.Feed;

/// <summary>A ledger as somebody knows it who has nothing but the facts of the feed.</summary>
internal sealed class FoldedLedger
{
    private readonly HashSet<FactSource> _sources = [];
    private readonly Dictionary<string, FactSource> _last = [];

    public Dictionary<AccountId, Int128> Free { get; } = [];
    public Dictionary<NetUid, SubnetBooks> Books { get; } = [];
    public Dictionary<(NetUid, AccountId), HotkeyPool> Pools { get; } = [];
    public Dictionary<PositionKey, SafeFloat> Shares { get; } = [];
    public Dictionary<(NetUid, AccountId), Tao> Owed { get; } = [];
    public Dictionary<AccountId, HotkeyFacts> Hotkeys { get; } = [];
    public Dictionary<(AccountId, OperationId), Receipt> Receipts { get; } = [];
    public Dictionary<(AccountId, ulong), OperationId> UnderWay { get; } = [];
    public SortedSet<NetUid> Subnets { get; } = [];
    public Dictionary<(NetUid, ushort), AccountId> Neurons { get; } = [];
    public List<BlockNumber> Blocks { get; } = [];
    public Dictionary<(ulong Sequence, AccountId), Tao> LaneCredits { get; } = [];
    public Dictionary<TaoCause, int> Causes { get; } = [];
    public int Trades { get; private set; }
    public NetworkParameters? Parameters { get; private set; }

    public void Take(LedgerFact fact)
    {
        var (actor, number, place) = fact.Source;
        Assert.True(_sources.Add(fact.Source), $"{fact.Source} was told twice.");
        if (_last.TryGetValue(actor, out var last)) Assert.True((last.Event, last.Place).CompareTo((number, place)) < 0, $"{fact.Source} came after {last}.");
        _last[actor] = fact.Source;
        switch (fact)
        {
            case NetworkBeganFact began:
                Subnets.UnionWith(began.Network.Subnets.Select(entry => entry.Netuid));
                Parameters = began.Network.Parameters;
                break;
            case SubnetsChangedFact changed:
                Subnets.ExceptWith(changed.Change.Removed);
                Subnets.UnionWith(changed.Change.Added);
                if (changed.Change.LastLock is { } cost) Parameters = Parameters! with { NetworkLastLock = cost, NetworkLastLockBlock = changed.Change.LastLockBlock };
                break;
            case ParametersAfterFact after:
                Parameters = after.Parameters;
                break;
            case BlockClosedFact closed:
                Blocks.Add(closed.Header.Number);
                break;
            case AccountBeganFact began:
                Free[began.Account] = began.Free.Rao;
                break;
            case TaoChangedFact changed:
                Free[changed.Account] = Free.GetValueOrDefault(changed.Account) + changed.Change;
                Causes[changed.Cause] = Causes.GetValueOrDefault(changed.Cause) + 1;
                if (changed.Cause == TaoCause.Lane) Assert.Equal((UInt128)changed.Change, LaneCredits[(changed.Sequence, changed.Account)].Rao);
                break;
            case LaneCreditFact credit:
                LaneCredits.Add((credit.Sequence, credit.Account), credit.Amount);
                break;
            case OperationBegunFact begun:
                if (begun.Former is { } former) Assert.True(UnderWay.Remove((begun.Account, former)));
                UnderWay.Add((begun.Account, begun.Sequence), begun.Id);
                break;
            case OperationEndedFact ended:
                if (ended.Sequence != 0) Assert.True(UnderWay.Remove((ended.Account, ended.Sequence), out var id) && id == ended.Receipt.Id);
                Receipts.Add((ended.Account, ended.Receipt.Id), ended.Receipt);
                break;
            case HotkeyAfterFact { Facts: { } facts } after:
                Hotkeys[after.Hotkey] = facts;
                break;
            case HotkeyAfterFact gone:
                Hotkeys.Remove(gone.Hotkey);
                break;
            case DelegateMadeFact made:
                Hotkeys[made.Hotkey] = Hotkeys[made.Hotkey] with { StoredTake = made.Take };
                break;
            default:
                TakeOfPool(fact);
                break;
        }
    }

    private void TakeOfPool(LedgerFact fact)
    {
        switch (fact)
        {
            case SubnetAfterFact after:
                Books[after.Netuid] = after.Books;
                break;
            case SubnetEndedFact ended:
                Books.Remove(ended.Netuid);
                foreach (var key in Pools.Keys.Where(key => key.Item1 == ended.Netuid).ToArray()) Pools.Remove(key);
                foreach (var key in Shares.Keys.Where(key => key.Netuid == ended.Netuid).ToArray()) Shares.Remove(key);
                foreach (var key in Neurons.Keys.Where(key => key.Item1 == ended.Netuid).ToArray()) Neurons.Remove(key);
                break;
            case GiftReceivedFact gift when Books.TryGetValue(gift.Netuid, out var books):
                var copy = books.Copy();
                copy.AccountTao += gift.Amount;
                Books[gift.Netuid] = copy;
                break;
            case HotkeyPoolAfterFact after:
                var pool = new HotkeyPool(after.Value, after.Denominator);
                if (pool.IsEmpty) Pools.Remove((after.Netuid, after.Hotkey));
                else Pools[(after.Netuid, after.Hotkey)] = pool;
                break;
            case ShareAfterFact after:
                var position = new PositionKey(after.Netuid, after.Hotkey, after.Coldkey);
                if (after.Share.IsZero) Shares.Remove(position);
                else Shares[position] = after.Share;
                break;
            case OwedAfterFact { Amount.IsZero: true } after:
                Owed.Remove((after.Netuid, after.Account));
                break;
            case OwedAfterFact after:
                Owed[(after.Netuid, after.Account)] = after.Amount;
                break;
            case NeuronCountAfterFact count:
                foreach (var key in Neurons.Keys.Where(key => key.Item1 == count.Netuid && key.Item2 >= count.Count).ToArray()) Neurons.Remove(key);
                break;
            case NeuronAfterFact { Hotkey: { } hotkey } neuron:
                Neurons[(neuron.Netuid, neuron.Uid)] = hotkey;
                break;
            case StakeMovedFact moved:
                if (moved.IsTrade) Trades++;
                break;
        }
    }

    /// <summary>That this is the ledger, value by value.</summary>
    public void AssertIs(NetworkImage image)
    {
        Assert.Equal(
            Sorted(image.Accounts.Where(account => !account.Value.Free.IsZero).Select(account => (account.Key, (Int128)account.Value.Free.Rao))),
            Sorted(Free.Where(entry => entry.Value != 0).Select(entry => (entry.Key, entry.Value))));
        foreach (var account in image.Accounts.Values)
        {
            Assert.Equal(account.SettledCount, (ulong)Receipts.Keys.Count(key => key.Item1 == account.Id));
            Assert.All(account.Settled.InOrder(), settled => Assert.Equal(ReceiptText(settled.Receipt), ReceiptText(Receipts[(account.Id, settled.Id)])));
        }

        Assert.Empty(UnderWay);
        Assert.Equal(image.Registry.Subnets.Select(entry => entry.Netuid).Order(), Subnets);
        Assert.Equal(ParametersText(image.Registry.Parameters), ParametersText(Parameters!));
        Assert.Equal(Enumerable.Range(1, (int)image.Coordinator.Block.Value).Select(number => new BlockNumber((ulong)number)), Blocks);
        Assert.Equal(
            Sorted(image.Validators.Where(entry => entry.Value.Record is not null).Select(entry => (entry.Key, HotkeyFacts.Of(entry.Key, entry.Value.Record!).ToString()))),
            Sorted(Hotkeys.Select(entry => (entry.Key, entry.Value.ToString()))));
        var pools = image.Pools;
        Assert.Equal(
            pools.Where(entry => entry.Value.Books is not null).OrderBy(entry => entry.Key).Select(entry => (entry.Key, BooksText(entry.Value.Books!))),
            Books.OrderBy(entry => entry.Key).Select(entry => (entry.Key, BooksText(entry.Value))));
        Assert.Equal(
            pools.SelectMany(entry => entry.Value.HotkeyPools.Select(pool => ((entry.Key, pool.Key), pool.Value))).OrderBy(entry => entry.Item1),
            Pools.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key));
        Assert.Equal(
            pools.SelectMany(entry => entry.Value.Shares.Select(share => ((entry.Key, share.Key.Hotkey, share.Key.Coldkey), share.Value))).OrderBy(entry => entry.Item1),
            Shares.Select(entry => ((entry.Key.Netuid, entry.Key.Hotkey, entry.Key.Coldkey), entry.Value)).OrderBy(entry => entry.Item1));
        Assert.Equal(
            pools.SelectMany(entry => entry.Value.Owed.Select(owed => ((entry.Key, owed.Key), owed.Value))).OrderBy(entry => entry.Item1),
            Owed.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key));
        Assert.Equal(
            pools.SelectMany(entry => entry.Value.Metagraph.Neurons.Select((neuron, uid) => ((entry.Key, (ushort)uid), neuron.Hotkey))).OrderBy(entry => entry.Item1),
            Neurons.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key));
    }

    private static IEnumerable<(AccountId, T)> Sorted<T>(IEnumerable<(AccountId Key, T)> entries) => entries.OrderBy(entry => entry.Key);

    private static string BooksText(SubnetBooks books)
    {
        var writer = new RecordWriter(512);
        LedgerCodec.Write(writer, books);
        return Convert.ToHexString(writer.WrittenSpan);
    }

    private static string ParametersText(NetworkParameters parameters)
    {
        var writer = new RecordWriter(512);
        LedgerCodec.Write(writer, parameters);
        return Convert.ToHexString(writer.WrittenSpan);
    }

    private static string ReceiptText(Receipt receipt)
    {
        var writer = new RecordWriter(256);
        if (receipt.Outcome is { } outcome) LedgerCodec.Write(writer, outcome);
        return $"{receipt.Id} {receipt.Status} {receipt.Code} {receipt.Block} {receipt.Order} {receipt.DecidedBy} {Convert.ToHexString(writer.WrittenSpan)}";
    }
}
