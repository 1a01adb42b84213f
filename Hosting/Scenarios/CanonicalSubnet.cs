using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Scenarios;

/// <summary>The numbers and switches of one subnet, as the state document names them.</summary>
/// <remarks>Source: scenarios, "State" and "Where everything is".</remarks>
internal static class CanonicalSubnet
{
    /// <param name="held">The sum of the values of the subnet's hotkeys, in alpha rao.</param>
    public static CanonicalObject Of(SubnetBooks books, Int128 held)
    {
        var subnet = new CanonicalObject
        {
            ["mechanism"] = Text(books.Mechanism),
            ["fee_rate"] = books.FeeRate.ToString(),
            ["burn"] = books.Burn.ToString(),
            ["registered_at"] = books.RegisteredAt.ToString(),
            ["locked"] = books.Locked.ToString(),
            ["rao_recycled"] = books.RaoRecycled.ToString(),
            ["account"] = books.AccountTao.ToString(),
            ["stray_tao"] = ((Int128)books.AccountTao.Rao - books.TaoReserve.Rao).ToString(),
        };
        AddMarket(subnet, books);
        AddAlpha(subnet, books, held);
        AddEmission(subnet, books);
        AddEpochClock(subnet, books);
        AddSwitches(subnet, books);
        return subnet;
    }

    private static void AddMarket(CanonicalObject subnet, SubnetBooks books)
    {
        subnet["tao_in"] = books.TaoReserve.ToString();
        subnet["alpha_in"] = books.AlphaReserve.ToString();
        subnet["weight"] = books.QuoteWeight.ToString();
        subnet["swap_initialised"] = books.SwapInitialised;
        subnet["price"] = PoolState.Of(books).Price.Bits.ToString();
        subnet["moving_price"] = books.MovingPrice.Bits.ToString();
        subnet["volume"] = books.Volume.ToString();
        subnet["flow_user"] = Text(books.FlowUser);
        subnet["flow_protocol"] = Text(books.FlowProtocol);
    }

    private static void AddAlpha(CanonicalObject subnet, SubnetBooks books, Int128 held)
    {
        var pending = (Int128)books.PendingServer.Rao + books.PendingValidator.Rao + books.PendingRoot.Rao + books.PendingOwnerCut.Rao;
        var owned = held + pending + books.ProtocolAlpha.Rao + books.BurnedAlpha.Rao + books.RootUnclaimed.Rao;
        subnet["alpha_out"] = books.AlphaOutstanding.ToString();
        subnet["protocol_alpha"] = books.ProtocolAlpha.ToString();
        subnet["burned_alpha"] = books.BurnedAlpha.ToString();
        subnet["recycled_alpha"] = books.RecycledAlpha.ToString();
        subnet["minted_alpha"] = books.MintedAlpha.ToString();
        subnet["root_unclaimed"] = books.RootUnclaimed.ToString();
        subnet["child_burned_alpha"] = books.ChildBurnedAlpha.ToString();
        subnet["unowned_alpha"] = ((Int128)books.AlphaOutstanding.Rao - owned).ToString();
    }

    private static void AddEmission(CanonicalObject subnet, SubnetBooks books)
    {
        subnet["pending_server"] = books.PendingServer.ToString();
        subnet["pending_validator"] = books.PendingValidator.ToString();
        subnet["pending_root"] = books.PendingRoot.ToString();
        subnet["pending_owner_cut"] = books.PendingOwnerCut.ToString();
        subnet["tao_in_emission"] = books.TaoInEmission.ToString();
        subnet["alpha_in_emission"] = books.AlphaInEmission.ToString();
        subnet["alpha_out_emission"] = books.AlphaOutEmission.ToString();
        subnet["excess_tao"] = books.ExcessTao.ToString();
        subnet["root_sell_tao"] = books.RootSellTao.ToString();
        subnet["root_proportion"] = books.RootProportion.Bits.ToString();
        subnet["miner_burned"] = books.MinerBurned.Bits.ToString();
    }

    private static void AddEpochClock(CanonicalObject subnet, SubnetBooks books)
    {
        subnet["tempo"] = Text(books.Tempo);
        subnet["last_epoch_block"] = Text(books.LastEpochBlock);
        subnet["pending_epoch_at"] = Text(books.PendingEpochAt);
        subnet["epoch_index"] = Text(books.EpochIndex);
        subnet["blocks_since_last_step"] = Text(books.BlocksSinceLastStep);
        subnet["last_step_block"] = Text(books.LastStepBlock);
    }

    private static void AddSwitches(CanonicalObject subnet, SubnetBooks books)
    {
        subnet["first_emission_block"] = books.FirstEmissionBlock?.ToString();
        subnet["subtoken_enabled"] = books.SubtokenEnabled;
        subnet["registration_allowed"] = books.RegistrationAllowed;
        subnet["emission_enabled"] = books.EmissionEnabled;
        subnet["owner_cut_enabled"] = books.OwnerCutEnabled;
        subnet["transfer_enabled"] = books.TransferEnabled;
    }

    private static string Text(IFormattable number) => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
}
