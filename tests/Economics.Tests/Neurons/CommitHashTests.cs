using Dtao.Economics.Neurons;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class CommitHashTests
{
    /// <summary>Digests made with another implementation of BLAKE2b over the encoding written out by hand.</summary>
    [Theory]
    [InlineData(2, 1, 0, 4UL, "ac1aa027769cc64799757176ff26f1cd08c958777da8eaedce5c34f983d38bf4")]
    [InlineData(2, 1, 1, 4UL, "d1e7e054d2b2c05f6d420306c2c4fea0cece9ec5109d63b586ac44fd7d32f7bc")]
    public void Of_Weights_IsTheDigestOfTheirEncoding(byte key, ushort netuid, byte mechanism, ulong version, string digest) =>
        Assert.Equal(digest, Hex(key, netuid, Weights([0, 2], [1, 65_535], mechanism, [7, 8, 9], version)));

    [Theory]
    [InlineData(2, 4_095, 15, 0, 0, ulong.MaxValue, "b142bc08bfb68b37e995be887baeff91b7b6783382fe0cb00ac1a71c99aec598")]
    [InlineData(3, 1, 0, 64, 300, 0UL, "3214ba831f47b9eca9eaab66ba5253deba76d9b80a36346cd5b3369cfbe81f07")]
    [InlineData(3, 1, 0, 17_000, 1, 0UL, "ded5e775f7840d30cbe114134498bba4b72bb62c486d10a9687a63dbd9638d83")]
    public void Of_ListsOfAnyLength_BeginWithTheirLengthInCompactForm(
        byte key, ushort netuid, byte mechanism, int count, ushort value, ulong version, string digest)
    {
        var uids = Enumerable.Range(0, count).Select(uid => (ushort)uid).ToArray();
        var values = Enumerable.Repeat(value, count).ToArray();

        Assert.Equal(digest, Hex(key, netuid, Weights(uids, values, mechanism, [], version)));
    }

    private static string Hex(byte key, ushort netuid, Dtao.Economics.Ledger.WeightsDetail weights) =>
        Convert.ToHexStringLower(CommitHash.Of(Key(key), new NetUid(netuid), weights).AsSpan());
}
