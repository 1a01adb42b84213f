using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Xunit;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>
/// Bytes that were stored stay readable: whoever changes a layout raises its version, keeps reading the old one, and adds a file of fixtures beside this one.
/// </summary>
public class GoldenBytesTests
{
    private static readonly Dictionary<string, string> s_fixtures = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "GoldenBytes", "records-1.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    public static TheoryData<string> Names => new(GoldenRecords.All.Select(record => record.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Record_WrittenNow_IsTheStoredOneToTheByte(string name)
    {
        var record = GoldenRecords.All.Single(record => record.Name == name);

        Assert.Equal(s_fixtures.GetValueOrDefault(name), Convert.ToHexStringLower(record.Bytes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Record_StoredBytes_AreReadWhole(string name)
    {
        var stored = Convert.FromHexString(s_fixtures[name]);

        Assert.Equal(stored, GoldenRecords.All.Single(record => record.Name == name).Rewrite(stored));
    }

    [Fact]
    public void Records_OfEveryKind_HaveAFixture()
    {
        Type[] bases = [typeof(AccountEvent), typeof(PoolEvent), typeof(LaneEvent), typeof(CoordinatorEvent), typeof(RegistryEvent), typeof(ValidatorEvent)];
        Type[] states =
        [
            typeof(AccountState), typeof(PoolState), typeof(LaneState), typeof(CoordinatorState), typeof(RegistryState), typeof(ValidatorState),
        ];
        var stored = bases.SelectMany(type => type.Assembly.GetTypes().Where(other => other.BaseType == type)).Concat(states).Select(type => type.Name);

        Assert.Equal(stored.Order(StringComparer.Ordinal), s_fixtures.Keys.Order(StringComparer.Ordinal));
    }
}
