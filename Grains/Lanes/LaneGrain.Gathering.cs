using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Lanes;

/// <summary>How a batch comes to see several pools at one block, with nobody changing them until it is decided.</summary>
public sealed partial class LaneGrain
{
    /// <summary>For how long one pool may let a batch wait, while the pools before it stay closed.</summary>
    /// <remarks>A pool that waits for a block may be waited for by the very block that waits for a pool which is closed here: then the lane gives way.</remarks>
    private static readonly TimeSpan CloseWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>How often the fee account is asked for a block's claims whether it is done with emptying itself: for a second or so.</summary>
    private const int SettleTriesMax = 4;

    private readonly SortedSet<NetUid> _asked = [];

    /// <summary>Hotkeys that are set aside for the batch in hand.</summary>
    private readonly HashSet<AccountId> _reserving = [];
    /// <summary>Pools that were activated since they were asked: what an activation before it answered may never have become durable.</summary>
    private readonly HashSet<NetUid> _activated = [];
    private ulong _lastBatch;

    /// <summary>The batch that gathers; 0 when none does.</summary>
    private ulong _inHand;
    private Task? _term;

    /// <summary>A number that no batch of this or any earlier activation has had, not even one that was only gathered.</summary>
    private async Task<ulong> NextBatch()
    {
        await BeginTerm();
        return _inHand = ++_lastBatch;
    }

    /// <summary>Takes numbers for batches that no earlier activation has had; and from here on none can decide a batch any more.</summary>
    private Task BeginTerm()
    {
        return _term ??= Begin();

        async Task Begin()
        {
            Record(new TermBegan(checked(State.Term + 1)));

            // A number that is known elsewhere must not be lost with this process, and given again.
            await Durable();
            _lastBatch = State.TermFloor;
        }
    }

    /// <summary>Closes the pools that the batch touches and collects what it is decided on; null when it has to be done again.</summary>
    private Task<LaneFacts?> Gather(ulong batch, LaneCommand[] commands) => Gather(batch, commands, () => LaneNeeds.Of(commands, network.Parameters!), null);

    /// <param name="forBlock">The block whose automatic claims are gathered for; null for operations.</param>
    private async Task<LaneFacts?> Gather(ulong batch, LaneCommand[] commands, Func<LaneNeeds> whatFor, BlockNumber? forBlock)
    {
        _activated.Clear();
        try
        {
            var view = await ReadNetwork();
            var needs = whatFor();
            var wanted = await WhereToLook(view, needs);
            var interest = InterestOf(batch, needs) with { ForBlock = forBlock };
            var staking = await AskStakingHotkeys(needs.Claimers);
            var slices = new Dictionary<NetUid, LaneSlice>(wanted.Count);
            LaneFacts facts;
            do
            {
                interest = await Close(interest, needs, wanted, slices);
                await ConfirmBeneficiary(forBlock);

                // A position may have come to a pool that was asked before the others were closed.
                if ((await FindPositions(view, wanted, needs)).Count > 0) return Again("a position appeared");
                facts = await Ask(needs, interest.Hotkeys, slices, commands, isDecision: true) with
                {
                    StakingHotkeys = staking,
                    TotalIssuance = await AskIssuance(view, needs, slices),
                    Symbols = SymbolsOf(view),
                };
                if (needs.Swap is { } swap) facts = await AskForSwap(facts, swap, commands[0]);
            }
            while (_activated.Count > 0);

            // Last, so that nothing is waited for while a hotkey is set aside.
            foreach (var (hotkey, coldkey) in needs.Creations)
            {
                if (facts.Hotkeys[hotkey] is not null) continue;
                _reserving.Add(hotkey);
                var status = await GrainFactory.Validator(hotkey).Reserve(coldkey, SystemSenders.Lane);
                if (status != ReservationStatus.Reserved) return Again("a hotkey has been given an owner, or is about to be");
            }

            if (needs.Swap is not null && !await HoldForSwap(facts, commands[0].Head.Sender)) return Again("a hotkey has changed, or is about to");
            return WhyNotYet(facts, commands) is { } reason ? Again(reason) : facts;
        }
        catch (Exception exception) when (!IsPoisoned && !_isEnding)
        {
            return Again(exception.Message);
        }
    }

