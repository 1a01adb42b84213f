using Dtao.Economics;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Lanes;

/// <content>What a swap of keys needs besides pools: the lists of its coldkeys, and hotkeys about which nobody decides or is told anything meanwhile.</content>
public sealed partial class LaneGrain
{
    private static LaneInterest InterestOf(ulong batch, LaneNeeds needs) => new(batch, needs.Hotkeys, needs.Coldkeys)
    {
        WithMetagraph = needs.IsNetwork || needs.Voters.Count > 0 || needs.Holders.Count > 0,
        Swap = needs.Swap,
    };

    /// <summary>The lists of the coldkeys, and the records of all hotkeys that the former one may own. Pools are closed: the lists change no more.</summary>
    private async Task<LaneFacts> AskForSwap(LaneFacts facts, SwapInterest swap, LaneCommand command)
    {
        if (swap.Coldkeys.Length == 0) return facts;
        var keys = await Task.WhenAll(swap.Coldkeys.Select(async coldkey =>
            (coldkey, keys: coldkey == command.Head.Sender && command.Keys is { } sent ? sent : await GrainFactory.Account(coldkey).GetKeys())));
        var hotkeys = keys.SelectMany(entry => entry.keys.Staking.Concat(entry.keys.Owned)).Distinct().Where(hotkey => !facts.Hotkeys.ContainsKey(hotkey));
        var records = await Task.WhenAll(hotkeys.Select(async hotkey => KeyValuePair.Create(hotkey, await GrainFactory.Validator(hotkey).GetRecord())));
        return facts with
        {
            Hotkeys = facts.Hotkeys.Concat(records).ToDictionary(),
            StakingHotkeys = keys.ToDictionary(entry => entry.coldkey, entry => entry.keys.Staking),
            ListsPositions = true,
            Identities = keys.Where(entry => entry.keys.Identity is not null).ToDictionary(entry => entry.coldkey, entry => entry.keys.Identity!),
        };
    }

    /// <summary>Sets aside every hotkey that the swap reads. False when one is another's, or is not what it was when it was asked.</summary>
    private async Task<bool> HoldForSwap(LaneFacts facts, AccountId sender)
    {
        foreach (var (hotkey, known) in facts.Hotkeys.OrderBy(entry => entry.Key))
        {
            _reserving.Add(hotkey);
            var held = await GrainFactory.Validator(hotkey).HoldForSwap(sender);
            if (!held.IsHeld || held.Facts != known) return false;
        }

        return true;
    }

    private Task TakeOver(BatchDecided decided, AccountId hotkey, Economics.Ledger.HotkeyRecord? after) => Insist($"hotkey {hotkey}", async () =>
    {
        await Durable();
        await GrainFactory.Validator(hotkey).TakeOver(after is null ? null : HotkeyFacts.Of(hotkey, after), decided.Batch, decided.Block);
    });
}
