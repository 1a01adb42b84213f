using System.Globalization;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

public class StorageOrderTests
{
    /// <summary>Hashes from another implementation of Blake2b with 16 bytes.</summary>
    [Theory]
    [InlineData("0101010101010101010101010101010101010101010101010101010101010101", "c035f853fcd0f0589e30c9e2dc1a0f57")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "f39a2cad58411cd49f577e5086b8031f")]
    [InlineData("0202020202020202020202020202020202020202020202020202020202020202", "fdf644cee9f9ba3d82d46809b692ab07")]
    public void Hash_KnownKeys_IsBlake2Of128Bits(string key, string hash) =>
        Assert.Equal(UInt128.Parse(hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture), StorageOrder.Hash(AccountId.ParseHex(key)));

    [Fact]
    public void Of_Positions_GoesByHashOfTheHotkeyAndThenByColdkey()
    {
        AccountId early = Key(1), late = Key(2), middle = AccountId.ParseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        PositionKey Position(AccountId hotkey, AccountId coldkey) => new(One, hotkey, coldkey);

        var ordered = StorageOrder.Of([Position(late, Ann), Position(middle, Bob), Position(early, Bob), Position(middle, Ann), Position(early, Ann)]);

        Assert.Equal(
            [Position(early, Ann), Position(early, Bob), Position(middle, Ann), Position(middle, Bob), Position(late, Ann)],
            ordered);
    }
}
