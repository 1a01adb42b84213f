using System.Reflection;
using Dtao.Economics.Emission;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed;
using Dtao.Grains.Shell;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using Xunit;

namespace Dtao.Grains.Tests.Wire;

/// <summary>
/// Whatever a grain's method takes or answers crosses the wire between two silos. Within one silo nothing is serialised,
/// so a type without a codec would only be missed there.
/// </summary>
public sealed class WireTests
{
    private static readonly Serializer s_serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly Type[] s_grains =
        [.. typeof(IBlockCoordinatorGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)))];

    /// <summary>A page of the feed carries any of them.</summary>
    private static readonly Type[] s_facts = [.. typeof(LedgerFact).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(LedgerFact)))];

    public static TheoryData<string> Messages => new(MessageTypes.Keys.Order(StringComparer.Ordinal));

    private static Dictionary<string, Type> MessageTypes => s_grains
        .SelectMany(grain => grain.GetMethods())
        .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
        .Select(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) ? type.GetGenericArguments()[0] : type)
        .Where(type => type != typeof(Task))
        .Concat(s_facts)
        .Distinct()
        .ToDictionary(type => type.ToString(), StringComparer.Ordinal);

    [Fact]
    public void Interfaces_OfAllActors_AreLookedAt() => Assert.Equal(
        ["IBlockCoordinatorGrain", "IFeedIndexGrain", "ILaneGrain", "ILedgerFeedGrain", "IMetagraphGrain", "IOperationIntakeGrain", "IStakerAccountGrain", "ISubnetPoolGrain", "ISubnetRegistryGrain", "ISubnetViewGrain", "IValidatorGrain", "IWrittenActorsGrain"],
        s_grains.Select(grain => grain.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_WithEverythingFilled_CrossesTheWireUnchanged(string name) => AssertCrosses(new Examples(isFull: true).Of(MessageTypes[name]));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_WithEverythingOptionalLeftOut_CrossesTheWireUnchanged(string name) =>
        AssertCrosses(new Examples(isFull: false).Of(MessageTypes[name]));

    /// <summary>That a missing codec is found is not taken on trust.</summary>
    [Fact]
    public void Message_WithoutACodec_Fails() => Assert.Throws<CodecNotFoundException>(() => AssertCrosses(new Examples(isFull: true).Of(typeof(BlockPlan))));

    [Fact]
    public void Exceptions_ThatActorsThrow_CrossTheWireAsWhatTheyAre()
    {
        var arrived = s_serializer.Deserialize<object>(s_serializer.SerializeToArray<object>(new ActorPoisonedException("pool/1", new StoreFailure("fenced"))));

        var exception = Assert.IsType<ActorPoisonedException>(arrived);
        Assert.Contains("pool/1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("StoreFailure: fenced", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Every method and interface has a name of its own on the wire, so that a renamed method does not break a rolling upgrade.</summary>
    [Fact]
    public void Interfaces_AndTheirMethods_AreNamedOnTheWire() => Assert.All(s_grains, grain =>
    {
        Assert.NotNull(grain.GetCustomAttribute<AliasAttribute>());
        var names = grain.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()?.Alias).ToArray();
        Assert.All(names, Assert.NotNull);
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    });

    /// <summary>As those of stores are: the wire does not know it.</summary>
    private sealed class StoreFailure(string message) : Exception(message);

    private static void AssertCrosses(object? sent)
    {
        var arrived = s_serializer.Deserialize<object?>(s_serializer.SerializeToArray(sent));

        Assert.Equal(Examples.Describe(sent), Examples.Describe(arrived));
    }
}
