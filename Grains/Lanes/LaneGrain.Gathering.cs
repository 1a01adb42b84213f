using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
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

    private readonly SortedSet<NetUid> _asked = [];
    /// <summary>Pools that were activated since they were asked: what an activation before it answered may never have become durable.</summary>
    private readonly HashSet<NetUid> _activated = [];
    private ulong _lastBatch;

    /// <summary>A number that no batch of this or any earlier activation has had, not even one that was only gathered.</summary>
    private async Task<ulong> NextBatch()
    {
        await BeginTerm();
        return ++_lastBatch;
    }

    /// <summary>Takes numbers for batches that no earlier activation has had; and from here on none can decide a batch any more.</summary>
    private async Task BeginTerm()
    {
        if (_lastBatch == 0)
        {
            Record(new TermBegan(checked(State.Term + 1)));
            _lastBatch = State.TermFloor;

            // A number that is known elsewhere must not be lost with this process, and given again.
            await Durable();
        }
    }

    /// <summary>Closes the pools that the batch touches and collects what it is decided on; null when it has to be done again.</summary>
    private async Task<LaneFacts?> Gather(ulong batch, LaneCommand[] commands)
    {
        _activated.Clear();
        try
        {
            var view = await ReadNetwork();
            var needs = LaneNeeds.Of(commands, network.Parameters!);
            var wanted = await WhereToLook(view, needs);
            var interest = new LaneInterest(batch, needs.Hotkeys, needs.Coldkeys);
            var slices = new Dictionary<NetUid, LaneSlice>(wanted.Count);
            LaneFacts facts;
            do
            {
                await Close(interest, wanted, slices);

                // A position may have come to a pool that was asked before the others were closed.
                if ((await FindPositions(view, wanted, needs.Unstakers)).Count > 0) return Again("a position appeared");
                facts = await Ask(needs, slices, commands);
            }
            while (_activated.Count > 0);

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
        var interest = new LaneInterest(0, needs.Hotkeys, needs.Coldkeys);
        var slices = await Task.WhenAll(wanted.Select(async netuid => (netuid, slice: await Pool(netuid).PeekForLane(interest))));
        return await Ask(needs, slices.ToDictionary(entry => entry.netuid, entry => entry.slice), [command]);
    }

    /// <summary>
    /// Asks each pool that has not answered, or was activated since, in ascending order and one after the other: waiting goes upwards only.
    /// </summary>
    private async Task Close(LaneInterest interest, SortedSet<NetUid> wanted, Dictionary<NetUid, LaneSlice> slices)
    {
        foreach (var netuid in wanted)
        {
            for (_asked.Add(netuid); !slices.ContainsKey(netuid) || _activated.Contains(netuid);)
            {
                ThrowIfEnding();
                _activated.Remove(netuid);
                slices[netuid] = await Pool(netuid).CloseForLane(interest).WaitAsync(CloseWaitMax);
            }
        }
    }

    /// <summary>Opens what was closed for a batch that will not be decided.</summary>
    private async Task Abandon(ulong batch)
    {
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
        wanted.IntersectWith(needs.Netuids);
        wanted.UnionWith(await FindPositions(view, wanted, needs.Unstakers));
        return wanted;
    }

    private async Task<List<NetUid>> FindPositions(
        NetworkView view, SortedSet<NetUid> besides, IReadOnlyList<(AccountId Hotkey, AccountId Coldkey)> unstakers)
    {
        if (unstakers.Count == 0) return [];
        var rest = view.Subnets.Select(subnet => subnet.Netuid).Where(netuid => !besides.Contains(netuid)).ToArray();
        var found = await Task.WhenAll(rest.Select(async netuid =>
        {
            var answers = await Task.WhenAll(unstakers.Select(one => Pool(netuid).HasPosition(new PositionKey(netuid, one.Hotkey, one.Coldkey))));
            return answers.Contains(true);
        }));
        return [.. rest.Where((_, index) => found[index])];
    }

    private async Task<LaneFacts> Ask(LaneNeeds needs, Dictionary<NetUid, LaneSlice> slices, LaneCommand[] commands)
    {
        var hotkeys = needs.Hotkeys.Select(async hotkey =>
            (hotkey, facts: await GrainFactory.Validator(hotkey).GetRecord())).ToArray();
        var accounts = needs.Accounts.Select(async account =>
            (account, free: await GrainFactory.Account(account).GetFree())).ToArray();
        await Task.WhenAll([.. hotkeys, .. accounts]);

        var block = slices.Values.Where(slice => slice.Books is not null).Select(slice => slice.Block)
            .DefaultIfEmpty(commands.Select(command => command.Head.Seen).Append(Now).Max()).First();
        return new LaneFacts(
            block, network.Parameters!, slices,
            hotkeys.Select(asked => asked.Result).ToDictionary(entry => entry.hotkey, entry => entry.facts),
            accounts.Select(asked => asked.Result).ToDictionary(entry => entry.account, entry => entry.free));
    }

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
