using System.Security.Cryptography;
using CsCheck;
using Dtao.Economics;
using Dtao.Grains.Blocks;
using Xunit;

namespace Dtao.Grains.Tests.Blocks;

public sealed class BlockHashesTests
{
    private static readonly BlockHeader Header = new(
        new BlockNumber(7), [], new byte[32], new Tao(1), new Tao(2), new Tao(3), new byte[32], "2026-06", 5, 6, [1, 2, 3, 4]);

    public static TheoryData<string> HashedFields => new("Number", "ParentHash", "Emission", "Recycled", "TotalIssuance", "StateRoot", "RuleSet", "Subnets");

    [Fact]
    public void MerkleRoot_NoSubnet_IsTheHashOfNothing() => Assert.Equal(SHA256.HashData([]), BlockHashes.MerkleRoot([]));

    [Fact]
    public void MerkleRoot_OneSubnet_IsItsLeaf() =>
        Assert.Equal(SHA256.HashData([0, 2, 1, .. Digest(9)]), BlockHashes.MerkleRoot([new(new NetUid(258), Digest(9))]));

    [Fact]
    public void MerkleRoot_ThreeSubnets_TheLastMovesUpAlone()
    {
        byte[] Leaf(byte netuid) => SHA256.HashData([0, netuid, 0, .. Digest(netuid)]);
        var left = SHA256.HashData([1, .. Leaf(0), .. Leaf(1)]);

        Assert.Equal(SHA256.HashData([1, .. left, .. Leaf(2)]), BlockHashes.MerkleRoot([.. Subnets(3)]));
    }

    [Fact]
    public void MerkleRoot_AnyDigestOrNetuidChanged_IsAnother() => Gen.Select(Gen.Int[1, 40], Gen.Int[0, 39]).Sample((count, at) =>
    {
        var subnets = Subnets(count).ToArray();
        var root = BlockHashes.MerkleRoot(subnets);
        var changed = subnets.ToArray();
        changed[at % count] = changed[at % count] with { Digest = Digest(200) };
        var renamed = subnets.ToArray();
        renamed[^1] = renamed[^1] with { Netuid = new NetUid(999) };

        Assert.False(root.AsSpan().SequenceEqual(BlockHashes.MerkleRoot(changed)));
        Assert.False(root.AsSpan().SequenceEqual(BlockHashes.MerkleRoot(renamed)));
        Assert.False(root.AsSpan().SequenceEqual(BlockHashes.MerkleRoot(subnets[..^1])));
    });

    [Fact]
    public void MerkleRoot_OutOfOrderOrRepeated_Throws()
    {
        var subnets = Subnets(2).ToArray();

        Assert.Throws<ArgumentException>(() => BlockHashes.MerkleRoot([subnets[1], subnets[0]]));
        Assert.Throws<ArgumentException>(() => BlockHashes.MerkleRoot([subnets[0], subnets[0]]));
    }

    [Theory]
    [MemberData(nameof(HashedFields))]
    public void OfHeader_AFieldChanged_IsAnother(string field)
    {
        var changed = field switch
        {
            "Number" => Header with { Number = new BlockNumber(8) },
            "ParentHash" => Header with { ParentHash = Digest(1) },
            "Emission" => Header with { Emission = new Tao(9) },
            "Recycled" => Header with { Recycled = new Tao(9) },
            "TotalIssuance" => Header with { TotalIssuance = new Tao(9) },
            "StateRoot" => Header with { StateRoot = Digest(1) },
            "RuleSet" => Header with { RuleSet = "2026-07" },
            _ => Header with { Subnets = 9 },
        };

        Assert.NotEqual(BlockHashes.OfHeader(Header), BlockHashes.OfHeader(changed));
    }

    [Fact]
    public void OfHeader_WallTimeOrDurationsChanged_IsTheSame() =>
        Assert.Equal(BlockHashes.OfHeader(Header), BlockHashes.OfHeader(Header with { ClosedAt = 99, CloseMicroseconds = [], Hash = Digest(1) }));

    private static byte[] Digest(byte value)
    {
        var digest = new byte[32];
        digest.AsSpan().Fill(value);
        return digest;
    }

    private static IEnumerable<SubnetDigest> Subnets(int count) =>
        Enumerable.Range(0, count).Select(netuid => new SubnetDigest(new NetUid((ushort)netuid), Digest((byte)netuid)));
}
