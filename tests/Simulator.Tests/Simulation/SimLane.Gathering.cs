using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>How a batch comes to see several pools at one block, with nobody changing them until it is decided.</content>
internal sealed partial class SimLane
{
    /// <summary>So many times a closing looks at the clock before it gives way.</summary>
    private const int LooksMax = 8;

    private readonly SortedSet<NetUid> _asked = [];
    private readonly HashSet<AccountId> _reserving = [];
    private readonly HashSet<NetUid> _activated = [];
    private ulong _lastBatch;
    private ulong _inHand;

    /// <summary>Somebody did not answer: the batch is gathered again.</summary>
    private sealed class UnansweredException : Exception;

    private async Task<ulong> NextBatch()
    {
        await BeginTerm();
        return _inHand = ++_lastBatch;
    }

    private async Task BeginTerm()
    {
        if (_term is { } begun)
        {
            await begun.Wait();
            return;
        }

        _term = new();
        Record(new TermBegan(State.Term + 1));
        if (Bug != Bug.LaneTermNotDurable) await Durable();
        _lastBatch = State.TermFloor;
        _term.Set(true);
    }

    private async Task<LaneFacts?> Gather(ulong batch, LaneCommand[] commands, Func<LaneNeeds> whatFor, BlockNumber? forBlock)
    {
        _activated.Clear();
        World.Observations.Batches[batch] = new();
        try
        {
            var view = await ReadNetwork();
            var needs = whatFor();
            var wanted = await WhereToLook(view, needs);
            var interest = new LaneInterest(batch, needs.Hotkeys, needs.Coldkeys) { ForBlock = forBlock, WithMetagraph = needs.IsNetwork };
            var staking = await AskStakingHotkeys(needs.Claimers);
            var slices = new Dictionary<NetUid, LaneSlice>(wanted.Count);
            LaneFacts facts;
            do
            {
                interest = await Close(interest, needs, wanted, slices);
                if ((await FindPositions(view, wanted, needs.Unstakers)).Count > 0) return null;
                facts = await Ask(batch, needs, interest.Hotkeys, slices, commands);
                facts = facts with { StakingHotkeys = staking, TotalIssuance = await AskIssuance(view, needs, slices) };
            }
            while (_activated.Count > 0);

            foreach (var (hotkey, coldkey) in needs.Creations)
            {
                if (facts.Hotkeys[hotkey] is not null) continue;
                _reserving.Add(hotkey);
                var status = await Ask<SimValidator, ReservationStatus>(World.Validators[hotkey], "reserve", validator => validator.Reserve(coldkey, SystemSenders.Lane));
                if (status != ReservationStatus.Reserved) return null;
            }

            return IsWhole(facts, commands) ? facts : null;
        }
        catch (UnansweredException)
        {
            return null;
        }
    }

    private async Task<Tao?> AskIssuance(NetworkView view, LaneNeeds needs, Dictionary<NetUid, LaneSlice> slices)
    {
        if (!needs.IsNetwork) return null;
        var issued = view.GenesisIssuance - view.RetiredDestroyed
            + await Ask<SimCoordinator, Tao>(World.Coordinator, "issued?", coordinator => coordinator.GetIssued());
        return slices.Values.Where(slice => slice.Books is not null).Aggregate(issued, (sum, slice) => sum - slice.Destroyed);
    }

    private static LaneInterest WithClaimers(LaneInterest interest, LaneNeeds needs, LaneSlice slice)
    {
        if (needs.Claimers.Count == 0 || slice.Claims is not { } claims) return interest;
        return interest with { Hotkeys = [.. interest.Hotkeys.Union(claims.Hotkeys.SelectMany(entry => entry.Hotkeys))] };
    }

    private NetUid? FindPruned(LaneNeeds needs, Dictionary<NetUid, LaneSlice> slices)
    {
        if (needs.Creations.Count == 0) return null;
        var block = slices.Values.Where(slice => slice.Books is not null).Select(slice => slice.Block).DefaultIfEmpty(Now).First();
        return LaneDecider.FindPruned(slices, _parameters, block);
    }

    private async Task<Dictionary<AccountId, AccountId[]>> AskStakingHotkeys(IReadOnlyCollection<AccountId> claimers)
    {
        var hotkeys = new Dictionary<AccountId, AccountId[]>();
        foreach (var coldkey in claimers)
        {
            hotkeys[coldkey] = await Ask<SimAccount, AccountId[]>(World.AccountOf(coldkey), "staking hotkeys?", account => account.GetStakingHotkeys());
        }

        return hotkeys;
    }

    /// <summary>Asks each pool that has not answered, or was activated since, in ascending order and one after the other: waiting goes upwards only.</summary>
    private async Task<LaneInterest> Close(LaneInterest interest, LaneNeeds needs, SortedSet<NetUid> wanted, Dictionary<NetUid, LaneSlice> slices)
    {
        foreach (var netuid in wanted)
        {
            for (_asked.Add(netuid); !slices.ContainsKey(netuid) || _activated.Contains(netuid);)
            {
                _activated.Remove(netuid);
                slices[netuid] = await CloseOne(netuid, needs.InterestAt(netuid, interest, slices) with { IsWhole = needs.Dissolved.Contains(netuid) });
            }

            interest = WithClaimers(interest, needs, slices[netuid]);
        }

        if (FindPruned(needs, slices) is not { } pruned) return interest;
        slices[pruned] = await CloseOne(pruned, interest with { IsWhole = true });
        return interest;
    }

