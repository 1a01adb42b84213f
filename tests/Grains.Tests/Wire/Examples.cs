using System.Collections;
using System.Globalization;
using System.Reflection;
using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;
using Dtao.Grains.Feed;

namespace Dtao.Grains.Tests.Wire;

/// <summary>Makes an example of any type by reflection: with everything filled, or with everything that can be missing left out.</summary>
internal sealed class Examples(bool isFull)
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private int _next = 1;

    public object? Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return isFull ? Of(underlying) : null;
        var number = _next = (_next * 7 % 101) + 1;
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Last();
        if (type == typeof(bool)) return isFull;
        if (type == typeof(string)) return string.Create(CultureInfo.InvariantCulture, $"text {number} τ");
        if (type == typeof(Guid)) return new Guid(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        if (type == typeof(UInt128)) return (UInt128.One << 100) + (UInt128)number;
        if (type == typeof(Int128)) return -(Int128.One << 100) - number;
        if (type == typeof(AccountId)) return new AccountId([.. Enumerable.Repeat((byte)number, AccountId.Length)]);
        if (type == typeof(CallDetail)) return new WeightsDetail([1, 300], [65_535, (ushort)number], 3, 4, [5]);
        if (type == typeof(LedgerFact)) return Of(typeof(TaoChangedFact));
        if (type == typeof(Metagraph)) return MetagraphOf(number);
        if (type == typeof(MetagraphDelta)) return MetagraphDelta.Between(Metagraph.Empty, MetagraphOf(number));
        if (type == typeof(ClaimRates)) return new ClaimRates(ClaimRates.None.BySubnet.Add(new NetUid((ushort)number), new I96F32(5)));
        if (type == typeof(RootClaimType)) return new RootClaimType(RootClaimKind.KeepSubnets, [new NetUid((ushort)number)]);
        if (type == typeof(SubnetRemains))
        {
            return new SubnetRemains(true, false, 3, 4, 5, Metagraph.Empty.AutoStake.Add((AccountId)Of(typeof(AccountId))!, (AccountId)Of(typeof(AccountId))!), 6);
        }

        if (type == typeof(ColdkeySwap)) return new ColdkeySwap(new BlockNumber((ulong)number), [1, (byte)number], isFull ? new BlockNumber(9) : null);
        if (type == typeof(EpochInput)) return InputOf(number);
        if (type == typeof(EpochFindings)) return EpochFindings.Of([InputOf(number)], new Alpha(1_000_000), new EpochWorkspace());
        if (type == typeof(RootAccrual) && isFull)
            return new RootAccrual((AccountId)Of(typeof(AccountId))!, default, default) { Pay = new RootPay((AccountId)Of(typeof(AccountId))!, new Tao(7), new Tao(8)) };
        if (type == typeof(RuleSchedule)) return isFull ? RuleSchedule.Of(RuleSets.June2026Flow, [new(new BlockNumber(9), RuleSets.February2025)]) : RuleSchedule.Default;
        if (type == typeof(SafeFloat)) return SafeFloat.FromUInt64((ulong)number * 123_456_789);
        if (type.IsPrimitive) return Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
        return ItemOf(type) is { } item ? ListOf(item) : Structured(type);
    }

    /// <summary>Every field of a value, as text: two values are the same when their texts are.</summary>
    public static string Describe(object? value)
    {
        if (value is null) return "null";
        var type = value.GetType();
        if (value is string or AccountId || type.IsPrimitive || type.IsEnum || type.Namespace == nameof(System)) return $"{value}";
        if (value is IEnumerable list) return "[" + string.Join(", ", list.Cast<object?>().Select(Describe)) + "]";
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        return $"{type.Name}(" + string.Join(", ", fields.Select(field => $"{field.Name}: {Describe(field.GetValue(value))}")) + ")";
    }

    private Metagraph MetagraphOf(int number) => !isFull ? Metagraph.Empty : Metagraph.Empty with
    {
        Neurons =
        [
            new Neuron
            {
                Hotkey = (AccountId)Of(typeof(AccountId))!,
                RegisteredAt = (ulong)number,
                HasPermit = true,
                Rows = [NeuronRow.Empty with { LastUpdate = 7, Weights = [new WeightEntry(0, 9)], Bonds = [new WeightEntry(0, 8)] }],
            },
        ],
        ChildTakes = Metagraph.Empty.ChildTakes.Add((AccountId)Of(typeof(AccountId))!, 10),
    };

    private EpochInput InputOf(int number) => !isFull ? new EpochInput() : new EpochInput
    {
        NeuronCount = 2,
        CurrentBlock = (ulong)number + 1_000,
        LastUpdate = [999, 998],
        RegisteredAt = [1, 2],
        AlphaStake = [1_000_000, 2_000_000],
        TaoStake = [3, 4],
        OwnerUid = 1,
        ValidatorPermit = [true, true],
        Weights = [[new WeightEntry(1, 65_535)], [new WeightEntry(0, 5)]],
        Bonds = [[], [new WeightEntry(0, 6)]],
        CommitReveal = true,
        CommitBlock = [ulong.MaxValue, 997],
        Emission = 1_000_000,
    };

    private static Type? ItemOf(Type type)
    {
        if (type.IsArray) return type.GetElementType();
        return type.IsGenericType && type.IsInterface && type.IsAssignableTo(typeof(IEnumerable)) ? type.GetGenericArguments()[0] : null;
    }

    private Array ListOf(Type item)
    {
        var list = Array.CreateInstance(item, isFull ? 2 : 0);
        for (var place = 0; place < list.Length; place++) list.SetValue(Of(item), place);
        return list;
    }

    private object Structured(Type type)
    {
        var constructor = type.GetConstructors().Where(one => one.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(one => one.GetParameters().Length);
        var value = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(one => Member(one.ParameterType, s_nullability.Create(one)))]);
        var taken = constructor?.GetParameters().Select(one => one.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanWrite && !taken.Contains(property.Name)) property.SetValue(value, Member(property.PropertyType, s_nullability.Create(property)));
        }

        return value;
    }

    private object? Member(Type type, NullabilityInfo nullability) =>
        !isFull && nullability.WriteState == NullabilityState.Nullable ? null : Of(type);
}
