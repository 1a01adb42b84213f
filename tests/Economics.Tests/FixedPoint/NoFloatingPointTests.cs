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

    /// <summary>The assemblies in which every number is a value of the ledger.</summary>
    public static TheoryData<Assembly> ValueAssemblies => [typeof(U64F64).Assembly];

    [Theory]
    [MemberData(nameof(ValueAssemblies))]
    public void Assembly_EveryMember_IsFreeOfFloatingPoint(Assembly assembly)
    {
        var faults = assembly.GetTypes().SelectMany(FaultsOf).ToArray();

        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Detector_FloatingPointSample_IsFound()
    {
        var faults = FaultsOf(typeof(Sample)).ToArray();

        Assert.Contains(faults, fault => fault.Contains(nameof(Sample.Field), StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains(nameof(Sample.Parameter), StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains(nameof(Sample.Local), StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains(nameof(Sample.OnTheStack), StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains(nameof(Sample.Nested), StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains(nameof(Sample.Clean), StringComparison.Ordinal));
    }

    private static IEnumerable<string> FaultsOf(Type type)
    {
        foreach (var field in type.GetFields(Everything))
        {
            if (IsFloating(field.FieldType)) yield return $"field {type}.{field.Name}";
        }

        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            if (SignatureOf(method).Any(IsFloating)) yield return $"signature of {type}.{method.Name}";
            if (method.GetMethodBody() is not { } body) continue;
            if (body.LocalVariables.Any(local => IsFloating(local.LocalType))) yield return $"local of {type}.{method.Name}";
            foreach (var instruction in FloatingInstructions(method, body)) yield return $"{instruction} in {type}.{method.Name}";
        }
    }

    private static IEnumerable<Type> SignatureOf(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).Append(method is MethodInfo { ReturnType: var result } ? result : typeof(void));

    private static bool IsFloating(Type type) =>
        s_floating.Contains(type)
        || (type.HasElementType && IsFloating(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(IsFloating));

    /// <summary>Loads and conversions of floating point, and calls whose signature has it.</summary>
    private static IEnumerable<string> FloatingInstructions(MethodBase method, MethodBody body)
    {
        var il = body.GetILAsByteArray()!;
        for (var i = 0; i < il.Length;)
        {
            var code = il[i] == 0xFE ? s_opCodes[unchecked((short)(0xFE00 | il[i + 1]))] : s_opCodes[il[i]];
            i += code.Size;
            if (code.Name!.Contains(".r4", StringComparison.Ordinal) || code.Name.Contains(".r8", StringComparison.Ordinal) || code.Name.Contains(".r.", StringComparison.Ordinal)) yield return code.Name;
            if (code.OperandType == OperandType.InlineMethod && SignatureOf(Resolve(method, BitConverter.ToInt32(il, i))).Any(IsFloating)) yield return code.Name;
            i += OperandSize(code, il, i);
        }
    }

    private static MethodBase Resolve(MethodBase caller, int token) => caller.Module.ResolveMethod(
        token, caller.DeclaringType!.GetGenericArguments(), caller.IsGenericMethod ? caller.GetGenericArguments() : null)!;

    private static int OperandSize(OpCode code, byte[] il, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
        _ => 4,
    };

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

        public static long Clean(long value) => value / 2;
    }
#pragma warning restore CA1823, CS0169, CA1801, IDE0051, IDE0060
}
