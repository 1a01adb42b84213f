using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Validators;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>What an actor believes of others, and where fees stand until somebody asks for them.</summary>
public sealed class FactRuleTests
{
    /// <summary>"Nobody owns the hotkey" was true when it was asked; the pool was closed meanwhile, and then it was not.</summary>
    [Fact]
    public async Task Facts_PoolClosedWhileTheyWereFetched_AreAskedAgain()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        var held = rules.Calls.HoldNext(rules.Grains.GetGrain<IValidatorGrain>(Ghost.ToString()), nameof(IValidatorGrain.GetRecordFor));

        var submitted = network.Submit(Staker(0), Calls.AddStake(Ghost, One, new Tao(OneTao)));
        await held.Reached;
        await using var hold = await network.HoldPool(One);
        var associated = await network.Submit(Staker(1), Calls.TryAssociateHotkey(Ghost));
        held.Release();
        await hold.Open();

        Assert.True(associated.IsApplied, associated.ErrorName);
        Assert.True((await submitted).IsApplied, (await submitted).ErrorName);
    }

    [Fact]
    public async Task Facts_AbsentHotkey_IsAskedForEveryMessageAndAKnownOneIsNot()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;

        var before = await network.Submit(Staker(0), Calls.AddStake(Ghost, One, new Tao(OneTao)));
        await network.Submit(Staker(1), Calls.TryAssociateHotkey(Ghost));
        var after = await network.Submit(Staker(0), Calls.AddStake(Ghost, One, new Tao(OneTao)));
        var asked = Asked();
        var again = await network.Submit(Staker(0), Calls.AddStake(Ghost, One, new Tao(OneTao)));

        Assert.Equal(nameof(LedgerError.HotKeyAccountNotExists), before.ErrorName);
        Assert.True(after.IsApplied, after.ErrorName);
        Assert.True(again.IsApplied, again.ErrorName);
        Assert.Equal(2, asked);
        Assert.Equal(asked, Asked());

        int Asked() => rules.Calls.Seen.Count(call =>
            call.Grain == rules.Grains.GetGrain<IValidatorGrain>(Ghost.ToString()).GetGrainId() && call.Method == nameof(IValidatorGrain.GetRecordFor));
    }

    [Fact]
    public async Task Fees_OwedByPools_AreBookedThereUntilTheAccountIsReadOrSpends()
    {
        await using var rules = await RuleNetwork.StartAsync(Genesis(author: Author));
        var network = rules.Network;
        var first = await network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(10 * OneTao)));
        var second = await network.Submit(Staker(1), Calls.AddStake(Hot, One, new Tao(10 * OneTao)));
        var (shown, owed) = (first.Outcome!.Moves[0].Fee, second.Outcome!.Moves[0].Fee);

        Assert.Equal(shown, (await network.Account(Author).GetFree()).Rao);
        Assert.Equal([(Author, new Tao(owed))], (await network.Pool(One).GetView()).Owed.Select(entry => (entry.Account, entry.Amount)));

        var read = await network.Free(Author);
        var third = await network.Submit(Staker(2), Calls.AddStake(Hot, One, new Tao(10 * OneTao)));
        var all = shown + owed + third.Outcome!.Moves[0].Fee;
        var spent = await network.Submit(Author, Calls.Transfer(Staker(0), new Tao(all), keepAlive: false));

        Assert.Equal(shown + owed, read);
        Assert.True(spent.IsApplied, spent.ErrorName);
        Assert.Empty((await network.Pool(One).GetView()).Owed);
        Assert.Equal(0UL, await network.Free(Author));
    }

    /// <summary>Whoever was the fee account does not come for its fees any more: they are sent.</summary>
    [Fact]
    public async Task Fees_OfAFormerFeeAccount_AreSentToItWithoutBeingAskedFor()
    {
        await using var rules = await RuleNetwork.StartAsync(Genesis(author: Author));
        var network = rules.Network;
        var fees = 0UL;
        for (var staker = 0; staker < 3; staker++)
        {
            var receipt = await network.Submit(Staker(staker), Calls.AddStake(Hot, One, new Tao(10 * OneTao)));
            fees += receipt.Outcome!.Moves[0].Fee;
        }

        var set = await rules.Administer("author", Staker(5).ToString());

        Assert.True(set.IsApplied, set.ErrorName);
        Assert.Empty((await network.Pool(One).GetView()).Owed);
        Assert.Equal(fees, (await network.Account(Author).GetFree()).Rao);
    }

    /// <summary>Of two accounts that send each other all they have, one is first: the other then sends back the sum.</summary>
    [Fact]
    public async Task Transfers_ThatEmptyTwoAccountsAndCross_EndAsThoughOneWereFirst()
    {
        await using var rules = await RuleNetwork.StartAsync(Genesis(stakers: 12));
        var network = rules.Network;
        var pairs = Enumerable.Range(0, 6).Select(pair => (One: Staker(2 * pair), Other: Staker((2 * pair) + 1))).ToArray();

        var receipts = await Task.WhenAll(pairs.SelectMany(pair => new[]
        {
            network.Submit(pair.One, Calls.TransferAll(pair.Other, keepAlive: false)),
            network.Submit(pair.Other, Calls.TransferAll(pair.One, keepAlive: false)),
        }));

        Assert.All(receipts, receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        foreach (var (one, other) in pairs)
        {
            ulong[] free = [await network.Free(one), await network.Free(other)];
            Assert.Equal([0UL, 2 * StakerTao], free.Order());
        }
    }

    /// <summary>The account that fees went to is emptied: the pool finds out before it books the next fee, and the first one is shown again.</summary>
    [Fact]
    public async Task Fees_FeeAccountEmptiedItself_TheNextFeeMakesItExistAgain()
    {
        await using var rules = await RuleNetwork.StartAsync(Genesis(author: Author));
        var network = rules.Network;
        await network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(10 * OneTao)));
        var emptied = await network.Submit(Author, Calls.TransferAll(Staker(1), keepAlive: false));

        var receipt = await network.Submit(Staker(2), Calls.AddStake(Hot, One, new Tao(10 * OneTao)));

        Assert.True(emptied.IsApplied, emptied.ErrorName);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(receipt.Outcome!.Moves[0].Fee, (await network.Account(Author).GetFree()).Rao);
    }
}
