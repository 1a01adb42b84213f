using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Staking;
using Dtao.Hosting.Generated;

namespace Dtao.Hosting.Lessons;

/// <summary>A generated network on the sequential model, with validators that weigh all miners every day.</summary>
internal sealed class LessonNetwork
{
    /// <summary>The chain makes a block every 12 seconds.</summary>
    public const ulong BlocksPerDay = 7_200;

    public const ulong BlocksPerYear = 365 * BlocksPerDay;

    public const ulong OneTao = 1_000_000_000;

    /// <summary>One alpha; sales far below it are refused as too small.</summary>
    private static readonly Alpha s_soldMin = new(OneTao);

    private readonly GeneratedNetwork _plan;
    private readonly CancellationToken _cancellationToken;

    public LessonNetwork(GeneratedNetwork plan, GenesisState genesis, CancellationToken cancellationToken)
    {
        (_plan, _cancellationToken) = (plan, cancellationToken);
        Ledger = new SequentialNetwork(GenesisBuilder.Build(genesis));
    }

    public SequentialNetwork Ledger { get; }

    /// <summary>What people do once a day, after the first block of the day.</summary>
    public Action Daily { get; init; } = () => { };

    /// <summary>What is noted after each block.</summary>
    public Action EachBlock { get; init; } = () => { };

    /// <summary>Makes blocks until this one is made.</summary>
    public void AdvanceTo(ulong block)
    {
        while (Ledger.Block.Value < block)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            Ledger.MakeBlock();
            EachBlock();
            if (Ledger.Block.Value % BlocksPerDay != 1) continue;
            Weigh();
            Daily();
        }
    }

    public SubnetBooks Books(NetUid netuid) =>
        Ledger.TryGetBooks(netuid, out var books) ? books : throw new InvalidOperationException($"There is no subnet {netuid}.");

    public Alpha Position(NetUid netuid, AccountId hotkey, AccountId coldkey) => ShareLedger.Position(Ledger, new PositionKey(netuid, hotkey, coldkey));

    /// <summary>Executes a call of the lesson's own, which has to succeed.</summary>
    public CallOutcome Do(AccountId signer, Call call)
    {
        var outcome = Ledger.Execute(signer, call);
        return outcome.IsOk ? outcome : throw new InvalidOperationException($"{call.Kind} was refused in block {Ledger.Block}: {outcome.Error}.");
    }

    public CallOutcome Buy(AccountId coldkey, AccountId hotkey, NetUid netuid, Tao tao) =>
        Do(coldkey, new Call { Kind = CallKind.AddStake, Hotkey = hotkey, Netuid = netuid, Amount = tao.Rao });

    public CallOutcome Sell(AccountId coldkey, AccountId hotkey, NetUid netuid, Alpha alpha) =>
        Do(coldkey, new Call { Kind = CallKind.RemoveStake, Hotkey = hotkey, Netuid = netuid, Amount = alpha.Rao });

    /// <summary>TAO that selling a whole position would bring now.</summary>
    public Tao Proceeds(AccountId coldkey, AccountId hotkey, NetUid netuid) => new(Quotes.Of(
        Ledger, coldkey, new Call { Kind = CallKind.RemoveStake, Hotkey = hotkey, Netuid = netuid, Amount = Position(netuid, hotkey, coldkey).Rao }).AmountOut);

    /// <summary>Owners and miners have costs to pay: they sell a part of their alpha.</summary>
    /// <param name="percent">Of what each of them holds, 0 to 100.</param>
    public void SellPay(int percent)
    {
        foreach (var netuid in _plan.Netuids)
        {
            SellPart(GeneratedNetwork.Owner(netuid), GeneratedNetwork.OwnerHotkey(netuid), netuid, percent);
            for (var miner = 1; miner <= _plan.Miners; miner++)
            {
                SellPart(GeneratedNetwork.Miner(netuid, miner), GeneratedNetwork.MinerHotkey(netuid, miner), netuid, percent);
            }
        }
    }

    private void SellPart(AccountId coldkey, AccountId hotkey, NetUid netuid, int percent)
    {
        var alpha = new Alpha((ulong)((UInt128)Position(netuid, hotkey, coldkey).Rao * (ulong)percent / 100));
        if (alpha > s_soldMin) Sell(coldkey, hotkey, netuid, alpha);
    }

    /// <summary>The first miner is weighed most: with three miners the weights are 3, 2, and 1.</summary>
    private void Weigh()
    {
        foreach (var netuid in _plan.Netuids)
        {
            for (var validator = 1; validator <= _plan.Validators; validator++)
            {
                Do(GeneratedNetwork.ValidatorHotkey(validator), new Call
                {
                    Kind = CallKind.SetWeights,
                    Netuid = netuid,
                    Detail = new WeightsDetail(
                        [.. Enumerable.Range(1, _plan.Miners).Select(_plan.UidOfMiner)],
                        [.. Enumerable.Range(1, _plan.Miners).Select(miner => (ushort)(10_000 * (_plan.Miners + 1 - miner)))],
                        0, 0, []),
                });
            }
        }
    }

    /// <summary>The blocks after which a row is noted: evenly over the run, the last one its end.</summary>
    public static IEnumerable<ulong> Marks(ulong blocks, int rows) =>
        Enumerable.Range(1, rows).Select(row => (ulong)((UInt128)blocks * (ulong)row / (ulong)rows));
}