    /// <summary>What the batch would be decided on, from pools that stay open.</summary>
    private async Task<LaneFacts> Peek(LaneCommand command)
    {
        var view = await ReadNetwork();
        var needs = LaneNeeds.Of([command], network.Parameters!);
        var wanted = await WhereToLook(view, needs);
        var interest = InterestOf(0, needs);
        var slices = new Dictionary<NetUid, LaneSlice>(wanted.Count);
        foreach (var netuid in wanted)
        {
            slices[netuid] = await Pool(netuid).PeekForLane(interest with { IsWhole = needs.Dissolved.Contains(netuid) });
            interest = WithClaimers(interest, needs, slices[netuid]);
        }

        if (WithParents(interest, needs, slices) is { } more)
        {
            interest = more;
            foreach (var netuid in WhereVotesCount(needs, wanted)) slices[netuid] = await Pool(netuid).PeekForLane(interest);
        }

        if (FindPruned(needs, slices) is { } pruned) slices[pruned] = await Pool(pruned).PeekForLane(interest with { IsWhole = true });
        var asked = await Ask(needs, interest.Hotkeys, slices, [command], isDecision: false);
        var facts = asked with
        {
            // Beside what is in flight a quote counts only on what nothing holds.
            Free = asked.Free.Where(entry => entry.Key != command.Head.Sender).ToDictionary(),
            StakingHotkeys = await AskStakingHotkeys(needs.Claimers),
            TotalIssuance = await AskIssuance(view, needs, slices),
            Symbols = SymbolsOf(view),
        };
        return needs.Swap is { } swap ? await AskForSwap(facts, swap, command) : facts;
    }

    private static Dictionary<NetUid, string> SymbolsOf(NetworkView view) => view.Subnets.ToDictionary(subnet => subnet.Netuid, subnet => subnet.Symbol);

    /// <summary>Issuance is what genesis had and blocks brought, less what each pool says its operations destroyed.</summary>
    private async Task<Tao?> AskIssuance(NetworkView view, LaneNeeds needs, Dictionary<NetUid, LaneSlice> slices)
    {
        if (!needs.IsNetwork) return null;
        var issued = view.GenesisIssuance + await GrainFactory.Coordinator().GetIssued() - view.RetiredDestroyed;
        return slices.Values.Where(slice => slice.Books is not null).Aggregate(issued, (sum, slice) => sum - slice.Destroyed);
    }

    /// <summary>
    /// Root, which is asked first, tells on which hotkeys the claimers have stake, and who its members are, which a subnet that comes has as parents: the other
    /// pools are asked about those as well.
    /// </summary>
    private static LaneInterest WithClaimers(LaneInterest interest, LaneNeeds needs, LaneSlice slice)
    {
        if (needs.Creations.Count > 0 && slice is { Books.IsRoot: true, Metagraph: { } root })
            interest = interest with { Hotkeys = [.. interest.Hotkeys.Union(root.Neurons.Select(neuron => neuron.Hotkey))] };
        if (needs.Claimers.Count == 0 || slice.Claims is not { } claims) return interest;
        return interest with { Hotkeys = [.. interest.Hotkeys.Union(claims.Hotkeys.SelectMany(entry => entry.Hotkeys))] };
    }

    /// <summary>Who lends to the voters is known only when their subnets have answered, and root has by then: both are asked about them again. Null when nobody does.</summary>
    private static LaneInterest? WithParents(LaneInterest interest, LaneNeeds needs, Dictionary<NetUid, LaneSlice> slices)
    {
        var parents = needs.ParentsIn(slices).Except(interest.Hotkeys).ToArray();
        return parents.Length == 0 ? null : interest with { Hotkeys = [.. interest.Hotkeys, .. parents] };
    }

    private static IEnumerable<NetUid> WhereVotesCount(LaneNeeds needs, SortedSet<NetUid> wanted) =>
        wanted.Where(netuid => netuid.IsRoot || needs.Voters.Any(voter => voter.Netuid == netuid));

    /// <summary>The subnet that would make room for a new one; null when none has to, or none can.</summary>
    private NetUid? FindPruned(LaneNeeds needs, Dictionary<NetUid, LaneSlice> slices)
    {
        if (needs.Creations.Count == 0) return null;
        var block = slices.Values.Where(slice => slice.Books is not null).Select(slice => slice.Block).DefaultIfEmpty(Now).First();
        return LaneDecider.FindPruned(slices, network.Parameters!, block);
    }

