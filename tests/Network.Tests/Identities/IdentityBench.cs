using Dtao.Economics;
using Dtao.Economics.Ledger;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Identities;

/// <summary>
/// The small network with the owner's hotkeys Hot and Warm on root and Hot on subnets 1 and 2, where it may set weights. Registrations of subnets cost a TAO,
/// there is room for six, nothing has a limit in time, and the sudo key is Nobody.
/// </summary>
internal static class IdentityBench
{
    public static GenesisState Texts(int stakers = 4)
    {
        var genesis = Genesis(stakers: stakers);
        return genesis with
        {
            Parameters = Economics.Settings.RateLimits.SwitchOff(genesis.Parameters) with
            {
                SudoKey = Nobody,
                NetworkMinLock = new Tao(OneTao),
                NetworkLastLock = new Tao(OneTao),
                NetworkImmunity = 0,
                SubnetLimit = 6,
            },
            Balances = [.. genesis.Balances.Where(entry => entry.Account != Owner), (Owner, new Tao(50 * OneTao))],
            Subnets = [.. genesis.Subnets.Select(WithNeurons)],
        };
    }

    public static IdentityDetail Subnet(string name) => new(name, "repository", "contact", "url", "discord", "description τ", "", "more");

    public static ColdkeyIdentityDetail Coldkey(string name) => new(name, "url", "", "image", "discord", "description τ", "more");

    private static GenesisSubnet WithNeurons(GenesisSubnet subnet)
    {
        subnet.Books.Hyper = subnet.Books.Hyper with { WeightsRateLimit = subnet.Books.Netuid == Two ? 3UL : 0 };
        AccountId[] hotkeys = subnet.Books.Netuid.Value switch { 0 => [Hot, Warm], 1 or 2 => [Hot], _ => [] };
        return subnet with { Neurons = [.. hotkeys.Select(hotkey => new Neuron { Hotkey = hotkey, HasPermit = true, Rows = [NeuronRow.Empty] })] };
    }
}
