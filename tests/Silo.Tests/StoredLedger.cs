using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.Storage;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>What stands in the file, whether a silo runs on it or not.</summary>
internal sealed class StoredLedger
{
    private readonly NetworkImage _image;

    private StoredLedger(NetworkImage image, Supply supply) => (_image, Supply) = (image, supply);

    /// <summary>How much TAO there has to be, and by the audit is, to the rao.</summary>
    public Supply Supply { get; }

    /// <summary>Operations that were started and not settled.</summary>
    public int OperationsInFlight => _image.Accounts.Values.Sum(account => account.InFlight.Count);

    /// <summary>Whether a block was planned and not closed.</summary>
    public bool HasBlockInFlight => _image.Coordinator.UnderWay is not null;

    /// <summary>Whether operations over several pools were decided and had not reached everyone.</summary>
    public bool HasBatchInFlight => _image.Lane.Undelivered is not null;

    public BlockNumber Block => _image.Coordinator.Block;

    /// <summary>Reads the file at one instant; the books must balance and every journal's chain must hold.</summary>
    public static StoredLedger ReadClean(string path)
    {
        using var view = JournalReadView.OpenFile(path);
        var image = NetworkImage.Read(view);
        var audit = AuditAssert.IsClean(LedgerAudit.Run(view, image));
        AssertNamesUnfinished(view, image);
        return new StoredLedger(image, audit.Supply);
    }

    /// <summary>Whom a start wakes: those accounts that had something under way, and nobody else.</summary>
    private static void AssertNamesUnfinished(JournalReadView view, NetworkImage image)
    {
        var unfinished = image.Accounts.Where(account => account.Value.HasUnfinished).Select(account => ActorKeys.Account(account.Key));
        Assert.Equal(unfinished.Order(StringComparer.Ordinal), view.ScanUnfinished(ActorKeys.AccountPrefix));
    }

    /// <summary>Every receipt that a client was given stands there as it was given, as long as receipts are kept.</summary>
    public void AssertHolds(IEnumerable<(Operation Operation, Receipt Receipt)> acknowledged)
    {
        foreach (var (operation, receipt) in acknowledged)
        {
            var account = _image.Accounts[operation.Signer];
            var stored = account.Settled.TryGet(operation.Id, out var settled) ? settled.Receipt : null;
            if (stored is null && operation.LastValidBlock.Value + OperationLimits.ReceiptBlocks < account.Seen.Value) continue;
            Assert.Equal(ReceiptText.Of(receipt), stored is null ? $"no receipt of {operation.Id}" : ReceiptText.Of(stored));
        }
    }

    /// <summary>Epochs ran, one for each third block or what the kills left of them, and what they earned for root was sold and staked.</summary>
    public void AssertEarned()
    {
        var earning = _image.Pools[CrashGenesis.Earning].Books!;
        var root = _image.Pools[NetUid.Root];
        Assert.InRange(earning.EpochIndex, 3UL, Block.Value);
        Assert.True(root.HotkeyPools[CrashGenesis.Earner].Value.Rao > CrashGenesis.KeptOnRoot);
        Assert.NotEmpty(root.Claims.Rates[CrashGenesis.Earner].BySubnet);
    }

    /// <summary>What accounts and positions hold is what the receipts add up to: nothing happened twice, by half, or untold.</summary>
    public void AssertAgrees(ReceiptTally tally)
    {
        foreach (var (account, free) in tally.Free) Assert.Equal((account, free), (account, _image.Accounts[account].Free.Rao));
        foreach (var (hotkey, owner) in tally.Owners) Assert.Equal((hotkey, owner), (hotkey, _image.Validators[hotkey].Record?.Owner));

        // A share is rounded at each change of its hotkey's pool; the smallest operation is far above the sum of that.
        var tolerance = tally.Changes;
        foreach (var (position, expected) in tally.Stake)
        {
            var pool = _image.Pools[position.Netuid];
            var share = pool.Shares.GetValueOrDefault((position.Hotkey, position.Coldkey));
            var value = (Int128)SharePool.Value(pool.HotkeyPools.GetValueOrDefault(position.Hotkey), share).Rao;
            Assert.True(Int128.Abs(value - expected) <= tolerance, $"{position}: {value} stored, {expected} by the receipts");
        }
    }

    /// <summary>Each operation that was ever begun came to exactly one end, by the whole history of its account.</summary>
    public static int AssertEachEndedOnce(string path)
    {
        var (ended, open) = ReadHistories(path);
        Assert.Empty(open);
        return ended.Count;
    }

    /// <summary>What the histories of all accounts say of every operation. None is begun twice, none ends twice, and none both.</summary>
    /// <returns>The receipts of those that ended, and those that were begun and have not ended.</returns>
    public static (IReadOnlyDictionary<OperationId, Receipt> Ended, IReadOnlySet<OperationId> Open) ReadHistories(string path)
    {
        using var log = OrderedLog.Open(path);
        using var view = log.OpenReadView();
        var ended = new Dictionary<OperationId, Receipt>();
        var open = new HashSet<OperationId>();
        foreach (var actor in view.ScanActors(ActorKeys.AccountPrefix).ToArray())
        {
            var begun = new Dictionary<ulong, OperationId>();
            foreach (var stored in log.ReadEvents(actor.ActorKey))
            {
                switch (AccountModel.Instance.ReadOne(stored.Bytes.Span))
                {
                    case OperationStarted started:
                        begun.Add(started.Operation.Sequence, started.Operation.Id);
                        break;
                    case OperationSettled settled:
                        Assert.True(begun.Remove(settled.Sequence, out var id) && id == settled.Receipt.Id, $"{settled.Receipt.Id} ended without a beginning");
                        Assert.True(ended.TryAdd(id, settled.Receipt), $"{id} ended twice");
                        break;
                    case OperationDecidedHere decided:
                        Assert.True(ended.TryAdd(decided.Id, decided.Receipt), $"{decided.Id} ended twice");
                        break;
                }
            }

            Assert.All(begun.Values, id => Assert.True(open.Add(id), $"{id} was begun twice"));
        }

        Assert.DoesNotContain(open, ended.ContainsKey);
        return (ended, open);
    }
}
