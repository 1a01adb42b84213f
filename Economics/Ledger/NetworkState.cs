namespace Dtao.Economics.Ledger;

/// <summary>A whole network at rest, to be read: for comparison, digests and audits. Order of the lists means nothing.</summary>
public interface INetworkState
{
    BlockNumber Block { get; }

    /// <summary>All TAO as the staking ledger counts it.</summary>
    Tao TotalIssuance { get; }

    /// <summary>All TAO that somebody holds; below the other by the dust of plain transfers.</summary>
    Tao BalancesIssuance { get; }

    NetworkParameters Parameters { get; }

    /// <summary>Free TAO of all accounts but those of existing subnets, the burn account included.</summary>
    IReadOnlyCollection<KeyValuePair<AccountId, Tao>> Balances { get; }

    IReadOnlyCollection<KeyValuePair<AccountId, HotkeyRecord>> Hotkeys { get; }

    /// <summary>The books of every subnet, root included; readers must not change them.</summary>
    IReadOnlyCollection<SubnetBooks> Subnets { get; }

    IReadOnlyCollection<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)> HotkeyPools { get; }

    IReadOnlyCollection<(PositionKey Position, SafeFloat Share)> Shares { get; }

    /// <summary>Neurons and links of the subnets that have any.</summary>
    IReadOnlyCollection<KeyValuePair<NetUid, Metagraph>> Metagraphs => [];

    IReadOnlyCollection<KeyValuePair<AccountId, ClaimRates>> ClaimRates => [];

    IReadOnlyCollection<KeyValuePair<PositionKey, UInt128>> Claimed => [];

    IReadOnlyCollection<KeyValuePair<AccountId, RootClaimType>> ClaimTypes => [];

    /// <summary>How coldkeys present themselves.</summary>
    IReadOnlyCollection<KeyValuePair<AccountId, ColdkeyIdentityDetail>> Identities => [];

    /// <summary>The symbols of all subnets' tokens; empty where they are not kept.</summary>
    IReadOnlyCollection<KeyValuePair<NetUid, string>> Symbols => [];

    /// <summary>Announcements of coldkeys that will be swapped.</summary>
    IReadOnlyCollection<KeyValuePair<AccountId, ColdkeySwap>> ColdkeySwaps => [];
}
