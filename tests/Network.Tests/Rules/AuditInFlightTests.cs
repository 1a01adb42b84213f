using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>A network in the middle of things: a pool has decided what the account has not heard of, and the lane's first fee has not been sent.</summary>
public sealed class NetworkInFlight : IAsyncLifetime
{
    public static readonly AccountId Waiting = Staker(0);
    public const ulong Staked = 7 * OneTao;

    private readonly List<Task<Receipt>> _submitted = [];
    private readonly List<HeldCalls.Held> _held = [];
    private RuleNetwork? _rules;

    public RuleNetwork Rules => _rules ?? throw new InvalidOperationException("The network has not been started.");

    public async ValueTask InitializeAsync()
    {
        _rules = await RuleNetwork.StartAsync(Genesis(author: Author));
        var network = _rules.Network;
        await Hold(_rules.Calls.HoldNext(network.Pool(Root), nameof(ISubnetPoolGrain.Execute)), Waiting, Calls.AddStake(Hot, Root, new Tao(Staked)));
        await Hold(
            _rules.Calls.HoldNextRequest(network.Account(Author), nameof(IStakerAccountGrain.Credit)), Staker(1), Calls.SwapStake(Hot, One, Two, new Alpha(10 * OneTao)));

        // One ordered log: what is answered after them makes everything before durable.
        var after = await network.Submit(Staker(2), Calls.Transfer(Staker(3), new Tao(1), keepAlive: true));
        Assert.True(after.IsApplied, after.ErrorName);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rules is null) return;
        foreach (var held in _held) held.Release();
        Assert.All(await Task.WhenAll(_submitted), receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        await _rules.DisposeAsync();
    }

    private async Task Hold(HeldCalls.Held held, AccountId signer, Call call)
    {
        _submitted.Add(Rules.Network.SubmitPatiently(await Rules.Network.Prepare(signer, call)));
        await held.Reached;
        _held.Add(held);
    }
}

/// <summary>What is under way is booked, too: changed behind the ledger's back, it is found.</summary>
public sealed class AuditInFlightTests(NetworkInFlight network) : IClassFixture<NetworkInFlight>
{
    private static readonly Dictionary<string, Action<NetworkImage>> s_corruptions = new()
    {
        ["held TAO"] = image => Waiting(image).Held += new Tao(1),
        ["held TAO lost"] = image => Waiting(image).Held -= new Tao(1),
        ["hold of an operation"] = image => Waiting(image).InFlight[1] = Waiting(image).InFlight[1] with { Hold = new Tao(NetworkInFlight.Staked + 1) },
        ["operation in flight lost with its hold"] = image =>
        {
            Waiting(image).InFlight.Clear();
            Waiting(image).Held = Tao.Zero;
        },
        ["decided change of the account"] = image => Decide(image, outcome => outcome with { FreeChange = outcome.FreeChange + 1 }),
        ["decided change of the account, less"] = image => Decide(image, outcome => outcome with { FreeChange = outcome.FreeChange - 1 }),
        ["decision forgotten"] = image => image.Pools[Root].Outcomes.Forget(NetworkInFlight.Waiting, 2),
        ["TAO on the way from the lane"] = image => Send(image, credit => [credit with { Amount = credit.Amount + new Tao(1) }]),
        ["TAO on the way from the lane, less"] = image => Send(image, credit => [credit with { Amount = credit.Amount - new Tao(1) }]),
        ["TAO on the way from the lane lost"] = image => Send(image, _ => []),
        ["TAO on the way from the lane twice"] = image => Send(image, credit => [credit, credit with { Sequence = credit.Sequence + 1 }]),
        ["TAO of the lane taken for arrived"] = image =>
        {
            var author = image.Accounts[Author] = new AccountState { Id = Author };
            author.Incoming.Remember(SystemSenders.Lane, image.Lane.Undelivered!.Credits[0].Sequence, 1, new BlockNumber(100), CreditOutcome.Credited);
        },
    };

    public static TheoryData<string> Corruptions => [.. s_corruptions.Keys];

    [Fact]
    public void Audit_InTheMiddleOfThings_BooksWhatIsUnderWayAndIsClean()
    {
        var tao = AuditAssert.IsClean(Audit(_ => { })).Columns[0];

        Assert.Equal(NetworkInFlight.Staked, Bucket("held for operations in flight"));
        Assert.Equal(-(Int128)NetworkInFlight.Staked, Bucket("decided, not yet settled by the account"));
        Assert.True(Bucket("on the way to accounts") > 0);

        Int128 Bucket(string name) => tao.Buckets.Single(bucket => bucket.Name == name).Amount;
    }

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void Audit_WhatIsUnderWayChanged_IsOff(string what)
    {
        Assert.False(Audit(s_corruptions[what]).IsClean, $"{what} went unseen");
    }

    private AuditReport Audit(Action<NetworkImage> corrupt)
    {
        using var view = network.Rules.Cluster.Host.Log.OpenReadView();
        var image = NetworkImage.Read(view);
        var genesis = image.Pools.Keys.ToDictionary(
            key => key, key => PoolModel.Instance.ReadSnapshot(view.ReadSnapshot(ActorKeys.Pool(key.Value), versionMax: 0)!.State.Span));
        corrupt(image);
        return LedgerAudit.Run(image, genesis, null);
    }

    private static AccountState Waiting(NetworkImage image) => image.Accounts[NetworkInFlight.Waiting];

    private static void Decide(NetworkImage image, Func<PoolOutcome, PoolOutcome> change)
    {
        var outcomes = image.Pools[Root].Outcomes;
        outcomes.Remember(NetworkInFlight.Waiting, 1, 1, new BlockNumber(100), change(outcomes.Find(NetworkInFlight.Waiting, 1)!));
    }

    private static void Send(NetworkImage image, Func<LaneCredit, LaneCredit[]> change)
    {
        var batch = image.Lane.Undelivered!;
        image.Lane.Undelivered = batch with { Credits = change(Assert.Single(batch.Credits)) };
    }
}
