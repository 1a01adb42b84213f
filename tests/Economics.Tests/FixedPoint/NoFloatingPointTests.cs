using System.Reflection;
using System.Reflection.Emit;
using Xunit;

namespace Dtao.Economics.Tests.FixedPoint;

/// <summary>No value passes through a binary or decimal floating-point number: not in a signature, a field, a local, or on the stack.</summary>
public class NoFloatingPointTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly HashSet<Type> s_floating = [typeof(float), typeof(double), typeof(decimal), typeof(Half)];

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The assemblies whose numbers are values of the ledger, or are read from and shown to people.</summary>
    private static readonly string[] s_assemblies =
        ["Dtao.Economics", "Dtao.Grains.Interfaces", "Dtao.Grains", "Dtao.Storage", "Dtao.Hosting", "Dtao.Client"];

    /// <summary>Where floating point is allowed, by type or member, and why: none of it is an amount.</summary>
    private static readonly Dictionary<string, string> s_exceptions = new(StringComparer.Ordinal)
    {
        ["Dtao.Storage.StoreMetrics"] = "histograms of seconds for whoever watches a process; nothing reads them back",
    };

    public static TheoryData<string> ValueAssemblies => [.. s_assemblies];

    [Theory]
    [MemberData(nameof(ValueAssemblies))]
    public void Assembly_EveryMember_IsFreeOfFloatingPoint(string name)
    {
        var faults = Assembly.Load(name).GetTypes().SelectMany(FaultsOf).Where(fault => !IsException(fault)).ToArray();

        Assert.True(faults.Length == 0, string.Join('\n', faults.Select(fault => fault.ToString())));
    }

    [Fact]
    public void Exceptions_OnTheList_AreAllStillThere()
    {
        var places = s_assemblies.SelectMany(name => Assembly.Load(name).GetTypes()).SelectMany(FaultsOf)
            .SelectMany(fault => new[] { fault.Type, fault.Place })
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(s_exceptions, exception => Assert.True(places.Contains(exception.Key), $"{exception.Key} needs no exception any more."));
    }

    [Fact]
    public void Detector_FloatingPointSample_IsFound()
    {
        var faults = typeof(Sample).GetNestedTypes(Everything).Append(typeof(Sample)).SelectMany(FaultsOf)
            .Select(fault => fault.Place[(typeof(Sample).ToString().Length + 1)..])
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(
            [
                ".cctor", nameof(Sample.Across), nameof(Sample.Field), nameof(Sample.Later), nameof(Sample.Local), nameof(Sample.Nested), nameof(Sample.OnTheStack),
                nameof(Sample.Parameter), nameof(Sample.Passing), nameof(Sample.Untyped),
            ],
            faults.Order(StringComparer.Ordinal));
    }

    private static bool IsException(Fault fault) => s_exceptions.ContainsKey(fault.Type) || s_exceptions.ContainsKey(fault.Place);

    private static IEnumerable<Fault> FaultsOf(Type type)
    {
        foreach (var field in type.GetFields(Everything))
        {
            if (IsFloating(field.FieldType)) yield return Fault.In(type, field, "field");
        }

        foreach (var property in type.GetProperties(Everything))
        {
            if (IsFloating(property.PropertyType)) yield return Fault.In(type, property, "property");
        }

        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            if (SignatureOf(method).Any(IsFloating)) yield return Fault.In(type, method, "signature");
            if (method.GetMethodBody() is not { } body) continue;
            if (body.LocalVariables.Any(local => IsFloating(local.LocalType))) yield return Fault.In(type, method, "local");
            foreach (var instruction in FloatingInstructions(method, body)) yield return Fault.In(type, method, instruction);
        }
    }

    private static IEnumerable<Type> SignatureOf(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).Append(method is MethodInfo { ReturnType: var result } ? result : typeof(void));

    private static bool IsFloating(Type type) =>
        s_floating.Contains(type)
        || (type.HasElementType && IsFloating(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(IsFloating));

    /// <summary>Loads and conversions of floating point, and whatever a method names that has it: callees, fields, types.</summary>
    private static IEnumerable<string> FloatingInstructions(MethodBase method, MethodBody body)
    {
        var il = body.GetILAsByteArray()!;
        for (var i = 0; i < il.Length;)
        {
            var code = il[i] == 0xFE ? s_opCodes[unchecked((short)(0xFE00 | il[i + 1]))] : s_opCodes[il[i]];
            i += code.Size;
            if (code.Name!.Contains(".r4", StringComparison.Ordinal) || code.Name.Contains(".r8", StringComparison.Ordinal) || code.Name.Contains(".r.", StringComparison.Ordinal)) yield return code.Name;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                && TypesOf(Resolve(method, BitConverter.ToInt32(il, i))).Any(IsFloating)) yield return code.Name;
            i += OperandSize(code, il, i);
        }
    }

    private static MemberInfo Resolve(MethodBase caller, int token) => caller.Module.ResolveMember(
        token, caller.DeclaringType!.GetGenericArguments(), caller.IsGenericMethod ? caller.GetGenericArguments() : null)!;

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.FieldType, field.DeclaringType!],
        MethodBase method => [.. SignatureOf(method), .. method.DeclaringType is { } type ? [type] : Type.EmptyTypes, .. method.IsGenericMethod ? method.GetGenericArguments() : []],
        _ => [],
    };

    private static int OperandSize(OpCode code, byte[] il, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
        _ => 4,
    };

    /// <summary>Floating point at a place of the source: what the compiler made of a method is that method's.</summary>
    private sealed record Fault(string Type, string Place, string What)
    {
        public static Fault In(Type type, MemberInfo member, string what)
        {
            var name = member.Name;
            while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
            {
                if (NameWithin(type.Name) is { Length: > 0 } source) name = source;
                type = outer;
            }

            return new Fault(type.ToString(), $"{type}.{(name.StartsWith('<') && NameWithin(name) is { Length: > 0 } within ? within : name)}", what);
        }

        private static string NameWithin(string generated) => generated[1..generated.IndexOf('>', StringComparison.Ordinal)];
    }

#pragma warning disable CA1823, CS0169, CA1801, IDE0051, IDE0060
    private static class Sample
    {
        public static readonly List<float> Field = [];

        public static int Parameter(double value) => value > 0 ? 1 : 0;

        public static int Local(int value)
        {
            var half = (Half)value;
            return (int)half + (half > Half.One ? 1 : 0);
        }

        public static long OnTheStack(long value) => (long)Math.Sqrt(value);

        public static void Nested(Dictionary<int, decimal[]> values) => values.Clear();

        public static int Untyped(object value) => value is decimal ? 1 : 0;

        public static int Passing(int value) => Enumerable.Empty<double>().Count() + value;

        public static Func<long, long> Across() => value => (long)(value * 0.5);

        public static async Task<long> Later(long value)
        {
            await Task.Yield();
            return (long)Math.Cbrt(value);
        }

        public static long Clean(long value) => value / 2;
    }
#pragma warning restore CA1823, CS0169, CA1801, IDE0051, IDE0060
}
