using CsCheck;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;
using Xunit;

namespace Dtao.Grains.Tests.Subnets;

/// <summary>Root's pool knows which pairs of keys have marks without looking at every subnet.</summary>
public sealed class ClaimMarkTests
{
    private static readonly AccountId[] s_hotkeys = [ModelBytes.Account(1), ModelBytes.Account(2)];
    private static readonly AccountId[] s_coldkeys = [ModelBytes.Account(11), ModelBytes.Account(12), ModelBytes.Account(13)];

    private static readonly Gen<(PositionKey Position, UInt128 Rao)> GenMark =
        from netuid in Gen.UShort[1, 3]
        from hotkey in Gen.Int[0, s_hotkeys.Length - 1]
        from coldkey in Gen.Int[0, s_coldkeys.Length - 1]
        from rao in Gen.ULong[0, 2]
        select (new PositionKey(new NetUid(netuid), s_hotkeys[hotkey], s_coldkeys[coldkey]), (UInt128)rao);

    private static readonly Gen<ClaimChanges> GenChanges =
        from marks in GenMark.Array[0, 6]
        from forgotten in Gen.UShort[1, 12]
        select new ClaimChanges([], marks, [], [], forgotten > 3 ? [] : [new NetUid(forgotten)]);

    [Fact]
    public void HasMarks_AfterAnyChanges_IsWhetherThereIsOneOnSomeSubnet() => GenChanges.Array[1, 8].Sample(
        history =>
        {
            var claims = new ClaimState();
            foreach (var changes in history) claims.Apply(changes);

            foreach (var hotkey in s_hotkeys)
            {
                foreach (var coldkey in s_coldkeys)
                {
                    Assert.Equal(claims.Claimed.Keys.Any(mark => mark.Hotkey == hotkey && mark.Coldkey == coldkey), claims.HasMarks(hotkey, coldkey));
                }
            }
        },
        iter: 500, threads: 1);
}
