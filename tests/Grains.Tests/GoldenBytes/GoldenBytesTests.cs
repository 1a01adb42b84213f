using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
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
    private static readonly ILookup<string, string> s_stored = new[] { "records-1.txt", "records-2.txt", "records-3.txt", "records-4.txt", "records-5.txt" }
        .SelectMany(file => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "GoldenBytes", file)))
        .Select(line => line.Split(' '))
        .ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    /// <summary>Of each record the layout that is written now: the last one.</summary>
    private static readonly Dictionary<string, string> s_fixtures = s_stored
        .ToDictionary(layouts => layouts.Key, layouts => layouts.Last(), StringComparer.Ordinal);

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

    /// <summary>What an older layout did not have is filled in, and the rest is what the layout of today says of the same record.</summary>
    [Fact]
    public void HotkeyRecords_StoredBeforeTheirChangesWereKept_AreReadAsRecordsOfToday()
    {
        var model = ValidatorModel.Instance;
        var decided = GoldenRecords.All.Single(record => record.Name == nameof(HotkeyOperationDecided));
        var state = model.ReadSnapshot(Current(nameof(ValidatorState)));
        state.LastChange = null;

        Assert.Equal(decided.Bytes, decided.Rewrite(Oldest(nameof(HotkeyOperationDecided))));
        Assert.Equal(new DelegateEnsured(Take.Default, BlockNumber.Genesis), model.ReadOne(Oldest(nameof(DelegateEnsured))));
        Assert.Equal(model.StateBytes(state), model.StateBytes(model.ReadSnapshot(Oldest(nameof(ValidatorState)))));

        static byte[] Oldest(string name) => Convert.FromHexString(s_stored[name].First());
        static byte[] Current(string name) => Convert.FromHexString(s_fixtures[name]);
    }

    /// <summary>Each account was written out wherever it stands.</summary>
    [Fact]
    public void DecidedCalls_StoredBeforeAccountsHadNumbers_AreReadAsThoseOfToday()
    {
        var decided = GoldenRecords.All.Single(record => record.Name == nameof(CallDecided));
        var stored = Convert.FromHexString(s_stored[nameof(CallDecided)].First());

        Assert.Equal(decided.Bytes, decided.Rewrite(stored));
        Assert.True(decided.Bytes.Length < stored.Length, $"{decided.Bytes.Length} bytes of {stored.Length}");
    }

    [Fact]
    public void Records_OlderLayouts_AreAllReadByATestOfTheirOwn()
    {
        string[] replaced = [nameof(CallDecided), nameof(DelegateEnsured), nameof(HotkeyOperationDecided), nameof(ValidatorState)];

        Assert.Equal(replaced, s_stored.Where(layouts => layouts.Count() > 1).Select(layouts => layouts.Key).Order(StringComparer.Ordinal));
        Assert.All(replaced, name => Assert.NotEqual(s_stored[name].First(), s_stored[name].Last()));
    }

    [Fact]
    public void Records_OfEveryKind_HaveAFixture()
    {
        Type[] bases = [typeof(AccountEvent), typeof(PoolEvent), typeof(LaneEvent), typeof(CoordinatorEvent), typeof(RegistryEvent), typeof(ValidatorEvent), typeof(FeedIndexEvent)];
        Type[] states =
        [
            typeof(AccountState), typeof(PoolState), typeof(LaneState), typeof(CoordinatorState), typeof(RegistryState), typeof(ValidatorState), typeof(FeedIndexState),
        ];
        var stored = bases.SelectMany(type => type.Assembly.GetTypes().Where(other => other.BaseType == type)).Concat(states).Select(type => type.Name);

        Assert.Equal(stored.Order(StringComparer.Ordinal), s_fixtures.Keys.Order(StringComparer.Ordinal));
    }
}