    private async Task<Dictionary<AccountId, AccountId[]>> AskStakingHotkeys(IReadOnlyCollection<AccountId> claimers)
    {
        var asked = await Task.WhenAll(claimers.Select(async coldkey => (coldkey, hotkeys: await GrainFactory.Account(coldkey).GetStakingHotkeys())));
        return asked.ToDictionary(entry => entry.coldkey, entry => entry.hotkeys);
    }

    /// <summary>
    /// Asks each pool that has not answered, or was activated since, in ascending order and one after the other: waiting goes upwards only.
    /// </summary>
    private async Task<LaneInterest> Close(LaneInterest interest, LaneNeeds needs, SortedSet<NetUid> wanted, Dictionary<NetUid, LaneSlice> slices)
    {
        foreach (var netuid in wanted)
        {
            for (_asked.Add(netuid); !slices.ContainsKey(netuid) || _activated.Contains(netuid);)
            {
                ThrowIfEnding();
                _activated.Remove(netuid);
                var asked = needs.InterestAt(netuid, interest, slices) with { IsWhole = needs.Dissolved.Contains(netuid) };
                slices[netuid] = await Pool(netuid).CloseForLane(asked).WaitAsync(CloseWaitMax);
            }

            interest = WithClaimers(interest, needs, slices[netuid]);
        }

        if (WithParents(interest, needs, slices) is { } more)
        {
            interest = more;
            foreach (var netuid in WhereVotesCount(needs, wanted)) slices[netuid] = await Pool(netuid).CloseForLane(interest).WaitAsync(CloseWaitMax);
        }

        if (FindPruned(needs, slices) is not { } pruned) return interest;
        slices[pruned] = await Pool(pruned).CloseForLane(interest with { IsWhole = true }).WaitAsync(CloseWaitMax);
        return interest;
    }

    /// <summary>Ends a batch that will not be decided. A lane that has been replaced writes nothing, and would gather for ever.</summary>
    private async Task GiveUp(ulong batch)
    {
        await Abandon(batch);
        await ConfirmHeld();
    }

    /// <summary>Opens what was closed for a batch that will not be decided.</summary>
    private async Task Abandon(ulong batch)
    {
        _inHand = 0;
        _reserving.Clear();
        var asked = _asked.ToArray();
        _asked.Clear();
        await Task.WhenAll(asked.Select(netuid => Open(netuid, batch)));
    }

    private async Task<NetworkView> ReadNetwork()
    {
        var view = await Registry.GetNetwork();
        network.Adopt(view.Revision, view.Parameters);
        return view;
    }

    /// <summary>The subnets that calls name, as far as they exist, and those where something is to be unstaked.</summary>
    private async Task<SortedSet<NetUid>> WhereToLook(NetworkView view, LaneNeeds needs)
    {
        var wanted = new SortedSet<NetUid>(view.Subnets.Select(subnet => subnet.Netuid));
        if (needs.IsNetwork) wanted.UnionWith(LaneDecider.FreeNetuid(view.Subnets.Select(subnet => subnet.Netuid)));
        else if (needs.Swap is null) wanted.IntersectWith(needs.Netuids);
        wanted.UnionWith(await FindPositions(view, wanted, needs));
        return wanted;
    }

    /// <summary>Subnets where something is to be unstaked, or where a hotkey has stake of which all counts.</summary>
    private async Task<List<NetUid>> FindPositions(NetworkView view, SortedSet<NetUid> besides, LaneNeeds needs)
    {
        if (needs.Unstakers.Count == 0 && needs.Holders.Count == 0) return [];
        var holders = needs.Holders.ToArray();
        var rest = view.Subnets.Select(subnet => subnet.Netuid).Where(netuid => !besides.Contains(netuid)).ToArray();
        var found = await Task.WhenAll(rest.Select(async netuid =>
        {
            var asked = needs.Unstakers.Select(one => Pool(netuid).HasPosition(new PositionKey(netuid, one.Hotkey, one.Coldkey)));
            if (holders.Length > 0) asked = asked.Append(Pool(netuid).Concerns(holders));
            return (await Task.WhenAll(asked)).Contains(true);
        }));
        return [.. rest.Where((_, index) => found[index])];
    }

