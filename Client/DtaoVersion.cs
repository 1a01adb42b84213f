using System.Reflection;

namespace Dtao.Client;

/// <summary>Which build of the ledger's code this is: the same in every program that was built with it.</summary>
public static class DtaoVersion
{
    /// <summary>Number and commit, such as <c>0.1.0+2266ad1...</c>, as every program's <c>--version</c> says it. Without a commit where it was built outside of its repository.</summary>
    public static string Text { get; } =
        typeof(DtaoVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Number => Text.Split('+')[0];
}
