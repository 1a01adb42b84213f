using CsCheck;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Dtao.Storage.Tests;

public sealed class TableKeysTests
{
    private static readonly Gen<string> Text = Gen.Char["ab/\\#?%|_\0\u0001\u007f\u009f é0F2"].Array[0, 12].Select(signs => new string(signs));

    [Fact]
    public void Escape_AnyTwoTexts_AreEqualOnlyWhenTheyWere() =>
        Gen.Select(Text, Text).Sample((one, two) => Assert.Equal(one == two, TableKeys.Escape(one) == TableKeys.Escape(two)));

    [Fact]
    public void Escape_AnyText_HasOnlySignsThatTheServiceTakes() =>
        Text.Sample(text => Assert.DoesNotContain(TableKeys.Escape(text), sign => sign is '/' or '\\' or '#' or '?' or '|' || char.IsControl(sign)));

    [Fact]
    public void Of_AnyTwoRecords_ShareAnAddressOnlyWhenTheyAreOne() =>
        Gen.Select(Text, Text, Text, Text).Sample((grainA, stateA, grainB, stateB) =>
        {
            var isOne = (grainA, stateA) == (grainB, stateB);
            // A grain's key is never blank.
            Assert.Equal(isOne, Of($"k{grainA}", stateA) == Of($"k{grainB}", stateB));
        });

    [Theory]
    [InlineData(500)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(5_000)]
    public void Of_LongKeys_FitAndStayApart(int length)
    {
        var keys = Enumerable.Range(0, 50).Select(number => $"{new string('é', length)}{number:d3}").ToArray();

        var addresses = keys.Select(key => Of(key, "state")).ToArray();

        Assert.All(addresses, address => Assert.True(address.RowKey.Length <= TableKeys.RowKeyLengthMax));
        Assert.Equal(50, addresses.Select(address => address.RowKey).Distinct().Count());
        Assert.All(addresses, address => Assert.NotNull(address.FullKey));
    }

    [Fact]
    public void Of_LongKeyCutWithinAPair_HasNoHalfOfIt()
    {
        for (var shift = 0; shift < 3; shift++)
        {
            var address = Of(new string('x', shift) + string.Concat(Enumerable.Repeat("🪙", 400)), "state");

            Assert.DoesNotContain("\ufffd", System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(address.RowKey)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_StateNameThatIsNotText_IsRefused() => Assert.ThrowsAny<ArgumentException>(() => Of("a", "\udc00"));

    // Stored data is found by these keys: they may never change.
    [Theory]
    [InlineData("alice", "state", "ledger-002", "account%002Falice|state")]
    [InlineData("a/b", "state", "ledger-00c", "account%002Fa%002Fb|state")]
    [InlineData("ключ", "segment/7", "ledger-00e", "account%002Fключ|segment%002F7")]
    public void Of_KnownRecords_KeepTheirAddress(string key, string state, string partition, string row) =>
        Assert.Equal(new(partition, row, null), TableKeys.Of(AzureTableLayout.Bucketed, 32, "ledger", GrainId.Create("account", key), state));

    [Fact]
    public void Of_LayoutOfOrleans_IsTheOfficialProvidersKey()
    {
        var address = TableKeys.Of(AzureTableLayout.Orleans, 32, "my/service", GrainId.Create("account", "a/b#c"), "state?x");

        Assert.Equal(new("my_service_account_a_b_c", "state_x", null), address);
        Assert.ThrowsAny<ArgumentOutOfRangeException>(
            () => TableKeys.Of(AzureTableLayout.Orleans, 32, "s", GrainId.Create("account", new string('x', 1_024)), "state"));
    }

    [Fact]
    public void Of_ManyGrains_SpreadOverAllBuckets()
    {
        var buckets = Enumerable.Range(0, 3_200).GroupBy(number => Of($"grain {number}", "state").PartitionKey).ToArray();

        Assert.Equal(32, buckets.Length);
        Assert.All(buckets, bucket => Assert.InRange(bucket.Count(), 50, 150));
    }

    private static TableAddress Of(string key, string state) =>
        TableKeys.Of(AzureTableLayout.Bucketed, 32, "ledger", GrainId.Create("account", key), state);
}