    /// <summary>Waits for a pool only so long, since the block that it waits for may wait for a pool which is closed here.</summary>
    private async Task<LaneSlice> CloseOne(NetUid netuid, LaneInterest interest)
    {
        var done = new Signal<Reply<SliceRead>>();
        _ = Forward();
        Look(LooksMax);
        var read = await done.Wait();
        if (!read.IsOk) throw new UnansweredException();
        World.Observations.Batches[interest.Batch].Pools[netuid] = read.Value.Version;
        return read.Value.Slice;

        async Task Forward() => done.Set(await World.Call<SimPool, SliceRead>(this, World.PoolOf(netuid), "close for lane", pool => pool.CloseForLane(interest)));

        void Look(int left) => Schedule.AddTimer(this, "waits for a pool", () =>
        {
            if (left == 0) done.Set(default);
            else if (!done.IsSet) Look(left - 1);
        });
    }

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
        var view = await Ask<SimRegistry, NetworkView>(World.Registry!, "network?", registry => registry.GetNetwork());
        _parameters = view.Parameters;
        return view;
    }

    private async Task<SortedSet<NetUid>> WhereToLook(NetworkView view, LaneNeeds needs)
    {
        var wanted = new SortedSet<NetUid>(view.Subnets.Select(subnet => subnet.Netuid));
        if (needs.IsNetwork) wanted.UnionWith(LaneDecider.FreeNetuid(view.Subnets.Select(subnet => subnet.Netuid)));
        else wanted.IntersectWith(needs.Netuids);
        wanted.UnionWith(await FindPositions(view, wanted, needs.Unstakers));
        return wanted;
    }

    private async Task<List<NetUid>> FindPositions(
        NetworkView view, SortedSet<NetUid> besides, IReadOnlyList<(AccountId Hotkey, AccountId Coldkey)> unstakers)
    {
        var found = new List<NetUid>();
        if (unstakers.Count == 0) return found;
        foreach (var netuid in view.Subnets.Select(subnet => subnet.Netuid).Where(netuid => !besides.Contains(netuid)))
        {
            foreach (var (hotkey, coldkey) in unstakers)
            {
                var has = await Ask<SimPool, bool>(World.PoolOf(netuid), "position?", pool => pool.HasPosition(new PositionKey(netuid, hotkey, coldkey)));
                if (has && !found.Contains(netuid)) found.Add(netuid);
            }
        }

        return found;
    }

    private async Task<LaneFacts> Ask(ulong batch, LaneNeeds needs, AccountId[] wantedHotkeys, Dictionary<NetUid, LaneSlice> slices, LaneCommand[] commands)
    {
        var basis = World.Observations.Batches[batch];
        basis.Hotkeys.Clear();
        var whole = slices.Values.Where(slice => slice.IsWhole).ToArray();
        var holders = whole.SelectMany(slice => slice.Shares.Select(share => share.Coldkey)).Concat(whole.Select(slice => slice.Books?.Owner).OfType<AccountId>());
        var members = slices.GetValueOrDefault(NetUid.Root)?.Metagraph?.Neurons.Select(neuron => neuron.Hotkey) ?? [];
        var owners = needs.IsNetwork ? slices.Values.Select(slice => slice.Books?.OwnerHotkey).OfType<AccountId>().Union(members) : [];
        var block = slices.Values.Where(slice => slice.Books is not null).Select(slice => slice.Block)
            .DefaultIfEmpty(commands.Select(command => command.Head.Seen).Append(Now).Max()).First();
        var hotkeys = new Dictionary<AccountId, HotkeyFacts?>();
        foreach (var hotkey in wantedHotkeys.Union(owners))
        {
            var answer = await Ask<SimValidator, HotkeyAnswer>(World.Validators[hotkey], "hotkey?", validator => validator.GetRecord(block));
            hotkeys[hotkey] = answer.Facts;
            basis.Hotkeys.Add(new(hotkey, answer.Version, answer.Facts is not null));
        }

        var free = new Dictionary<AccountId, Tao>();
        foreach (var account in needs.Accounts.Union(holders))
        {
            if (SystemAccounts.TryGetSubnet(account, out _) || account == SystemSenders.Registry) continue;
            if (Bug == Bug.SignerOfBefore && commands.Any(command => command.Head.Sender == account)) continue;
            var answer = await Ask<SimAccount, FreeAnswer>(World.AccountOf(account), "free?", actor => actor.GetFree());
            free[account] = answer.Free;
            basis.Senders[account] = answer.Version;
        }

        return new LaneFacts(block, _parameters, slices, hotkeys, free);
    }

    /// <summary>Whether the batch can be decided on these facts.</summary>
    private bool IsWhole(LaneFacts facts, LaneCommand[] commands)
    {
        if (Bug == Bug.ActivatedUnnoticed) return true;
        if (_activated.Count > 0) return false;
        if (facts.Slices.Values.Any(slice => slice.Books is not null && slice.Block != facts.Block)) return false;
        return commands.All(command => command.Head.Seen <= facts.Block) && facts.Slices.Values.All(slice => MayActOn(slice.Stamp));
    }

    private async Task<T> Ask<TActor, T>(ActorRecord whom, string label, Func<TActor, Task<T>> method)
        where TActor : SimActor
    {
        var reply = await World.Call(this, whom, label, method);
        return reply.IsOk ? reply.Value : throw new UnansweredException();
    }
}
