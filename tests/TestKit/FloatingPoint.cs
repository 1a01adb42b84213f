using System.Reflection;
using System.Reflection.Emit;

namespace Dtao.TestKit;

/// <summary>Finds binary and decimal floating-point numbers in compiled code: in a signature, a field, a local, or on the stack.</summary>
public static class FloatingPoint
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly HashSet<Type> s_floating = [typeof(float), typeof(double), typeof(decimal), typeof(Half)];

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Every place in a type, and in what the compiler made of it, where floating point is.</summary>
    public static IEnumerable<FloatingPointFault> In(Type type)
    {
        foreach (var field in type.GetFields(Everything))
        {
            if (IsFloating(field.FieldType)) yield return FloatingPointFault.Of(type, field, "field");
        }

        foreach (var property in type.GetProperties(Everything))
        {
            if (IsFloating(property.PropertyType)) yield return FloatingPointFault.Of(type, property, "property");
        }

        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            if (SignatureOf(method).Any(IsFloating)) yield return FloatingPointFault.Of(type, method, "signature");
            if (method.GetMethodBody() is not { } body) continue;
            if (body.LocalVariables.Any(local => IsFloating(local.LocalType))) yield return FloatingPointFault.Of(type, method, "local");
            foreach (var instruction in FloatingInstructions(method, body)) yield return FloatingPointFault.Of(type, method, instruction);
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
}

/// <summary>Floating point at a place of the source: what the compiler made of a method is that method's.</summary>
public sealed record FloatingPointFault(string Type, string Place, string What)
{
    internal static FloatingPointFault Of(Type type, MemberInfo member, string what)
    {
        var name = member.Name;
        while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
        {
            if (NameWithin(type.Name) is { Length: > 0 } source) name = source;
            type = outer;
        }

        return new FloatingPointFault(type.ToString(), $"{type}.{(name.StartsWith('<') && NameWithin(name) is { Length: > 0 } within ? within : name)}", what);
    }

    private static string NameWithin(string generated) => generated[1..generated.IndexOf('>', StringComparison.Ordinal)];
}
