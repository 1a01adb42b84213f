using System.Collections.Immutable;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Genesis;

namespace Dtao.Hosting.Demo;

/// <summary>A validator of the built-in economy on one subnet, and whom it weights there.</summary>
public sealed record DemoJudge(NetUid Netuid, AccountId Hotkey, ImmutableArray<ushort> Miners);

/// <summary>Who trades in the built-in economy, and on which hotkeys.</summary>
public sealed record DemoPopulation(IReadOnlyList<AccountId> Traders, IReadOnlyList<AccountId> Hotkeys)
{
    public const int TradersMax = 1_000;
    public const int HotkeysMax = 64;

    /// <summary>A trader begins with at least this much free TAO: 5 TAO.</summary>
    public static readonly Tao FreeMin = new(5_000_000_000);

    /// <summary>The validators of all subnets.</summary>
    public IReadOnlyList<DemoJudge> Judges { get; init; } = [];

    /// <summary>
    /// The people of a genesis: accounts with TAO that own no hotkey and no subnet and are no dev account, evenly over the document when there are
    /// too many, and the hotkeys with most stake. The dev accounts stay with the people at the keyboard.
    /// </summary>
    public static DemoPopulation Of(GenesisDocument document)
    {
        var others = document.Hotkeys.Select(hotkey => hotkey.Owner)
            .Concat(document.Subnets.Where(subnet => subnet.Books.Owner is not null).Select(subnet => subnet.Books.Owner!.Value))
            .Concat(DevAccounts.ByName.Values)
            .Append(AccountId.Burn)
            .ToHashSet();
        var traders = document.Balances.Where(balance => balance.Free >= FreeMin && !others.Contains(balance.Account)).Select(balance => balance.Account).ToList();
        return new(Spread(traders, TradersMax), MostStaked(document)) { Judges = [.. document.Subnets.SelectMany(JudgesOf)] };
    }

    /// <summary>Whoever has a permit weights whoever has none; the owner's hotkey, whose pay would be burned, takes no part.</summary>
    private static IEnumerable<DemoJudge> JudgesOf(DocumentSubnet subnet)
    {
        if (subnet.Netuid.IsRoot || subnet.Books.Hyper.CommitReveal) return [];
        var others = subnet.Neurons.Select((neuron, uid) => (neuron, Uid: (ushort)uid)).Where(seat => seat.neuron.Hotkey != subnet.Books.OwnerHotkey).ToList();
        ImmutableArray<ushort> miners = [.. others.Where(seat => !seat.neuron.HasPermit).Select(seat => seat.Uid)];
        return miners.IsEmpty ? [] : others.Where(seat => seat.neuron.HasPermit).Select(seat => new DemoJudge(subnet.Netuid, seat.neuron.Hotkey, miners));
    }

    private static List<AccountId> Spread(List<AccountId> accounts, int countMax)
    {
        if (accounts.Count <= countMax) return accounts;
        return [.. Enumerable.Range(0, countMax).Select(place => accounts[(int)((long)place * accounts.Count / countMax)])];
    }

    private static List<AccountId> MostStaked(GenesisDocument document)
    {
        var staked = new Dictionary<AccountId, UInt128>();
        foreach (var stake in document.Stakes.Where(stake => stake.Netuid.IsRoot))
        {
            staked[stake.Hotkey] = staked.GetValueOrDefault(stake.Hotkey) + stake.Amount.Rao;
        }
        return [.. document.Hotkeys.Select(hotkey => hotkey.Hotkey).OrderByDescending(hotkey => staked.GetValueOrDefault(hotkey)).ThenBy(hotkey => hotkey).Take(HotkeysMax)];
    }
}
