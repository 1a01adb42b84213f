using System.Buffers.Binary;

namespace Dtao.Economics.Ledger;

/// <summary>Accounts that the ledger itself owns.</summary>
/// <remarks>Source: rule book 01, 1.4; subnets/subnet.rs :: is_subnet_account_id.</remarks>
public static class SystemAccounts
{
    private const int NetuidOffset = 12;

    /// <summary>Whether an account is that of a subnet, existing or not, and of which.</summary>
    public static bool TryGetSubnet(AccountId account, out NetUid netuid)
    {
        netuid = default;
        if (!account.IsSubnetAccount) return false;
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        account.CopyTo(bytes);
        netuid = new NetUid(BinaryPrimitives.ReadUInt16LittleEndian(bytes[NetuidOffset..]));
        return true;
    }
}