    /// <param name="isDecision">False for a look, which leaves no trace at a hotkey that nobody owns.</param>
    private async Task<LaneFacts> Ask(
        LaneNeeds needs, AccountId[] wantedHotkeys, Dictionary<NetUid, LaneSlice> slices, LaneCommand[] commands, bool isDecision)
    {
        // Whoever is paid when a subnet is dissolved: its holders, and its owner.
        var holders = slices.Values.Where(slice => slice.IsWhole).SelectMany(slice => slice.Shares.Select(share => share.Coldkey).Concat(OwnersOf(slice)));
        var block = slices.Values.Where(slice => slice.Books is not null).Select(slice => slice.Block)
            .DefaultIfEmpty(commands.Select(command => command.Head.Seen).Append(Now).Max()).First();
        var hotkeys = wantedHotkeys.Union(needs.IsNetwork ? slices.Values.SelectMany(OwnerHotkeysOf) : []).Select(async hotkey =>
            (hotkey, facts: await GrainFactory.Validator(hotkey).GetRecordFor(isDecision ? block : BlockNumber.Genesis))).ToArray();
        var accounts = needs.Accounts.Union(holders).Select(async account =>
            (account, free: await FreeOf(account, slices))).ToArray();
        await Task.WhenAll([.. hotkeys, .. accounts]).WaitAsync(CloseWaitMax);

        return new LaneFacts(
            block, network.Parameters!, slices,
            hotkeys.Select(asked => asked.Result).ToDictionary(entry => entry.hotkey, entry => entry.facts),
            accounts.Select(asked => asked.Result).ToDictionary(entry => entry.account, entry => entry.free));
    }

    /// <summary>
    /// What stands under an account's own id. Of a subnet's account that is nothing, since it is in the books; and where there is no subnet its pool has it, which is
    /// not closed for the batch: others may give it TAO meanwhile, and nobody takes any.
    /// </summary>
    private async Task<Tao> FreeOf(AccountId account, Dictionary<NetUid, LaneSlice> slices)
    {
        if (!SystemAccounts.TryGetSubnet(account, out var netuid)) return await GrainFactory.Account(account).GetFree();
        return slices.ContainsKey(netuid) ? Tao.Zero : (await Pool(netuid).GetView()).UnclaimedTao;
    }

    /// <summary>
    /// Whether the receiver of fees exists is not believed while it may be emptying itself. It empties itself no more once it was asked: the pools
    /// that are closed for this batch do not pay it before they open. Two of its operations are not waited for, since they wait for this very batch: one that is
    /// in line here, and one that stands behind the block whose claims these are.
    /// </summary>
    private async Task ConfirmBeneficiary(BlockNumber? forBlock)
    {
        var beneficiary = LaneDecider.BeneficiaryOf(network.Parameters!);
        if (_waiting.Keys.Any(waiting => waiting.Sender == beneficiary)) return;
        for (var attempt = 1; ; attempt++)
        {
            var existence = await GrainFactory.Account(beneficiary).Exists().WaitAsync(CloseWaitMax);
            if (existence.IsSettled) return;
            if (forBlock is null) throw new InvalidOperationException("The fee account may be emptying itself.");
            if (attempt == SettleTriesMax) return;
            await Task.Delay(Retry.Delay(attempt));
        }
    }

    private static IEnumerable<AccountId> OwnersOf(LaneSlice slice) => slice.Books?.Owner is { } owner ? [owner] : [];

    private static IEnumerable<AccountId> OwnerHotkeysOf(LaneSlice slice) => slice.Books?.OwnerHotkey is { } hotkey ? [hotkey] : [];

    /// <summary>Why the batch cannot be decided on these facts; null when it can.</summary>
    private string? WhyNotYet(LaneFacts facts, LaneCommand[] commands)
    {
        if (_activated.Count > 0) return "a pool was activated afresh";
        if (facts.Slices.Values.Any(slice => slice.Books is not null && slice.Block != facts.Block)) return "pools stand at different blocks";
        if (commands.Any(command => command.Head.Seen > facts.Block)) return "an account has seen a block that the pools have not applied";
        if (facts.Slices.Values.Any(slice => !MayActOn(slice.Stamp))) return "a pool writes to another log and was not durable";
        var beneficiary = LaneDecider.BeneficiaryOf(facts.Parameters);
        var isAsked = facts.Free.ContainsKey(beneficiary) || commands.Any(command => command.Head.Sender == beneficiary);
        return isAsked ? null : "the fee account changed";
    }

    private LaneFacts? Again(string reason)
    {
        LogGatherAgain(reason);
        return null;
    }
}
