using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Xunit;

namespace Dtao.Economics.Tests.Ledger;

/// <summary>What a scope remembers of pools and shares, few or many.</summary>
public class LedgerScopeTests
{
    private static readonly NetUid s_one = new(1);
    private static readonly NetUid s_two = new(2);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(300)]
    public void Writes_OfManyKeys_AreReadBackInTheOrderOfTheFirst(int count)
    {
        var scope = Scope();

        for (var i = 0; i < count; i++) Write(scope, s_one, i, 1_000);
        for (var i = count - 1; i >= 0; i--) Write(scope, s_one, i, i);

        Assert.Equal(Enumerable.Range(0, count).Select(i => new Alpha((ulong)i)), scope.ChangedHotkeyPools.Select(changed => changed.Pool.Value));
        Assert.Equal(Enumerable.Range(0, count).Select(Key), scope.ChangedShares.Select(changed => changed.Position.Coldkey));
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(new Alpha((ulong)i), scope.GetHotkeyPool(s_one, Key(i)).Value));
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(SafeFloat.FromUInt64((ulong)i), scope.GetShare(Position(s_one, i))));
        Assert.Equal(default, scope.GetHotkeyPool(s_two, Key(0)));
        Assert.Equal(scope.ChangedHotkeyPools[count - 1], scope.ChangedHotkeyPools.ToArray()[^1]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void Merge_OfAChildThatWroteAgain_KeepsTheLastValueInTheFirstPlace(int count)
    {
        var scope = Scope();
        for (var i = 0; i < count; i++) Write(scope, s_one, i, 1_000);
        var child = new LedgerScope(scope);
        for (var i = count / 2; i < 2 * count; i++) Write(child, s_one, i, i);

        scope.Merge(child);

        Assert.Equal(Enumerable.Range(0, 2 * count).Select(Key), scope.ChangedHotkeyPools.Select(changed => changed.Hotkey));
        Assert.Equal(new Alpha(1_000), scope.GetHotkeyPool(s_one, Key(0)).Value);
        Assert.Equal(new Alpha((ulong)count), scope.GetHotkeyPool(s_one, Key(count)).Value);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void RemoveSubnet_AfterWrites_ForgetsThoseOfThatSubnetOnly(int count)
    {
        var scope = Scope();
        for (var i = 0; i < count; i++)
        {
            Write(scope, s_one, i, 1_000);
            Write(scope, s_two, i, i);
        }

        scope.RemoveSubnet(s_one);

        Assert.All(scope.ChangedHotkeyPools, changed => Assert.Equal(s_two, changed.Netuid));
        Assert.All(scope.ChangedShares, changed => Assert.Equal(s_two, changed.Position.Netuid));
        Assert.Equal((count, count), (scope.ChangedHotkeyPools.Count, scope.ChangedShares.Count));
        Assert.Equal(default, scope.GetHotkeyPool(s_one, Key(0)));
        Assert.True(scope.GetShare(Position(s_one, 0)).IsZero);
        Assert.Equal(new Alpha((ulong)count - 1), scope.GetHotkeyPool(s_two, Key(count - 1)).Value);
    }

    private static LedgerScope Scope() => new(new SequentialNetwork(GenesisBuilder.Build(new GenesisState
    {
        Parameters = NetworkParameters.Default,
        Subnets = [new(new SubnetBooks { Netuid = s_one }, null, Tao.Zero), new(new SubnetBooks { Netuid = s_two }, null, Tao.Zero)],
    })));

    private static void Write(LedgerScope scope, NetUid netuid, int number, int value)
    {
        scope.SetHotkeyPool(netuid, Key(number), new HotkeyPool(new Alpha((ulong)value), SafeFloat.Zero));
        scope.SetShare(Position(netuid, number), SafeFloat.FromUInt64((ulong)value));
    }

    private static PositionKey Position(NetUid netuid, int number) => new(netuid, Key(1_000), Key(number));

    private static AccountId Key(int number)
    {
        var bytes = new byte[AccountId.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new AccountId(bytes);
    }
}
