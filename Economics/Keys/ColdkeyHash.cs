using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Konscious.Security.Cryptography;

namespace Dtao.Economics.Keys;

/// <summary>What an announcement says of the coldkey to come, so that nobody else knows it before the swap.</summary>
/// <remarks>Source: macros/dispatches.rs :: swap_coldkey_announced. BLAKE2b with 32 bytes over the 32 bytes of the key.</remarks>
public static class ColdkeyHash
{
    public const int Length = 32;

    public static ImmutableArray<byte> Of(AccountId coldkey)
    {
        using var blake = new HMACBlake2B(8 * Length);
        return [.. blake.ComputeHash(coldkey.ToArray())];
    }
}
